//! From a rule and what opened an obligation to its moments.

use chrono::{DateTime, NaiveDateTime, Utc};
use kstt_domain::calendar::{Pause, WorkCalendar, vn_date};
use kstt_domain::obligations::{
    Counting, Deadline, DeadlineRule, DutyPeriod, NoDeadline, Opening, Reading, Timing,
};
use kstt_domain::units::UnitKind;
use kstt_persistence::obligations::{self as rows, Moments, ObligationRow, PauseRow, RuleRow};
use kstt_persistence::units;

use crate::app::App;
use crate::http::{ApiError, ProblemCode, Say, Tx, say};

/// What opened an obligation: the day somebody set, its period if its rule is one of dates, else its trigger.
pub fn opening_of(rule: &DeadlineRule, row: &ObligationRow, kind: UnitKind) -> Result<Opening, ApiError> {
    if matches!(rule.timing, Timing::Parameter { .. }) {
        return Ok(Opening::LastDay(row.due_on));
    }
    if !rule.timing.is_of_dates() {
        return Ok(Opening::Moment(row.trigger_at.and_utc()));
    }
    // A report is about a period and its form: `2019-Q1/05/VPCP/KSTT`.
    let code = row.subject_id.split('/').next().unwrap_or_default();
    let period: DutyPeriod = code.parse().map_err(|()| {
        log::error!("obligation {}: {} is no period", row.id, row.subject_id);
        ApiError::new(ProblemCode::Internal)
    })?;
    Ok(Opening::Period(period, kind))
}

/// The deadline of an opening, with the clock standing still now and then.
pub fn deadline(
    app: &App,
    calendar: &WorkCalendar,
    rule: &DeadlineRule,
    opening: Opening,
    pauses: &[PauseRow],
) -> Result<Deadline, NoDeadline> {
    rule.deadline(opening, Counting { calendar, hours: &app.office_hours, pauses: &days(pauses) })
}

/// Every way to read the date of an obligation, as it was counted.
pub fn readings(
    app: &App,
    calendar: &WorkCalendar,
    rule: &DeadlineRule,
    opening: Opening,
    pauses: &[PauseRow],
) -> Result<Vec<Reading>, NoDeadline> {
    rule.readings(opening, Counting { calendar, hours: &app.office_hours, pauses: &days(pauses) })
}

/// The days on which a clock stood still.
fn days(pauses: &[PauseRow]) -> Vec<Pause> {
    let day = |moment: NaiveDateTime| vn_date(moment.and_utc());
    let pause =
        |row: &PauseRow| Pause { stopped_on: day(row.stopped_at), resumed_on: row.resumed_at.map(day) };
    pauses.iter().map(pause).collect()
}

/// The stored form of a deadline that runs from a moment.
pub fn moments(
    deadline: &Deadline,
    trigger_at: DateTime<Utc>,
    rule: &RuleRow,
    calendar: &WorkCalendar,
) -> Moments {
    Moments {
        rule_version: rule.version,
        calendar_version: calendar.version(),
        trigger_at: trigger_at.naive_utc(),
        soon_at: deadline.soon_at.naive_utc(),
        warn_at: deadline.warn_at.naive_utc(),
        due_at: deadline.due_at.naive_utc(),
        due_on: deadline.due_on,
    }
}

/// The version of its rule that an obligation was counted by.
pub fn rule_of(tx: &mut Tx<'_>, row: &ObligationRow) -> Result<RuleRow, ApiError> {
    rows::rule(tx.conn, &row.rule, row.rule_version)?.ok_or_else(ApiError::not_found)
}

/// The moments of an obligation counted anew from its trigger, by a version of its rule.
pub fn recount(
    tx: &mut Tx<'_>,
    row: &ObligationRow,
    stored: &RuleRow,
    calendar: &WorkCalendar,
    pauses: &[PauseRow],
) -> Result<Moments, ApiError> {
    let rule = stored.read()?;
    if matches!(rule.timing, Timing::Parameter { .. }) {
        // Whoever asked set the day; no calendar moves it.
        return Ok(Moments { calendar_version: calendar.version(), ..Moments::of(row) });
    }
    let unit = units::by_id(tx.conn, &row.unit_id)?.ok_or_else(ApiError::not_found)?;
    let opening = opening_of(&rule, row, unit.kind.0)?;
    let deadline = deadline(tx.app, calendar, &rule, opening, pauses)
        .map_err(|none| ApiError::conflict(explain(&none).1))?;
    Ok(moments(&deadline, row.trigger_at.and_utc(), stored, calendar))
}

/// Why there is no deadline, for whoever asked.
pub fn explain(none: &NoDeadline) -> (&'static str, Say) {
    match none {
        NoDeadline::Shape => (
            "no_deadline",
            say(
                "Quy tắc này được kiểm tra tại chỗ, không tạo thời hạn.",
                "This rule is checked where it applies and gives no deadline.",
            ),
        ),
        NoDeadline::Opening => (
            "other_opening",
            say(
                "Quy tắc theo kỳ cần `period` và `unit_kind`; quy tắc theo sự kiện cần `at`.",
                "A rule of dates needs `period` and `unit_kind`, a rule of events needs `at`.",
            ),
        ),
        NoDeadline::NotOwed => {
            ("not_owed", say("Loại đơn vị này không có nghĩa vụ đó.", "Units of this kind do not owe it."))
        }
        NoDeadline::Calendar(error) => crate::calendar::explain(error).unwrap_or((
            "calendar",
            say("Lịch làm việc không tính được.", "The working calendar cannot count it."),
        )),
    }
}
