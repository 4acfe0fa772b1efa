//! Whose things someone sees, for every room whose things belong to units. Lists read `visible_to`, which is
//! written from the same viewers that decide over a single thing here.

use chrono::NaiveDate;
use kstt_domain::policy::{Action, Actor, Reach, Target, reach};
use kstt_persistence::audit::Sight;
use kstt_persistence::units::{self, Viewers};
use kstt_persistence::{Conn, Error, Scope};

use crate::http::ApiError;

/// A thing of a unit as the policy sees it: of the actor's own unit if that has it today, also as an heir;
/// else of the unit itself and of all that see it today.
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

/// Whose things are listed.
#[derive(Debug, Clone)]
pub enum Whose {
    /// Everything the caller sees.
    Seen,
    /// Those of the unit one acts for.
    MyUnit,
    /// Those of one unit, by code.
    Unit(String),
}

impl Whose {
    /// What the caller of `action` may list of it on a day; refuses what lies outside the caller's reach.
    pub fn scope(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        action: Action,
        day: NaiveDate,
    ) -> Result<Scope, ApiError> {
        let reach = reach(actor, action).ok_or_else(ApiError::forbidden)?;
        let mine = || actor.unit.as_ref().map(|unit| unit.id.clone()).ok_or_else(ApiError::forbidden);
        let of = |unit_id, own| Scope::Unit { unit_id, day, own };
        Ok(match (self, reach) {
            (Self::Seen, Reach::City) => Scope::City,
            (Self::Seen, Reach::Subtree) => of(mine()?, false),
            (Self::Seen | Self::MyUnit, _) => of(mine()?, true),
            (Self::Unit(code), reach) => {
                let unit = units::by_code(conn, code)?.ok_or_else(ApiError::not_found)?;
                let path = match reach {
                    Reach::City => return Ok(of(unit.id, true)),
                    Reach::Subtree => units::path_of(conn, &unit.id, day)?,
                    _ => vec![unit.id.clone()],
                };
                if !path.contains(&mine()?) {
                    return Err(ApiError::forbidden());
                }
                of(unit.id, true)
            }
        })
    }
}

/// The units whose things are listed for someone who asks for those of one unit, by code, or for all they see by
/// `action`; `None`: every unit's.
pub fn units_listed(
    conn: &mut Conn,
    actor: &Actor,
    action: Action,
    asked: Option<&str>,
    today: NaiveDate,
) -> Result<Option<Vec<String>>, ApiError> {
    let seen = match units_seen(conn, actor, action, today)?.ok_or_else(ApiError::forbidden)? {
        Sight::City => None,
        Sight::Units(units) => Some(units),
    };
    let Some(code) = asked else { return Ok(seen) };
    let unit = units::by_code(conn, code)?.ok_or_else(ApiError::not_found)?;
    match seen {
        Some(seen) if !seen.contains(&unit.id) => Err(ApiError::forbidden()),
        _ => Ok(Some(vec![unit.id])),
    }
}

/// The units of whose things an actor learns by `action`: also those whose work its own unit inherited.
pub fn units_seen(
    conn: &mut Conn,
    actor: &Actor,
    action: Action,
    today: NaiveDate,
) -> Result<Option<Sight>, Error> {
    let own_only = match (reach(actor, action), &actor.unit) {
        (Some(Reach::City), _) => return Ok(Some(Sight::City)),
        (Some(reach), Some(_)) => reach < Reach::Subtree,
        _ => return Ok(None),
    };
    let viewers = Viewers::load(conn)?;
    let sees = |unit: &&str| {
        viewers.of(unit).iter().any(|viewer| {
            let here = actor.unit.as_ref().is_some_and(|own| own.id == viewer.unit_id);
            here && viewer.period.contains(today) && (viewer.own || !own_only)
        })
    };
    Ok(Some(Sight::Units(viewers.units().filter(sees).map(str::to_owned).collect())))
}
