//! Who sees and keeps which obligations. Lists read `visible_to`, which is written from the same viewers
//! that decide over a single one here.

use chrono::NaiveDate;
use kstt_domain::policy::actions::ReadObligations;
use kstt_domain::policy::{Action, ActionKind, Actor, Permit, Reach, Target, permit, reach};
use kstt_persistence::audit::Sight;
use kstt_persistence::obligations::{self as rows, ObligationRow, Scope};
use kstt_persistence::units::{self, UnitRow, Viewers};
use kstt_persistence::{Conn, Error};

use crate::http::{ApiError, Tx};

/// An obligation as the policy sees it: of the actor's own unit if that has it, else of the unit that owes
/// it and of all who see it today.
pub fn target(
    conn: &mut Conn,
    actor: &Actor,
    row: &ObligationRow,
    today: NaiveDate,
) -> Result<Target, Error> {
    Ok(unit_target(&Viewers::load(conn)?, actor, &row.id, &row.unit_id, today))
}

/// The matter of a unit as the policy sees it; see [`target`].
pub fn unit_target(viewers: &Viewers, actor: &Actor, id: &str, unit_id: &str, today: NaiveDate) -> Target {
    let viewers = viewers.of(unit_id);
    let today = viewers.iter().filter(|viewer| viewer.period.contains(today));
    let own = actor.unit.as_ref().map(|unit| unit.id.as_str());
    let path = match today.clone().find(|viewer| viewer.own && Some(viewer.unit_id.as_str()) == own) {
        Some(viewer) => vec![viewer.unit_id.clone()],
        None => std::iter::once(unit_id.to_owned())
            .chain(today.filter(|viewer| !viewer.own).map(|viewer| viewer.unit_id.clone()))
            .collect(),
    };
    Target::unit(id, path)
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

/// Whose obligations are listed.
#[derive(Debug, Clone)]
pub enum Whose {
    /// Everything the caller sees.
    Seen,
    /// Those of the unit one acts for.
    MyUnit,
    /// Those of one unit, by code.
    Unit(String),
}

/// What of it the caller may list; refuses what lies outside the caller's reach.
pub fn scope(conn: &mut Conn, actor: &Actor, whose: &Whose, day: NaiveDate) -> Result<Scope, ApiError> {
    let reach = reach(actor, Action::ReadObligations).ok_or_else(ApiError::forbidden)?;
    let mine = || actor.unit.as_ref().map(|unit| unit.id.clone()).ok_or_else(ApiError::forbidden);
    let of = |unit_id, own| Scope::Unit { unit_id, day, own };
    Ok(match (whose, reach) {
        (Whose::Seen, Reach::City) => Scope::City,
        (Whose::Seen, Reach::Subtree) => of(mine()?, false),
        (Whose::Seen, _) | (Whose::MyUnit, _) => of(mine()?, true),
        (Whose::Unit(code), reach) => {
            let unit = units::by_code(conn, code)?.ok_or_else(ApiError::not_found)?;
            within(conn, actor, reach, &unit, day)?;
            of(unit.id, true)
        }
    })
}

fn within(
    conn: &mut Conn,
    actor: &Actor,
    reach: Reach,
    unit: &UnitRow,
    day: NaiveDate,
) -> Result<(), ApiError> {
    let path = match reach {
        Reach::City => return Ok(()),
        Reach::Subtree => units::path_of(conn, &unit.id, day)?,
        _ => vec![unit.id.clone()],
    };
    let own = actor.unit.as_ref().map(|unit| &unit.id);
    if own.is_some_and(|own| path.contains(own)) { Ok(()) } else { Err(ApiError::forbidden()) }
}

/// The units whose obligations `actor` sees: also those whose work its own unit inherited.
pub fn units_seen(conn: &mut Conn, actor: &Actor, today: NaiveDate) -> Result<Option<Sight>, Error> {
    let own_only = match (reach(actor, Action::ReadObligations), &actor.unit) {
        (Some(Reach::City), _) => return Ok(Some(Sight::City)),
        (Some(reach), Some(_)) => reach < Reach::Subtree,
        _ => return Ok(None),
    };
    Ok(Some(Sight::Units(units_within(conn, actor, own_only, today)?)))
}

/// The units whose matters an actor's own unit sees today; only as its own, if asked so.
pub fn units_within(
    conn: &mut Conn,
    actor: &Actor,
    own_only: bool,
    today: NaiveDate,
) -> Result<Vec<String>, Error> {
    let viewers = Viewers::load(conn)?;
    let sees = |unit: &&str| {
        viewers.of(unit).iter().any(|viewer| {
            let here = actor.unit.as_ref().is_some_and(|own| own.id == viewer.unit_id);
            here && viewer.period.contains(today) && (viewer.own || !own_only)
        })
    };
    Ok(viewers.units().filter(sees).map(str::to_owned).collect())
}
