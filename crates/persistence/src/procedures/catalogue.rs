//! The registry of one day, taken away: every procedure in force, and as one file of tables.

use std::path::Path;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use sha2::{Digest, Sha256};

use super::read::in_force;
use super::{ProcedureOnDay, ProcedureRow, VersionRow};
use crate::schema::{procedure_texts, procedure_versions};
use crate::{Conn, Error, db, hex};

/// Procedures read at once.
const PAGE: i64 = 200;

/// Gives every procedure in force on `day` with its content, by id.
pub fn each_in_force<E: From<Error>>(
    conn: &mut Conn,
    day: NaiveDate,
    mut visit: impl FnMut(&mut Conn, ProcedureOnDay, String) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = String::new();
    loop {
        let page: Vec<ProcedureOnDay> = in_force(day)
            .filter(procedure_versions::procedure_id.gt(after.clone()))
            .order(procedure_versions::procedure_id.asc())
            .limit(PAGE)
            .select((ProcedureRow::as_select(), VersionRow::as_select()))
            .load(conn)
            .map_err(Error::from)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = last.id.clone();
        for found in page {
            let content = procedure_texts::table
                .find(&found.1.id)
                .select(procedure_texts::content)
                .first(conn)
                .map_err(Error::from)?;
            visit(conn, found, content)?;
        }
    }
}

/// One procedure in the file.
#[derive(Debug)]
pub struct CatalogueRow<'a> {
    pub id: &'a str,
    pub national_code: Option<&'a str>,
    pub variant: &'a str,
    pub version_id: &'a str,
    pub number: i64,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    pub name: &'a str,
    /// Slug of the subject area.
    pub field: Option<&'a str>,
    /// All of it as JSON.
    pub document: &'a str,
}

/// A file that is being written.
pub struct CatalogueFile(Conn);

/// What the signature of a file covers.
#[derive(Debug)]
pub struct Fingerprint {
    pub procedures: i64,
    /// SHA-256 of all rows, hexadecimal.
    pub sha256: String,
}

/// The columns in the order that the fingerprint takes them.
const COLUMNS: &str =
    "id, national_code, variant, version_id, number, valid_from, valid_to, name, field, document";

impl CatalogueFile {
    /// Begins a new file.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let mut conn = db::new_file(path)?;
        for statement in [
            "CREATE TABLE procedures (id TEXT PRIMARY KEY NOT NULL, national_code TEXT, variant TEXT NOT NULL, \
             version_id TEXT NOT NULL, number INTEGER NOT NULL, valid_from TEXT, valid_to TEXT, name TEXT NOT NULL, \
             field TEXT, document TEXT NOT NULL)",
            "CREATE INDEX procedures_code ON procedures (national_code)",
            "CREATE INDEX procedures_field ON procedures (field)",
            "CREATE TABLE manifest (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)",
            "BEGIN",
        ] {
            diesel::sql_query(statement).execute(&mut conn)?;
        }
        Ok(Self(conn))
    }

    /// Adds a procedure.
    pub fn add(&mut self, row: &CatalogueRow<'_>) -> Result<(), Error> {
        let statement = format!("INSERT INTO procedures ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
        diesel::sql_query(statement)
            .bind::<Text, _>(row.id)
            .bind::<Nullable<Text>, _>(row.national_code)
            .bind::<Text, _>(row.variant)
            .bind::<Text, _>(row.version_id)
            .bind::<BigInt, _>(row.number)
            .bind::<Nullable<Text>, _>(day(row.valid_from))
            .bind::<Nullable<Text>, _>(day(row.valid_to))
            .bind::<Text, _>(row.name)
            .bind::<Nullable<Text>, _>(row.field)
            .bind::<Text, _>(row.document)
            .execute(&mut self.0)?;
        Ok(())
    }

    /// The fingerprint of all rows: of each, in the order of ids, its columns as a JSON array and a line
    /// feed.
    pub fn fingerprint(&mut self) -> Result<Fingerprint, Error> {
        #[derive(QueryableByName)]
        struct Line {
            #[diesel(sql_type = Text)]
            id: String,
            #[diesel(sql_type = Text)]
            line: String,
        }
        let statement = format!(
            "SELECT id, json_array({COLUMNS}) AS line FROM procedures WHERE id > ? ORDER BY id LIMIT {PAGE}"
        );
        let (mut sum, mut procedures, mut after) = (Sha256::new(), 0, String::new());
        loop {
            let page: Vec<Line> = diesel::sql_query(&statement).bind::<Text, _>(&after).load(&mut self.0)?;
            let Some(last) = page.last() else { break };
            after = last.id.clone();
            for row in &page {
                sum.update(&row.line);
                sum.update("\n");
                procedures += 1;
            }
        }
        Ok(Fingerprint { procedures, sha256: hex(sum.finalize()) })
    }

    /// Adds the signature and closes the file.
    pub fn finish(mut self, signature: &str) -> Result<(), Error> {
        diesel::sql_query("INSERT INTO manifest (key, value) VALUES ('signature', ?)")
            .bind::<Text, _>(signature)
            .execute(&mut self.0)?;
        diesel::sql_query("COMMIT").execute(&mut self.0)?;
        Ok(())
    }
}
