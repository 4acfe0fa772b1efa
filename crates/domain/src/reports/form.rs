//! A report form as it is written down: data, never code.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{CheckSeverity, ColumnKind, FormCertainty, FormRows, PeriodKind, ReportMeasure};
use crate::obligations::{Basis, Words};
use crate::units::UnitKind;

/// One form of the law, or an outline, as it holds in one regime. A form may have both: columns make a
/// table, sections a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReportForm {
    /// As printed: `II.06a`, `06/VPCP/KSTT`. Two forms differ in more than capitals, and `-` for `/`.
    #[cfg_attr(
        feature = "schema",
        schema(max_length = 31, example = "II.06a", pattern = "^[0-9A-Za-z./_-]+$")
    )]
    pub code: String,
    /// The body of law it belongs to: the year it began.
    #[cfg_attr(feature = "schema", schema(max_length = 10, example = "2021"))]
    pub regime: String,
    /// The first day it holds; absent: since before the product's first year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// The first day it no longer holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// At most 200 characters, as all titles of a form.
    pub title: Words,
    pub certainty: FormCertainty,
    pub basis: Vec<Basis>,
    /// What is doubtful, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Words>,
    /// What is counted, as printed above the table, in Vietnamese; absent when there is no table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 100, example = "hồ sơ"))]
    pub unit_of_count: Option<String>,
    /// Kinds of units that fill it.
    pub reporters: Vec<UnitKind>,
    pub periods: Vec<PeriodKind>,
    /// It is filled from the records of the unit and of the units below it, each dossier once; by the control office
    /// from those of the city.
    #[serde(default, skip_serializing_if = "is_false")]
    pub covers_below: bool,
    /// What a row of the table stands for.
    pub rows: FormRows,
    /// The leading columns, which name the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(max_items = 10))]
    pub labels: Vec<FormLabel>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(max_items = 100))]
    pub columns: Vec<FormColumn>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(max_items = 100))]
    pub checks: Vec<FormCheck>,
    /// The parts of the outline (đề cương).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(max_items = 100))]
    pub sections: Vec<FormSection>,
}

/// A printed column that names the row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FormLabel {
    /// The printed number of the column.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 999))]
    pub number: u32,
    pub title: Words,
}

/// A column whose cells are filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FormColumn {
    /// Of small letters, digits and underscores.
    #[cfg_attr(
        feature = "schema",
        schema(max_length = 60, example = "received_total", pattern = "^[a-z][a-z0-9_]*$")
    )]
    pub code: String,
    /// The printed number of the column.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 999))]
    pub number: u32,
    pub title: Words,
    /// The merged header cells above it, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(max_items = 5))]
    pub groups: Vec<Words>,
    pub kind: ColumnKind,
    /// The columns it is the sum of; empty when it is entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(max_items = 100))]
    pub sum: Vec<String>,
    /// The measures that, added up, fill it beforehand; empty when there are no records of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(max_items = 10))]
    pub source: Vec<ReportMeasure>,
}

/// What has to hold in every row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FormCheck {
    /// Of small letters, digits and underscores.
    #[cfg_attr(
        feature = "schema",
        schema(max_length = 60, example = "balance", pattern = "^[a-z][a-z0-9_]*$")
    )]
    pub code: String,
    pub severity: CheckSeverity,
    /// What it says, in a sentence.
    pub text: Words,
    pub rule: CheckRule,
}

/// The arithmetic of a check. Cells that are empty count as 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CheckRule {
    /// Both sides add up to the same.
    Equal {
        #[cfg_attr(feature = "schema", schema(max_items = 100))]
        left: Vec<String>,
        #[cfg_attr(feature = "schema", schema(max_items = 100))]
        right: Vec<String>,
    },
    /// A column is what another was in the same row at the end of the period before.
    Previous {
        #[cfg_attr(feature = "schema", schema(max_length = 60))]
        column: String,
        #[cfg_attr(feature = "schema", schema(max_length = 60))]
        of_previous: String,
    },
    /// A column is no more than another.
    AtMost {
        #[cfg_attr(feature = "schema", schema(max_length = 60))]
        part: String,
        #[cfg_attr(feature = "schema", schema(max_length = 60))]
        whole: String,
    },
    /// Columns hold, in all rows together, what the accepted reports by another form come to: those of the unit and
    /// of the units below it; for the control office, of the city.
    Parts {
        #[cfg_attr(feature = "schema", schema(max_length = 31))]
        form: String,
        #[cfg_attr(feature = "schema", schema(max_items = 100))]
        columns: Vec<String>,
    },
}

/// A part of the outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FormSection {
    /// Of small letters, digits and underscores.
    #[cfg_attr(
        feature = "schema",
        schema(max_length = 60, example = "feedback", pattern = "^[a-z][a-z0-9_]*$")
    )]
    pub code: String,
    pub title: Words,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl ReportForm {
    /// The column of a code.
    pub fn column(&self, code: &str) -> Option<&FormColumn> {
        self.columns.iter().find(|column| column.code == code)
    }

    /// The columns that are sums, each after those it is the sum of. What goes round in a circle, which
    /// [`ReportForm::validate`] refuses, is left out.
    pub fn sums_in_order(&self) -> Vec<&FormColumn> {
        let mut waiting: Vec<&FormColumn> = self.columns.iter().filter(|column| column.is_sum()).collect();
        let mut ordered = Vec::with_capacity(waiting.len());
        loop {
            let codes: BTreeSet<&str> = waiting.iter().map(|column| column.code.as_str()).collect();
            let is_ready =
                |column: &&FormColumn| !column.sum.iter().any(|part| codes.contains(part.as_str()));
            let (ready, blocked): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_ready);
            if ready.is_empty() {
                return ordered;
            }
            ordered.extend(ready);
            waiting = blocked;
        }
    }
}

impl FormColumn {
    /// Its cells are computed and not entered.
    pub fn is_sum(&self) -> bool {
        !self.sum.is_empty()
    }

    /// Its cells hold numbers.
    pub fn is_numeric(&self) -> bool {
        self.kind != ColumnKind::Text
    }
}

impl CheckRule {
    /// Every column it names.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::Equal { left, right } => left.iter().chain(right).map(String::as_str).collect(),
            Self::Previous { column, of_previous } => vec![column, of_previous],
            Self::AtMost { part, whole } => vec![part, whole],
            Self::Parts { columns, .. } => columns.iter().map(String::as_str).collect(),
        }
    }
}
