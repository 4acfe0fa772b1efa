//! Who sees and fills in which report.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use kstt_domain::calendar::vn_date;
use kstt_domain::policy::actions::{ReadReports, SubmitReport};
use kstt_domain::policy::{ActingUnit, Action, ActionKind, Actor, Permit, Target, permit};
use kstt_domain::reports::ReportForm;
use kstt_domain::units::UnitKind;
use kstt_persistence::Conn;
use kstt_persistence::reports::{self as rows, ReportRow};
use kstt_persistence::units::{self, Viewers};

use crate::app::App;
use crate::http::{ApiError, Tx, say};
use crate::sight::{unit_target, units_listed};

/// A report that someone may read.
pub struct Seen {
    pub report: ReportRow,
    pub reads: Permit<ReadReports>,
    /// Whether they may submit it, too.
    pub submits: bool,
}

/// The report of an id, for someone who may know of it, and as the policy sees it.
fn found(
    conn: &mut Conn,
    app: &App,
    actor: &Actor,
    id: &str,
    today: NaiveDate,
) -> Result<(ReportRow, Target, Permit<ReadReports>), ApiError> {
    let row = rows::find(conn, id)?.ok_or_else(ApiError::not_found)?;
    let viewers = app.units.viewers(conn)?;
    let target = unit_target(&viewers, actor, &row.id, &row.unit_id, today);
    let reads = permit::<ReadReports>(actor, &target).map_err(|_| ApiError::not_found())?;
    Ok((row, target, reads))
}

/// The report of an id, for someone who may know of it.
pub fn visible(
    conn: &mut Conn,
    app: &App,
    actor: &Actor,
    id: &str,
    today: NaiveDate,
) -> Result<ReportRow, ApiError> {
    Ok(found(conn, app, actor, id, today)?.0)
}

/// The same, and what they may do with it.
pub fn seen(conn: &mut Conn, app: &App, actor: &Actor, id: &str, today: NaiveDate) -> Result<Seen, ApiError> {
    let (report, target, reads) = found(conn, app, actor, id, today)?;
    let submits = permit::<SubmitReport>(actor, &target).is_ok();
    Ok(Seen { report, reads, submits })
}

/// The report of an id that is to be changed, and the permission.
pub fn open<A: ActionKind>(tx: &mut Tx<'_>, id: &str) -> Result<(ReportRow, Permit<A>), ApiError> {
    let (row, target, _) = found(tx.conn, tx.app, tx.actor, id, vn_date(tx.now))?;
    let permit = tx.permit::<A>(&target)?;
    Ok((row, permit))
}

/// The units whose reports are listed for someone; see [`units_listed`].
pub fn listed(
    conn: &mut Conn,
    actor: &Actor,
    asked: Option<&str>,
    today: NaiveDate,
) -> Result<Option<Vec<String>>, ApiError> {
    units_listed(conn, actor, Action::ReadReports, asked, today)
}

/// Whose work each unit has taken over by a day: their records are its own.
pub struct Inherited<'v> {
    viewers: &'v Viewers,
    day: NaiveDate,
    of: HashMap<String, BTreeSet<String>>,
}

impl<'v> Inherited<'v> {
    pub fn by(viewers: &'v Viewers, day: NaiveDate) -> Self {
        let mut of: HashMap<String, BTreeSet<String>> = HashMap::new();
        for unit in viewers.units() {
            let seen = viewers.of(unit).into_iter();
            for owner in seen.filter(|viewer| viewer.own && viewer.period.contains(day)) {
                of.entry(owner.unit_id).or_default().insert(unit.to_owned());
            }
        }
        Self { viewers, day, of }
    }

    /// The unit itself and whose work it has taken over.
    fn with(&self, unit_id: &str) -> BTreeSet<String> {
        let mut found = self.of.get(unit_id).cloned().unwrap_or_default();
        found.insert(unit_id.to_owned());
        found
    }
}

/// The units whose work a report counts: the unit, by a form that covers those below also all under it on the day, and
/// for the control office all of the city; and whose work they have taken over.
pub fn counted(
    conn: &mut Conn,
    inherited: &Inherited<'_>,
    form: &ReportForm,
    unit_id: &str,
) -> Result<Vec<String>, ApiError> {
    if !form.covers_below {
        return Ok(inherited.with(unit_id).into_iter().collect());
    }
    let Some(below) = below(conn, unit_id, inherited.day)? else {
        return Ok(inherited.viewers.units().map(str::to_owned).collect());
    };
    let found: BTreeSet<String> = below.iter().flat_map(|unit| inherited.with(unit)).collect();
    Ok(found.into_iter().collect())
}

/// The unit and all under it on a day; none: all of the city, whose control office it is.
pub fn below(conn: &mut Conn, unit_id: &str, day: NaiveDate) -> Result<Option<Vec<String>>, ApiError> {
    let unit = units::by_id(conn, unit_id)?.ok_or_else(ApiError::not_found)?;
    match unit.kind.0 {
        UnitKind::Office => Ok(None),
        _ => Ok(Some(units::subtree_of(conn, unit_id, day)?)),
    }
}

/// A unit judges the reports of others, never its own.
pub fn refuse_own(tx: &Tx<'_>, row: &ReportRow) -> Result<(), ApiError> {
    // The control office has nobody above it here.
    let own = |unit: &ActingUnit| unit.id == row.unit_id && unit.kind != UnitKind::Office;
    if tx.actor.unit.as_ref().is_some_and(own) {
        let detail =
            say("Đơn vị không tự tiếp nhận báo cáo của mình.", "A unit does not judge its own report.");
        return Err(ApiError::conflict(detail));
    }
    Ok(())
}
