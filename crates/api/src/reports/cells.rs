//! The cells of a report: what records say beside what the unit declared.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kstt_domain::reports::{CellOverflow, Cells, ReportForm, complete};
use kstt_persistence::Error;
use kstt_persistence::reports::RevisionRow;
use serde::{Deserialize, Serialize};

/// One cell as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCell {
    /// What the unit declares; of a window that is not over, up to the cut-off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    /// What it expects to come until the end of the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What the records say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed_at: Option<DateTime<Utc>>,
    /// Why the unit declares something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A table: row, column, cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table(pub BTreeMap<String, BTreeMap<String, StoredCell>>);

impl Table {
    /// As a revision holds it.
    pub fn read(row: Option<&RevisionRow>) -> Result<Self, Error> {
        Ok(Self(row.map(|row| serde_json::from_str(&row.cells)).transpose()?.unwrap_or_default()))
    }

    pub fn written(&self) -> Result<String, Error> {
        Ok(serde_json::to_string(&self.0)?)
    }

    pub fn cell(&mut self, row: &str, column: &str) -> &mut StoredCell {
        self.0.entry(row.to_owned()).or_default().entry(column.to_owned()).or_default()
    }

    /// Every cell with its row and column, in order.
    pub fn each(&self) -> impl Iterator<Item = (&str, &str, &StoredCell)> {
        self.0.iter().flat_map(|(row, cells)| {
            cells.iter().map(move |(column, cell)| (row.as_str(), column.as_str(), cell))
        })
    }

    /// Takes over what records say: it is declared, unless the unit declared something else with a reason.
    pub fn fill(&mut self, computed: &Figures, at: DateTime<Utc>) {
        for cell in self.0.values_mut().flat_map(BTreeMap::values_mut) {
            cell.computed = cell.computed.map(|_| 0);
        }
        for ((row, column), value) in computed {
            self.cell(row, column).computed = Some(*value);
        }
        for cell in self.0.values_mut().flat_map(BTreeMap::values_mut) {
            if cell.computed.is_some() {
                cell.computed_at = Some(at);
                if cell.reason.is_none() {
                    cell.value = cell.computed;
                }
            }
        }
        self.tidy();
    }

    /// Cells that say nothing go.
    pub fn tidy(&mut self) {
        for cells in self.0.values_mut() {
            cells.retain(|_, cell| *cell != StoredCell::default());
        }
        self.0.retain(|_, cells| !cells.is_empty());
    }

    /// The figures, their sums added: those declared, or with what is expected to come.
    pub fn figures(&self, form: &ReportForm, with_estimates: bool) -> Result<Cells, CellOverflow> {
        let mut cells = Cells::new();
        for (row, column, cell) in self.each() {
            let expected = cell.estimated.filter(|_| with_estimates).unwrap_or_default();
            if let Some(value) = cell.value {
                cells
                    .entry(row.to_owned())
                    .or_default()
                    .insert(column.to_owned(), value.saturating_add(expected));
            }
        }
        complete(form, &mut cells)?;
        Ok(cells)
    }

    /// Whether anything above zero is declared.
    pub fn says_something(&self) -> bool {
        self.each().any(|(_, _, cell)| cell.value.unwrap_or_default() > 0 || cell.text.is_some())
    }

    /// Whether any cell has something still to come.
    pub fn has_estimates(&self) -> bool {
        self.each().any(|(_, _, cell)| cell.estimated.is_some())
    }
}

/// What records say, by row and column.
pub type Figures = BTreeMap<(String, String), i64>;

/// A text for a section of the outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportSection)]
pub struct SectionText {
    /// Code of the section in the form.
    #[schema(min_length = 1, max_length = 60)]
    pub section: String,
    #[schema(max_length = 20000)]
    pub text: String,
}

/// Why a report was sent back; about one cell, or the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportObjection)]
pub struct Objection {
    #[serde(default)]
    #[schema(max_length = 200)]
    pub row: Option<String>,
    #[serde(default)]
    #[schema(max_length = 60)]
    pub column: Option<String>,
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}
