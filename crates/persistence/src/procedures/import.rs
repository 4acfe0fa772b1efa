//! Storing rows that come from a file or another registry.
//!
//! The caller wraps all batches of one import in one transaction. Versions of a procedure follow one
//! another without overlap: a changed row ends the version before it on the day it begins itself.

use std::collections::{BTreeSet, HashSet};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::period::{OPEN_END, OPEN_START};
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::ImportProcedures;

use super::derive::GENERATION;
use super::read::last_version;
use super::{FieldRow, Prepared, ProcedureRow, Summary, TextsRow, VersionRow, aftermath, ever_of_code};
use crate::db::insert_row;
use crate::revision::Revisions;
use crate::schema::{fields, procedure_texts, procedure_versions, procedures};
use crate::{Conn, Error};

/// How a version came to be: by an import.
const ORIGIN: &str = "import";

const OWN: i32 = 0;
const MINISTRY: i32 = 1;
const OTHER_PLACE: i32 = 2;

/// What holds for all rows of an import.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// Slug of the city whose registry this is: its own variants come first.
    pub city: String,
    /// From when rows hold that state no date themselves.
    pub valid_from: Option<NaiveDate>,
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowOutcome {
    /// A procedure not known before.
    Created { procedure_id: String, version_id: String },
    /// The last version says the same.
    Unchanged { procedure_id: String },
    /// A new version holds from `from`; the last one ends there.
    Changed { procedure_id: String, version_id: String, from: NaiveDate },
    /// The row differs from the last version and was not stored.
    Conflict { procedure_id: String, conflict: Conflict },
}

/// Why a changed row was not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// No date says from when the change holds.
    Undated,
    /// The date is not after the first day of the last version.
    NotAfter(NaiveDate),
}

/// Stores rows, in their order; the outcomes are in the same order.
pub fn import_batch(
    conn: &mut Conn,
    _: &Permit<ImportProcedures>,
    rows: &[Prepared],
    options: &ImportOptions,
    now: NaiveDateTime,
    new_id: impl FnMut() -> String,
) -> Result<Vec<RowOutcome>, Error> {
    let revisions = Revisions::begin(conn)?;
    let known_fields = fields::table.select(fields::slug).load(conn)?.into_iter().collect();
    let (codes, dependent) = (BTreeSet::new(), BTreeSet::new());
    let mut import = Import { conn, options, now, new_id, revisions, known_fields, codes, dependent };
    let outcomes = rows.iter().map(|row| import.row(row)).collect::<Result<_, _>>()?;
    import.finish()?;
    Ok(outcomes)
}

struct Import<'a, I> {
    conn: &'a mut Conn,
    options: &'a ImportOptions,
    now: NaiveDateTime,
    new_id: I,
    revisions: Revisions,
    known_fields: HashSet<String>,
    /// Codes whose versions in time changed.
    codes: BTreeSet<String>,
    /// Versions whose findings depend on others.
    dependent: BTreeSet<String>,
}

