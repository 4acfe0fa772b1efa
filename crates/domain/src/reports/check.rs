//! Arithmetic over a filled table. Cells that are empty count as 0.

use std::collections::{BTreeMap, BTreeSet};

use super::{CheckRule, CheckSeverity, FormColumn, ReportForm};

/// The numbers of a table: row, then column code. Counts, and amounts in whole đồng.
pub type Cells = BTreeMap<String, BTreeMap<String, i64>>;

type Row = BTreeMap<String, i64>;

/// The check of a column that is not what it is the sum of; no form may name one so.
pub const SUM_CHECK: &str = "sum";

/// The row of what is counted as a whole.
pub const TOTAL: &str = "total";

/// A number too large for a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellOverflow {
    pub row: String,
    pub column: String,
}

/// A check that does not hold, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// A check of the form, or [`SUM_CHECK`].
    pub check: String,
    pub severity: CheckSeverity,
    pub row: String,
    /// The column to look at: of an equation the first on its left.
    pub column: String,
    /// What should be there; at most so much by a check of `at_most`. Held to the largest or smallest
    /// number where it is beyond.
    pub expected: i64,
    /// What is there; of an equation its whole left side.
    pub found: i64,
}

/// Writes the columns that are sums into every row. Fails at the first that no cell can hold, and then
/// changes nothing.
pub fn complete(form: &ReportForm, cells: &mut Cells) -> Result<(), CellOverflow> {
    let sums = form.sums_in_order();
    let mut whole = cells.clone();
    for (key, row) in &mut whole {
        for column in &sums {
            let value = narrow(total(&column.sum, row), key, &column.code)?;
            row.insert(column.code.clone(), value);
        }
    }
    *cells = whole;
    Ok(())
}

/// Every check that does not hold, by row, first the sums and then the checks in the order of the form.
/// `previous` is the table of the period before; without it nothing is compared with it. A row that only
/// the period before has is compared too.
pub fn violations(form: &ReportForm, cells: &Cells, previous: Option<&Cells>) -> Vec<Violation> {
    let sums = form.sums_in_order();
    let empty = Row::new();
    let keys: BTreeSet<&String> = cells.keys().chain(previous.into_iter().flat_map(BTreeMap::keys)).collect();
    let mut found = Vec::new();
    for key in keys {
        let row = cells.get(key).unwrap_or(&empty);
        let full = with_sums(row, &sums);
        for column in sums.iter().filter(|column| row.contains_key(&column.code)) {
            let at = At { check: SUM_CHECK, severity: CheckSeverity::Error, row: key, column: &column.code };
            at.unless_equal(total(&column.sum, &full), value(&full, &column.code), &mut found);
        }
        let before = previous.map(|table| with_sums(table.get(key).unwrap_or(&empty), &sums));
        for check in &form.checks {
            let at = |column| At { check: &check.code, severity: check.severity, row: key, column };
            match &check.rule {
                CheckRule::Equal { left, right } => {
                    let column = left.first().map_or("", String::as_str);
                    at(column).unless_equal(total(right, &full), total(left, &full), &mut found);
                }
                CheckRule::Previous { column, of_previous } => {
                    if let Some(before) = &before {
                        at(column).unless_equal(value(before, of_previous), value(&full, column), &mut found);
                    }
                }
                // Of the whole table, by `violated_parts`.
                CheckRule::Parts { .. } => {}
                CheckRule::AtMost { part, whole } => {
                    let (most, part_value) = (value(&full, whole), value(&full, part));
                    at(part).unless_equal(part_value.min(most), part_value, &mut found);
                }
            }
        }
    }
    found
}

/// Every check that does not hold of a table and its parts, which are told by the code of their form; what is not
/// told is not compared.
pub fn violated_parts(form: &ReportForm, cells: &Cells, parts: &BTreeMap<String, Cells>) -> Vec<Violation> {
    let in_all = |table: &Cells, column: &str| -> i128 {
        table.values().fold(0, |sum, row| sum.saturating_add(value(row, column)))
    };
    let mut found = Vec::new();
    for check in &form.checks {
        let CheckRule::Parts { form, columns } = &check.rule else { continue };
        let Some(part) = parts.get(form) else { continue };
        for column in columns {
            let at = At { check: &check.code, severity: check.severity, row: TOTAL, column };
            at.unless_equal(in_all(part, column), in_all(cells, column), &mut found);
        }
    }
    found
}

