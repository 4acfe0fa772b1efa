//! The registry's revision: a number that every write raises.

use diesel::prelude::*;

use crate::schema::registry_revision;
use crate::{Conn, Error};

const REGISTRY: &str = "procedures";

/// The revision of the last committed write.
pub fn revision(conn: &mut Conn) -> Result<i64, Error> {
    Ok(registry_revision::table.find(REGISTRY).select(registry_revision::revision).first(conn)?)
}

/// The revisions of one batch of writes.
///
/// [`Revisions::begin`] updates the registry's row, so that on PostgreSQL too only one writer is at
/// work until its transaction ends: whoever sees a revision sees all lower ones.
pub(super) struct Revisions {
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
