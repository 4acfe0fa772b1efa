//! Who sees and handles which item. Lists read `visible_to`, which is written from the same viewers that
//! decide over a single item here.

use chrono::NaiveDate;
use kstt_domain::feedback::FeedbackClass;
use kstt_domain::policy::actions::ReadFeedback;
use kstt_domain::policy::{Action, Actor, Reach, Target, permit, reach};
use kstt_persistence::feedback::{self as rows, FeedbackRow, Scope};
use kstt_persistence::units::{self, Viewers};
use kstt_persistence::{Conn, Error};

use crate::app::App;
use crate::http::{ApiError, Tx};
use crate::obligations::unit_target;

/// An item as the policy sees it: the matter of the unit that handles it.
pub fn target(viewers: &Viewers, actor: &Actor, row: &FeedbackRow, today: NaiveDate) -> Target {
    unit_target(viewers, actor, &row.id, &row.handler_unit_id, today)
}

/// Whether someone may know of an item: as far as they answer for the unit that handles it, or because their
/// unit received it.
pub fn sees(viewers: &Viewers, actor: &Actor, row: &FeedbackRow, today: NaiveDate) -> bool {
    let own = actor.unit.as_ref().map(|unit| &unit.id);
    let reads = |target: &Target| permit::<ReadFeedback>(actor, target).is_ok();
    let received = row.receiver().map(|place| unit_target(viewers, actor, &row.id, place, today));
    reads(&target(viewers, actor, row, today))
        || received.is_some_and(|target| target.unit_path.first() == own && reads(&target))
}

/// The item of an id or a code, for someone who may know of it.
pub fn visible(
    conn: &mut Conn,
    app: &App,
    actor: &Actor,
    id: &str,
    today: NaiveDate,
) -> Result<FeedbackRow, ApiError> {
    let row = match rows::find(conn, id)? {
        Some(row) => row,
        None => rows::by_code(conn, id)?.ok_or_else(ApiError::not_found)?,
    };
    let viewers = app.units.viewers(conn)?;
    if sees(&viewers, actor, &row, today) { Ok(row) } else { Err(ApiError::not_found()) }
}

/// Whether an actor belongs to the unit whose conduct an item is about, and so never learns who sent it.
pub fn is_complained_of(viewers: &Viewers, actor: &Actor, row: &FeedbackRow, today: NaiveDate) -> bool {
    let about = row.about_unit_id.as_ref().filter(|_| {
        row.class.is_none_or(|class| matches!(class.0, FeedbackClass::Conduct | FeedbackClass::Mixed))
    });
    let (Some(about), Some(unit)) = (about, &actor.unit) else { return false };
    // The unit itself, and today whoever took over its work.
    about == &unit.id
        || viewers
            .of(about)
            .iter()
            .any(|viewer| viewer.own && viewer.unit_id == unit.id && viewer.period.contains(today))
}

/// Whose items are listed.
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
    let reach = reach(actor, Action::ReadFeedback).ok_or_else(ApiError::forbidden)?;
    let mine = || actor.unit.as_ref().map(|unit| unit.id.clone()).ok_or_else(ApiError::forbidden);
    let of = |unit_id, own| Scope::Unit { unit_id, day, own };
    Ok(match (whose, reach) {
        (Whose::Seen, Reach::City) => Scope::City,
        (Whose::Seen, Reach::Subtree) => of(mine()?, false),
        (Whose::Seen | Whose::MyUnit, _) => of(mine()?, true),
        (Whose::Unit(code), reach) => {
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

/// The units whose items an actor learns of in the changes feed.
pub fn units_seen(
    conn: &mut Conn,
    actor: &Actor,
    today: NaiveDate,
) -> Result<Option<kstt_persistence::audit::Sight>, Error> {
    use kstt_persistence::audit::Sight;
    let own_only = match (reach(actor, Action::ReadFeedback), &actor.unit) {
        (Some(Reach::City), _) => return Ok(Some(Sight::City)),
        (Some(reach), Some(_)) => reach < Reach::Subtree,
        _ => return Ok(None),
    };
    Ok(Some(Sight::Units(crate::obligations::units_within(conn, actor, own_only, today)?)))
}

/// After units changed: who sees what is stored again for the items of these.
pub fn follow_units(tx: &mut Tx<'_>, viewers: &Viewers, concerned: &[String]) -> Result<(), Error> {
    rows::show_again(tx.conn, viewers, concerned)
}