/// Adds tables up, row by row and column by column, also the columns that are sums. Texts and columns the
/// form does not have are left out.
pub fn add_up<'a>(form: &ReportForm, tables: impl Iterator<Item = &'a Cells>) -> Result<Cells, CellOverflow> {
    let numeric: BTreeSet<&str> =
        form.columns.iter().filter(|column| column.is_numeric()).map(|column| column.code.as_str()).collect();
    let mut wide: BTreeMap<&str, BTreeMap<&str, i128>> = BTreeMap::new();
    for (key, row) in tables.flatten() {
        let sums = wide.entry(key).or_default();
        for (column, value) in row.iter().filter(|(column, _)| numeric.contains(column.as_str())) {
            *sums.entry(column).or_default() += i128::from(*value);
        }
    }
    let narrow_row = |(key, row): (&str, BTreeMap<&str, i128>)| {
        let cells = row
            .into_iter()
            .map(|(column, value)| Ok((column.to_owned(), narrow(value, key, column)?)))
            .collect::<Result<Row, CellOverflow>>()?;
        Ok((key.to_owned(), cells))
    };
    wide.into_iter().map(narrow_row).collect()
}

/// A table without what others count of it; a figure that is smaller than that becomes 0.
pub fn without<'a>(
    form: &ReportForm,
    cells: &Cells,
    others: impl Iterator<Item = &'a Cells>,
) -> Result<Cells, CellOverflow> {
    let mut rest = cells.clone();
    for (key, row) in others.flatten() {
        for (column, value) in row {
            let own = form.column(column).filter(|column| !column.is_sum());
            let cell = own.and_then(|_| rest.get_mut(key)?.get_mut(column));
            if let Some(cell) = cell {
                *cell = cell.saturating_sub(*value).max(0);
            }
        }
    }
    complete(form, &mut rest)?;
    Ok(rest)
}

/// Adds up the tables of several periods in a row, the first one first (lũy kế). Movements add up; of what was
/// there at a moment, the checks that tie a period to the one before say which columns were carried over, which
/// is the first period's, and what they are carried from, which is the last period's.
pub fn accumulate(form: &ReportForm, tables: &[&Cells]) -> Result<Cells, CellOverflow> {
    let mut cells = add_up(form, tables.iter().copied())?;
    let (Some(first), Some(last)) = (tables.first(), tables.last()) else { return Ok(cells) };
    for (key, row) in &mut cells {
        for check in &form.checks {
            let CheckRule::Previous { column, of_previous } = &check.rule else { continue };
            row.insert(column.clone(), stock(first, key, column));
            let parts = form.column(of_previous).map_or(&[][..], |column| column.sum.as_slice());
            for part in if parts.is_empty() { std::slice::from_ref(of_previous) } else { parts } {
                row.insert(part.clone(), stock(last, key, part));
            }
        }
    }
    complete(form, &mut cells)?;
    Ok(cells)
}

fn stock(table: &Cells, row: &str, column: &str) -> i64 {
    table.get(row).and_then(|row| row.get(column)).copied().unwrap_or_default()
}

struct At<'a> {
    check: &'a str,
    severity: CheckSeverity,
    row: &'a str,
    column: &'a str,
}

impl At<'_> {
    fn unless_equal(&self, expected: i128, found: i128, violations: &mut Vec<Violation>) {
        if expected != found {
            violations.push(Violation {
                check: self.check.to_owned(),
                severity: self.severity,
                row: self.row.to_owned(),
                column: self.column.to_owned(),
                expected: held(expected),
                found: held(found),
            });
        }
    }
}

/// The row with the sums it lacks; those it has stay as they are.
fn with_sums(row: &Row, sums: &[&FormColumn]) -> BTreeMap<String, i128> {
    let mut full: BTreeMap<String, i128> =
        row.iter().map(|(column, value)| (column.clone(), i128::from(*value))).collect();
    for column in sums {
        if !full.contains_key(&column.code) {
            full.insert(column.code.clone(), total(&column.sum, &full));
        }
    }
    full
}

fn value<N: Copy + Into<i128>>(row: &BTreeMap<String, N>, column: &str) -> i128 {
    row.get(column).map_or(0, |value| (*value).into())
}

// A hundred sums of a hundred sums of 64 bits stay far below 128 bits; deeper ones are held at the end.
fn total<N: Copy + Into<i128>>(columns: &[String], row: &BTreeMap<String, N>) -> i128 {
    columns.iter().fold(0, |sum, column| sum.saturating_add(value(row, column)))
}

fn narrow(value: i128, row: &str, column: &str) -> Result<i64, CellOverflow> {
    i64::try_from(value).map_err(|_| CellOverflow { row: row.to_owned(), column: column.to_owned() })
}

fn held(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}