impl<I: FnMut() -> String> Import<'_, I> {
    fn row(&mut self, row: &Prepared) -> Result<RowOutcome, Error> {
        let last = match self.last_of_row(row)? {
            None => self.last_of_another_level(row)?,
            found => found,
        };
        match last {
            None => self.create(row),
            Some(last) if last.checksum == row.checksum => {
                Ok(RowOutcome::Unchanged { procedure_id: last.procedure_id })
            }
            Some(last) => self.change(row, last),
        }
    }

    fn last_of_row(&mut self, row: &Prepared) -> Result<Option<VersionRow>, Error> {
        Ok(procedure_versions::table
            .inner_join(procedures::table)
            .filter(procedures::source_key.eq(&row.source_key))
            .order(procedure_versions::number.desc())
            .select(VersionRow::as_select())
            .first(self.conn)
            .optional()?)
    }

    /// The same code of the same place settled at another level: from a day on it is the same procedure
    /// moved, as all of the districts' moved on 2025-07-01 (Law 72/2025/QH15). Without a day, or where the
    /// place has several, it stands beside them.
    fn last_of_another_level(&mut self, row: &Prepared) -> Result<Option<VersionRow>, Error> {
        let Some(code) = &row.gist.national_code else { return Ok(None) };
        let place = row.gist.locality.as_ref().map(|locality| &locality.slug);
        let mut moved = Vec::new();
        for procedure in ever_of_code(self.conn, code)? {
            if procedure.locality.as_ref() == place {
                moved.extend(last_version(self.conn, &procedure.id)?);
            }
        }
        for last in &moved {
            if last.summary()?.gist.variant == row.gist.variant {
                return Ok(Some(last.clone()));
            }
        }
        let dated = row.valid_from.or(self.options.valid_from).is_some();
        Ok(moved.pop().filter(|_| dated && moved.is_empty()))
    }

    fn create(&mut self, row: &Prepared) -> Result<RowOutcome, Error> {
        let place = row.gist.locality.as_ref().map(|locality| locality.slug.clone());
        let procedure = ProcedureRow {
            id: (self.new_id)(),
            national_code: row.gist.national_code.clone(),
            variant: row.gist.variant.clone(),
            source_key: row.source_key.clone(),
            precedence: match &place {
                Some(place) if *place == self.options.city => OWN,
                None => MINISTRY,
                Some(_) => OTHER_PLACE,
            },
            locality: place,
            created_at: self.now,
        };
        let procedure_id = procedure.id.clone();
        insert_row(self.conn, procedures::table, procedure)?;
        let from = row.valid_from.or(self.options.valid_from).unwrap_or(OPEN_START);
        let version_id = self.open_version(row, &procedure_id, 1, from)?;
        Ok(RowOutcome::Created { procedure_id, version_id })
    }

    fn change(&mut self, row: &Prepared, last: VersionRow) -> Result<RowOutcome, Error> {
        let procedure_id = last.procedure_id.clone();
        let stated = [row.valid_from, self.options.valid_from].into_iter().flatten();
        let Some(latest) = stated.clone().max() else {
            return Ok(RowOutcome::Conflict { procedure_id, conflict: Conflict::Undated });
        };
        // The row's own date goes before the import's, unless it is the date of the version before.
        let Some(from) = stated.clone().find(|date| *date > last.valid_from) else {
            return Ok(RowOutcome::Conflict { procedure_id, conflict: Conflict::NotAfter(latest) });
        };
        let number = last.number + 1;
        if last.valid_to > from {
            self.close_version(last, from)?;
        }
        let version_id = self.open_version(row, &procedure_id, number, from)?;
        Ok(RowOutcome::Changed { procedure_id, version_id, from })
    }

    fn open_version(
        &mut self,
        row: &Prepared,
        procedure_id: &str,
        number: i64,
        valid_from: NaiveDate,
    ) -> Result<String, Error> {
        self.keep_field(row)?;
        self.codes.extend(row.gist.national_code.clone());
        let mut version = VersionRow {
            id: (self.new_id)(),
            procedure_id: procedure_id.to_owned(),
            number,
            valid_from,
            valid_to: OPEN_END,
            origin: ORIGIN.to_owned(),
            sort_key: row.sort_key.clone(),
            checksum: row.checksum.clone(),
            revision: self.revisions.take(),
            created_at: self.now,
            updated_at: self.now,
            summary: String::new(),
            derived: GENERATION,
        };
        version.summary = Summary::json(&version, row.gist.clone())?;
        let version_id = version.id.clone();
        insert_row(self.conn, procedure_versions::table, &version)?;
        let texts = TextsRow {
            version_id: version_id.clone(),
            content: row.content.clone(),
            source: row.source.clone(),
            faults: row.faults.clone(),
        };
        insert_row(self.conn, procedure_texts::table, texts)?;
        row.derived.store(self.conn, &version)?;
        if row.derived.depends_on_others() {
            self.dependent.insert(version_id.clone());
        }
        Ok(version_id)
    }

    fn finish(mut self) -> Result<(), Error> {
        self.dependent.extend(aftermath::versions_naming(self.conn, &self.codes)?);
        let dependent: Vec<String> = self.dependent.into_iter().collect();
        aftermath::recheck(self.conn, &mut self.revisions, &dependent)?;
        self.revisions.finish(self.conn)
    }

    /// Sets the end of a version; the search index learns of it by the new revision.
    fn close_version(&mut self, mut version: VersionRow, valid_to: NaiveDate) -> Result<(), Error> {
        version.valid_to = valid_to;
        self.dependent.insert(version.id.clone());
        let summary = version.summary()?;
        diesel::update(procedure_versions::table.find(&version.id))
            .set((
                procedure_versions::valid_to.eq(valid_to),
                procedure_versions::summary.eq(Summary::json(&version, summary.gist)?),
                procedure_versions::revision.eq(self.revisions.take()),
                procedure_versions::updated_at.eq(self.now),
            ))
            .execute(self.conn)?;
        Ok(())
    }

    fn keep_field(&mut self, row: &Prepared) -> Result<(), Error> {
        let Some(field) = &row.gist.field else { return Ok(()) };
        if self.known_fields.insert(field.slug.clone()) {
            let row = FieldRow { slug: field.slug.clone(), name: field.name.clone() };
            insert_row(self.conn, fields::table, row)?;
        }
        Ok(())
    }
}
