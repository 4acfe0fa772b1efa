//! A table in each of the formats.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use kstt_persistence::Error;
use serde::{Serialize, Serializer};

use super::sheet::{Sheets, harmless};
use super::{ExportFormat, unwritable};
use crate::http::ApiError;

/// What one cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Nothing,
    Text(String),
    Count(i64),
    Flag(bool),
    Day(NaiveDate),
    Moment(DateTime<Utc>),
}

impl Cell {
    /// A text, if there is one.
    pub fn text(text: Option<&str>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Text(text.to_owned()))
    }

    /// As text that every format can hold.
    pub fn written(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Moment(moment) => moment.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => out.serialize_none(),
            Self::Count(count) => out.serialize_i64(*count),
            Self::Flag(flag) => out.serialize_bool(*flag),
            text => out.serialize_str(&text.written()),
        }
    }
}

/// What one column is called.
#[derive(Debug, Clone)]
pub struct Column {
    /// In the words of the contract.
    pub name: String,
    /// On a sheet, in Vietnamese.
    pub title: String,
}

impl Column {
    pub fn new(name: impl Into<String>, title: impl Into<String>) -> Self {
        Self { name: name.into(), title: title.into() }
    }
}

/// Where the rows of a table go.
pub struct Rows<'a>(&'a mut dyn FnMut(&[Cell]) -> Result<(), ApiError>);

impl<'a> Rows<'a> {
    /// Rows that go to `push`.
    pub fn to(push: &'a mut dyn FnMut(&[Cell]) -> Result<(), ApiError>) -> Self {
        Self(push)
    }

    /// One row, with a cell for each column.
    pub fn push(&mut self, cells: &[Cell]) -> Result<(), ApiError> {
        (self.0)(cells)
    }
}

/// One row as a JSON object.
struct Record<'a>(&'a [Column], &'a [Cell]);

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(self.0.iter().map(|column| &column.name).zip(self.1))
    }
}

/// Writes a table to `path`; `fill` hands on its rows.
pub fn write(
    path: &Path,
    name: &str,
    format: ExportFormat,
    columns: &[Column],
    fill: impl FnOnce(&mut Rows<'_>) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    if format == ExportFormat::Xlsx {
        let mut sheets = Sheets::new(name, columns);
        fill(&mut Rows(&mut |cells| sheets.push(cells).map_err(|error| unwritable(path, &error))))?;
        return sheets.save(path).map_err(|error| unwritable(path, &error));
    }
    let file = File::create(path).map_err(|error| unwritable(path, &error))?;
    let mut out = BufWriter::new(file);
    let written = match format {
        ExportFormat::Csv => csv(&mut out, columns, fill),
        ExportFormat::Json => json(&mut out, columns, fill),
        _ => ndjson(&mut out, columns, fill),
    };
    written?;
    out.flush().map_err(|error| unwritable(path, &error))
}

fn csv(
    out: &mut impl Write,
    columns: &[Column],
    fill: impl FnOnce(&mut Rows<'_>) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    let written = |cell: &Cell| match cell {
        Cell::Text(text) => harmless(text.clone()),
        other => other.written(),
    };
    csv_lines(out, columns.iter().map(|column| column.name.as_str()), |line| {
        fill(&mut Rows(&mut |cells| line(cells.iter().map(written).collect())))
    })
}

/// Writes lines of CSV (RFC 4180), the names of the columns first.
pub fn csv_lines<'h>(
    out: &mut impl Write,
    head: impl Iterator<Item = &'h str>,
    fill: impl FnOnce(&mut dyn FnMut(Vec<String>) -> Result<(), ApiError>) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    // Spreadsheets take the text for UTF-8 only with this mark.
    lost(out.write_all("\u{feff}".as_bytes()))?;
    let mut lines = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    lost(lines.write_record(head))?;
    fill(&mut |cells| lost(lines.write_record(cells)))?;
    lost(lines.flush())
}

fn ndjson(
    out: &mut impl Write,
    columns: &[Column],
    fill: impl FnOnce(&mut Rows<'_>) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    fill(&mut Rows(&mut |cells| {
        serde_json::to_writer(&mut *out, &Record(columns, cells)).map_err(Error::from)?;
        lost(out.write_all(b"\n"))
    }))
}

fn json(
    out: &mut impl Write,
    columns: &[Column],
    fill: impl FnOnce(&mut Rows<'_>) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    lost(out.write_all(b"["))?;
    let mut first = true;
    fill(&mut Rows(&mut |cells| {
        lost(out.write_all(if std::mem::take(&mut first) { b"\n" } else { b",\n" }))?;
        Ok(serde_json::to_writer(&mut *out, &Record(columns, cells)).map_err(Error::from)?)
    }))?;
    lost(out.write_all(b"\n]\n"))
}

/// The disk is full, or gone.
fn lost<T, E: std::fmt::Display>(written: Result<T, E>) -> Result<T, ApiError> {
    written.map_err(|error| unwritable("a table".as_ref(), &error))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn part(path: &Path, name: &str) -> String {
        let mut book = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
        let mut text = String::new();
        book.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_workbook_has_vietnamese_heads_numbers_and_dates() {
        let path = std::env::temp_dir().join(format!("kstt-{}.xlsx", uuid::Uuid::new_v4().simple()));
        let columns =
            [Column::new("title", "Tiêu đề"), Column::new("due_on", "Hạn"), Column::new("left", "Còn")];
        let day = NaiveDate::from_ymd_opt(2019, 3, 25).unwrap();
        write(&path, "feedback", ExportFormat::Xlsx, &columns, |rows| {
            rows.push(&[Cell::Text("=1+1".into()), Cell::Day(day), Cell::Count(-3)])?;
            rows.push(&[Cell::Nothing, Cell::Nothing, Cell::Count(0)])
        })
        .unwrap();
        let sheet = part(&path, "xl/worksheets/sheet1.xml");
        for needed in ["Tiêu đề", "=1+1", "<v>43549</v>", "<v>-3</v>", "<v>0</v>"] {
            assert!(sheet.contains(needed), "{needed}: {sheet}");
        }
        assert!(!sheet.contains("<f>"), "a text is no formula: {sheet}");
        std::fs::remove_file(&path).unwrap();
    }
}
