//! Who sees and handles which item.

use chrono::NaiveDate;
use kstt_domain::feedback::FeedbackClass;
use kstt_domain::policy::actions::ReadFeedback;
use kstt_domain::policy::{Actor, Permit, Target, permit};
use kstt_persistence::feedback::{self as rows, FeedbackRow};
use kstt_persistence::units::Viewers;
use kstt_persistence::{Conn, Error};

use crate::app::App;
use crate::http::{ApiError, Tx};
use crate::sight::unit_target;

/// An item as the policy sees it: the matter of the unit that handles it.
pub fn target(viewers: &Viewers, actor: &Actor, row: &FeedbackRow, today: NaiveDate) -> Target {
    unit_target(viewers, actor, &row.id, &row.handler_unit_id, today)
}

/// Whether someone may know of an item; see [`reading`].
pub fn sees(viewers: &Viewers, actor: &Actor, row: &FeedbackRow, today: NaiveDate) -> bool {
    reading(viewers, actor, row, today).is_some()
}

/// The permission to know of an item: as far as someone answers for the unit that handles it, or because
/// their unit received it.
pub fn reading(
    viewers: &Viewers,
    actor: &Actor,
    row: &FeedbackRow,
    today: NaiveDate,
) -> Option<Permit<ReadFeedback>> {
    let own = actor.unit.as_ref().map(|unit| &unit.id);
    permit::<ReadFeedback>(actor, &target(viewers, actor, row, today)).ok().or_else(|| {
        let received = unit_target(viewers, actor, &row.id, row.receiver()?, today);
        let by_own = received.unit_path.first() == own;
        permit::<ReadFeedback>(actor, &received).ok().filter(|_| by_own)
    })
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

/// Whether an actor belongs to the unit whose conduct an item is about, and so never learns who sent it. A part may be
/// of another class than the whole, whose sender is its own.
pub fn is_complained_of(viewers: &Viewers, actor: &Actor, row: &FeedbackRow, today: NaiveDate) -> bool {
    let is_of_conduct = |class| matches!(class, FeedbackClass::Conduct | FeedbackClass::Mixed);
    let may_be = row.parent_id.is_some() || row.class.is_none_or(|class| is_of_conduct(class.0));
    let about = row.about_unit_id.as_ref().filter(|_| may_be);
    let (Some(about), Some(unit)) = (about, &actor.unit) else { return false };
    // The unit itself, and today whoever took over its work.
    about == &unit.id
        || viewers
            .of(about)
            .iter()
            .any(|viewer| viewer.own && viewer.unit_id == unit.id && viewer.period.contains(today))
}

/// Those of some items whose words an actor reads as they were written: whoever gets a redacted text must not
/// find it by what was taken out.
pub fn readable(
    conn: &mut Conn,
    app: &App,
    actor: &Actor,
    ids: &[String],
    today: NaiveDate,
) -> Result<Vec<String>, Error> {
    let viewers = app.units.viewers(conn)?;
    let mut found = rows::by_ids(conn, ids)?;
    found.retain(|row| !is_complained_of(&viewers, actor, row, today));
    Ok(found.into_iter().map(|row| row.id).collect())
}

/// After units changed: who sees what is stored again for the items of these.
pub fn follow_units(tx: &mut Tx<'_>, viewers: &Viewers, concerned: &[String]) -> Result<(), Error> {
    rows::show_again(tx.conn, viewers, concerned)
}
