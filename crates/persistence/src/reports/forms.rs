//! Report forms in versions. A version ends where the next one begins.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::EditReportForm;
use kstt_domain::reports::ReportForm;

use crate::db::insert_row;
use crate::schema::report_forms as f;
use crate::{Conn, Error};

/// A version of a form. The form itself is kept as the JSON it is written in.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = f, treat_none_as_default_value = false)]
pub struct FormRow {
    pub code: String,
    pub version: i64,
    pub valid_from: NaiveDate,
    /// Exclusive.
    pub valid_to: NaiveDate,
    pub body: String,
    /// Why it was changed; none for what was shipped.
    pub reason: Option<String>,
    pub created_at: NaiveDateTime,
}

impl FormRow {
    /// The form as it is written.
    pub fn read(&self) -> Result<ReportForm, Error> {
        Ok(serde_json::from_str(&self.body)?)
    }
}

/// The forms in force on a day, by code.
pub fn forms_on(conn: &mut Conn, day: NaiveDate) -> Result<Vec<FormRow>, Error> {
    Ok(f::table
        .filter(f::valid_from.le(day))
        .filter(f::valid_to.gt(day))
        .order(f::code.asc())
        .select(FormRow::as_select())
        .load(conn)?)
}

/// All versions of all forms, by code, oldest first.
pub fn forms(conn: &mut Conn) -> Result<Vec<FormRow>, Error> {
    Ok(f::table.order((f::code.asc(), f::version.asc())).select(FormRow::as_select()).load(conn)?)
}

/// Stores a version that is shipped.
pub fn insert_form(conn: &mut Conn, row: &FormRow) -> Result<(), Error> {
    insert_row(conn, f::table, row)?;
    Ok(())
}

/// Stores a version and ends the one before it.
pub fn publish_form(
    conn: &mut Conn,
    _: &Permit<EditReportForm>,
    before: Option<i64>,
    row: &FormRow,
) -> Result<(), Error> {
    if let Some(before) = before {
        diesel::update(f::table.find((&row.code, before)))
            .set(f::valid_to.eq(row.valid_from))
            .execute(conn)?;
    }
    insert_form(conn, row)
}

/// One version of a form.
pub fn form(conn: &mut Conn, code: &str, version: i64) -> Result<Option<FormRow>, Error> {
    Ok(f::table.find((code, version)).select(FormRow::as_select()).first(conn).optional()?)
}
