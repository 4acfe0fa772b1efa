//! Storing counts. A permit is for the unit whose counts they are.

use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::{CorrectDossierCounts, ImportDossierCounts};

use super::CountRow;
use crate::db::insert_row;
use crate::schema::dossier_counts as c;
use crate::{Conn, Error, revision};

/// Waits for others that store counts: what [`super::sharing_days`] finds afterwards stays until the transaction
/// ends.
pub fn hold(conn: &mut Conn) -> Result<(), Error> {
    revision::raise_dossier_counts(conn)
}

/// Stores a record of the unit the permit is for.
pub fn insert(conn: &mut Conn, permit: &Permit<ImportDossierCounts>, row: CountRow) -> Result<(), Error> {
    let row = CountRow { unit_id: permit.subject_id().to_owned(), ..row };
    insert_row(conn, c::table, row)?;
    Ok(())
}

/// Stores other counts in a record of the unit the permit is for; answers whether the version before it was
/// still there.
pub fn correct(
    conn: &mut Conn,
    permit: &Permit<CorrectDossierCounts>,
    row: &CountRow,
) -> Result<bool, Error> {
    let target = c::table
        .find(&row.id)
        .filter(c::unit_id.eq(permit.subject_id()))
        .filter(c::version.eq(row.version - 1));
    let changed = diesel::update(target)
        .set((
            (
                c::received.eq(row.received),
                c::early.eq(row.early),
                c::on_time.eq(row.on_time),
                c::late.eq(row.late),
                c::in_time.eq(row.in_time),
                c::overdue.eq(row.overdue),
                c::by_status.eq(&row.by_status),
            ),
            (
                c::cause_dossier.eq(row.cause_dossier),
                c::cause_staff.eq(row.cause_staff),
                c::cause_coordination.eq(row.cause_coordination),
                c::cause_law.eq(row.cause_law),
                c::cause_system.eq(row.cause_system),
                c::cause_other.eq(row.cause_other),
                c::source.eq(&row.source),
                c::version.eq(row.version),
                c::updated_at.eq(row.updated_at),
            ),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
