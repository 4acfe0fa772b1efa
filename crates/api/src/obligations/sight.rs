//! Who sees and keeps which obligations.

use chrono::NaiveDate;
use kstt_domain::policy::actions::ReadObligations;
use kstt_domain::policy::{ActionKind, Actor, Permit, Target, permit};
use kstt_persistence::obligations::{self as rows, ObligationRow};
use kstt_persistence::units::Viewers;
use kstt_persistence::{Conn, Error};

use crate::http::{ApiError, Tx};
use crate::sight::unit_target;

/// An obligation as the policy sees it: the matter of the unit that owes it.
pub fn target(
    conn: &mut Conn,
    actor: &Actor,
    row: &ObligationRow,
    today: NaiveDate,
) -> Result<Target, Error> {
    Ok(unit_target(&Viewers::load(conn)?, actor, &row.id, &row.unit_id, today))
}

/// The obligation, for someone who may know of it.
pub fn visible(
    conn: &mut Conn,
    actor: &Actor,
    id: &str,
    today: NaiveDate,
) -> Result<(ObligationRow, Target), ApiError> {
    let row = rows::find(conn, id)?.ok_or_else(ApiError::not_found)?;
    let target = target(conn, actor, &row, today)?;
    permit::<ReadObligations>(actor, &target).map_err(|_| ApiError::not_found())?;
    Ok((row, target))
}

/// The obligation and the permission to do `A` to it.
pub fn open<A: ActionKind>(tx: &mut Tx<'_>, id: &str) -> Result<(ObligationRow, Permit<A>), ApiError> {
    let today = kstt_domain::calendar::vn_date(tx.now);
    let (row, target) = visible(tx.conn, tx.actor, id, today)?;
    let permit = tx.permit::<A>(&target)?;
    Ok((row, permit))
}
