//! Revisions: numbers that every change of the registry, the units or the rules raises, by which caches and the
//! search index learn of it.

use std::sync::atomic::{AtomicI64, Ordering};

use diesel::prelude::*;

use crate::schema::registry_revision;
use crate::{Conn, Error};

const REGISTRY: &str = "procedures";
const UNITS: &str = "units";
const DOSSIER_COUNTS: &str = "dossier_counts";
const RULES: &str = "deadline_rules";

/// The revisions of the last committed changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Revision {
    pub procedures: i64,
    pub units: i64,
    /// Of the deadline rules.
    pub rules: i64,
}

/// What has been committed.
pub fn revision(conn: &mut Conn) -> Result<Revision, Error> {
    let rows: Vec<(String, i64)> =
        registry_revision::table.select((registry_revision::name, registry_revision::revision)).load(conn)?;
    let of = |name: &str| rows.iter().find(|(known, _)| known == name).map_or(0, |(_, revision)| *revision);
    Ok(Revision { procedures: of(REGISTRY), units: of(UNITS), rules: of(RULES) })
}

/// Notes that units change in this transaction.
pub(crate) fn raise_units(conn: &mut Conn) -> Result<(), Error> {
    raise(conn, UNITS)
}

/// Notes that deadline rules change in this transaction.
pub(crate) fn raise_rules(conn: &mut Conn) -> Result<(), Error> {
    raise(conn, RULES)
}

/// Waits for others that store counts of dossiers, until this transaction ends.
pub(crate) fn raise_dossier_counts(conn: &mut Conn) -> Result<(), Error> {
    raise(conn, DOSSIER_COUNTS)
}

/// Further each time: a change that was undone may have been read before, and its number is not given again.
fn raise(conn: &mut Conn, name: &str) -> Result<(), Error> {
    static STEP: AtomicI64 = AtomicI64::new(1);
    let step = STEP.fetch_add(1, Ordering::Relaxed);
    diesel::update(registry_revision::table.find(name))
        .set(registry_revision::revision.eq(registry_revision::revision + step))
        .execute(conn)?;
    Ok(())
}

/// The revisions of one batch of writes to the registry.
///
/// [`Revisions::begin`] updates the registry's row, so that on PostgreSQL too only one writer is at
/// work until its transaction ends: whoever sees a revision sees all lower ones.
pub(crate) struct Revisions {
    begun: i64,
    last: i64,
}

impl Revisions {
    /// Waits for other writers.
    pub fn begin(conn: &mut Conn) -> Result<Self, Error> {
        let begun = diesel::update(registry_revision::table.find(REGISTRY))
            .set(registry_revision::revision.eq(registry_revision::revision))
            .returning(registry_revision::revision)
            .get_result(conn)?;
        Ok(Self { begun, last: begun })
    }

    /// The next revision.
    pub fn take(&mut self) -> i64 {
        self.last += 1;
        self.last
    }

    /// Stores the last revision taken; nothing when none was.
    pub fn finish(self, conn: &mut Conn) -> Result<(), Error> {
        if self.last > self.begun {
            diesel::update(registry_revision::table.find(REGISTRY))
                .set(registry_revision::revision.eq(self.last))
                .execute(conn)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Db, db};

    #[test]
    fn the_number_of_a_change_that_was_undone_is_not_given_again() {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(&db::Target::Sqlite(directory.path().join("kstt.db")), 1).unwrap();
        db.migrate().unwrap();
        let mut undone = Vec::new();
        for _ in 0..3 {
            let refused: Result<(), Error> = db.write(|conn| {
                raise_units(conn)?;
                undone.push(revision(conn)?.units);
                Err(Error::Busy("undone".into()))
            });
            assert!(refused.is_err());
            let stored = db.write(|conn| raise_units(conn).and_then(|()| revision(conn))).unwrap().units;
            assert!(undone.iter().all(|number| *number < stored), "{undone:?} {stored}");
        }
    }
}
