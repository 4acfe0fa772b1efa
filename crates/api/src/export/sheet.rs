//! Tables on sheets of a workbook.

use std::path::Path;

use kstt_domain::calendar::VIETNAM;
use rust_xlsxwriter::{Format, FormatBorder, Workbook, Worksheet, XlsxError};

use super::{Cell, Column};

/// Rows of a sheet below its head.
const ROWS: u32 = 1_048_575;
/// Characters of a cell; what is longer is cut, as the format holds no more.
const CHARACTERS: usize = 32_767;
/// Width of a column, in characters.
const WIDTH: f64 = 18.0;

/// A cell that no spreadsheet takes for a formula.
pub fn harmless(cell: String) -> String {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{cell}"),
        _ => cell,
    }
}

/// A workbook that is written row by row; what does not fit on one sheet goes on on the next.
pub struct Sheets<'a> {
    book: Workbook,
    name: &'a str,
    columns: &'a [Column],
    sheets: u32,
    next_row: u32,
    day: Format,
    moment: Format,
}

impl<'a> Sheets<'a> {
    pub fn new(name: &'a str, columns: &'a [Column]) -> Self {
        Self {
            book: Workbook::new(),
            name,
            columns,
            sheets: 0,
            next_row: ROWS + 1,
            day: Format::new().set_num_format("dd/mm/yyyy"),
            moment: Format::new().set_num_format("dd/mm/yyyy hh:mm"),
        }
    }

    /// One row more.
    pub fn push(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        if self.next_row > ROWS {
            self.begin()?;
        }
        let (row, day, moment) = (self.next_row, self.day.clone(), self.moment.clone());
        let sheet = self.book.worksheet_from_index(self.sheets as usize - 1)?;
        for (column, cell) in (0_u16..).zip(cells) {
            put(sheet, (row, column), cell, (&day, &moment))?;
        }
        self.next_row += 1;
        Ok(())
    }

    fn begin(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let name =
            if self.sheets == 1 { self.name.to_owned() } else { format!("{} {}", self.name, self.sheets) };
        let head = Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin);
        let sheet = self.book.add_worksheet_with_constant_memory()?.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (index, column) in (0_u16..).zip(self.columns) {
            sheet.set_column_width(index, WIDTH)?;
            sheet.write_string_with_format(0, index, &column.title, &head)?;
        }
        self.next_row = 1;
        Ok(())
    }

    /// Writes the workbook; one without rows has its head.
    pub fn save(mut self, path: &Path) -> Result<(), XlsxError> {
        if self.sheets == 0 {
            self.begin()?;
        }
        self.book.save(path)
    }
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    (day, moment): (&Format, &Format),
) -> Result<(), XlsxError> {
    match cell {
        Cell::Nothing => return Ok(()),
        Cell::Text(text) => {
            let fits: String = text.chars().take(CHARACTERS).collect();
            sheet.write_string(row, column, fits)?
        }
        Cell::Count(count) => sheet.write_number(row, column, *count as f64)?,
        Cell::Flag(flag) => sheet.write_boolean(row, column, *flag)?,
        Cell::Day(at) => sheet.write_date_with_format(row, column, at, day)?,
        Cell::Moment(at) => {
            let there = at.with_timezone(&VIETNAM).naive_local();
            sheet.write_datetime_with_format(row, column, there, moment)?
        }
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_formula_becomes_a_text() {
        assert_eq!(harmless("=1+1".into()), "'=1+1");
        assert_eq!(harmless("- Bước 1".into()), "'- Bước 1");
        assert_eq!(harmless("Đăng ký".into()), "Đăng ký");
    }
}
