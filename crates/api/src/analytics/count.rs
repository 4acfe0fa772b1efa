//! The groups behind a measure, from the room that has its records.

use kstt_domain::analytics::{AnalyticsMeasure as M, Tally, Window};
use kstt_domain::calendar::vn_date;
use kstt_domain::codes::Code;
use kstt_domain::reports::is_late;
use kstt_persistence::Conn;
use kstt_persistence::analytics::{
    Column, DossierCount, DutyCount, FeedbackCount, Group, Known, ReportDue, Sought, dossier_groups,
    duty_groups, feedback_groups, in_force_by, reports_due,
};
use kstt_persistence::dossiers::{Led, Stock, stock_at};

use super::check::Question;
use super::units::Units;
use crate::http::ApiError;

/// Groups, and the whole where it is not their sum.
pub struct Counted {
    pub groups: Vec<Group>,
    pub whole: Option<Tally>,
}

/// Counts a measure in a window.
pub fn count(
    conn: &mut Conn,
    units: &Units,
    question: &Question,
    window: Window,
    known: Known,
) -> Result<Counted, ApiError> {
    let sought = Sought { days: (window.from, window.to), ..question.sought.clone() };
    let feedback = |conn: &mut Conn, count| feedback_groups(conn, count, &sought, known);
    let duties = |conn: &mut Conn, count| duty_groups(conn, count, &sought, known);
    let groups = match question.measure {
        M::FeedbackReceived => feedback(conn, FeedbackCount::Received)?,
        M::FeedbackAnswered => feedback(conn, FeedbackCount::Answered)?,
        M::FeedbackAnsweredOnTime => feedback(conn, FeedbackCount::AnsweredOnTime)?,
        M::FeedbackOverdue => feedback(conn, FeedbackCount::Overdue)?,
        M::FeedbackDaysToAnswer | M::FeedbackDaysToAnswerP50 | M::FeedbackDaysToAnswerP90 => {
            feedback(conn, FeedbackCount::Days)?
        }
        M::FeedbackOnTimeRatio => feedback(conn, FeedbackCount::OnTime)?,
        M::FeedbackSatisfiedRatio => feedback(conn, FeedbackCount::Satisfied)?,
        M::DossiersReceived
        | M::DossiersSettled
        | M::DossiersSettledLate
        | M::DossiersLateRatio
        | M::DossiersPending => return dossiers(conn, units, question.measure, &sought),
        M::ObligationsDue => duties(conn, DutyCount::Due)?,
        M::ObligationsMet => duties(conn, DutyCount::Met)?,
        M::ObligationsMetLate => duties(conn, DutyCount::MetLate)?,
        M::ObligationsBreached => duties(conn, DutyCount::Breached)?,
        M::ReportsOwed | M::ReportsSubmitted | M::ReportsLate => {
            let owed = reports_due(conn, &sought)?;
            let counts = |report: &ReportDue| counts(question.measure, report, known);
            owed.iter().filter(|report| counts(report)).map(|report| of_report(report, &sought)).collect()
        }
        M::ProceduresInForce => return in_force(conn, &sought),
    };
    Ok(Counted { groups, whole: None })
}

/// A unit has all dossiers in which it takes part; in what is told of several units together each counts once.
fn dossiers(conn: &mut Conn, units: &Units, measure: M, sought: &Sought) -> Result<Counted, ApiError> {
    let unit_ids = sought.unit_ids.clone().unwrap_or_else(|| units.all());
    if !sought.columns.contains(&Column::Unit) {
        return Ok(Counted {
            groups: dossiers_of(conn, measure, sought, (&unit_ids, Led::Once))?,
            whole: None,
        });
    }
    let groups = dossiers_of(conn, measure, sought, (&unit_ids, Led::ByAnyone))?;
    let together = Sought { columns: Vec::new(), step: None, ..sought.clone() };
    let mut whole = Tally::default();
    for Group { part, amount, .. } in dossiers_of(conn, measure, &together, (&unit_ids, Led::Once))? {
        whole.add(part, amount);
    }
    Ok(Counted { groups, whole: Some(whole) })
}

fn dossiers_of(
    conn: &mut Conn,
    measure: M,
    sought: &Sought,
    of: (&[String], Led<'_>),
) -> Result<Vec<Group>, ApiError> {
    let mut groups = |count| dossier_groups(conn, count, sought, of);
    Ok(match measure {
        M::DossiersReceived => groups(DossierCount::Received)?,
        M::DossiersSettled => groups(DossierCount::Settled)?,
        M::DossiersSettledLate => groups(DossierCount::SettledLate)?,
        M::DossiersLateRatio => {
            late_of_all(groups(DossierCount::Settled)?, groups(DossierCount::SettledLate)?)
        }
        _ => pending(conn, sought, of)?,
    })
}

/// What is late weighs 1, what else was settled nothing.
fn late_of_all(settled: Vec<Group>, late: Vec<Group>) -> Vec<Group> {
    let rest = late.iter().map(|group| Group { part: 0, amount: -group.amount, ..group.clone() });
    let all = settled.into_iter().map(|group| Group { part: 0, ..group });
    let mut groups: Vec<Group> = all.chain(rest).collect();
    groups.extend(late);
    groups
}

/// How dossiers stand at the end of the window.
fn pending(
    conn: &mut Conn,
    sought: &Sought,
    (unit_ids, whose): (&[String], Led<'_>),
) -> Result<Vec<Group>, ApiError> {
    let stocks = stock_at(conn, unit_ids, whose, sought.days.1)?;
    let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
    let counted = stocks.into_iter().filter(|stock| {
        is(&sought.level, stock.key.level.code())
            && is(&sought.field, &stock.key.field)
            && is(&sought.channel, stock.key.channel.code())
    });
    let group = |stock: Stock| {
        let key = |column: Column| match column {
            Column::Unit => Some(stock.key.unit_id.clone()),
            Column::Level => Some(stock.key.level.code().to_owned()),
            Column::Field => Some(stock.key.field.clone()),
            Column::Channel => Some(stock.key.channel.code().to_owned()),
            Column::Class | Column::State | Column::Procedure => None,
        };
        grouped(sought, None, key, stock.in_time + stock.overdue)
    };
    Ok(counted.map(group).collect())
}

fn grouped(
    sought: &Sought,
    day: Option<chrono::NaiveDate>,
    key: impl Fn(Column) -> Option<String>,
    amount: i64,
) -> Group {
    let mut keys = sought.columns.iter().map(|column| key(*column));
    let keys = [keys.next().flatten(), keys.next().flatten()];
    Group { day, keys, part: 1, amount }
}

fn counts(measure: M, report: &ReportDue, known: Known) -> bool {
    let is_known = |at: chrono::NaiveDateTime| known.all || at < known.until;
    let submitted = report.first_submitted_at.filter(|at| is_known(*at));
    let counts = match measure {
        M::ReportsSubmitted => submitted.is_some(),
        M::ReportsLate => is_late(report.due_on, submitted.map(|at| vn_date(at.and_utc())), known.day),
        _ => true,
    };
    is_known(report.created_at) && counts
}

fn of_report(report: &ReportDue, sought: &Sought) -> Group {
    let key = |column: Column| match column {
        Column::Unit => Some(report.unit_id.clone()),
        Column::State => Some(report.state.0.code().to_owned()),
        _ => None,
    };
    grouped(sought, report.due_on, key, 1)
}

/// A procedure counts at each of its levels and fields, and once in the whole.
fn in_force(conn: &mut Conn, sought: &Sought) -> Result<Counted, ApiError> {
    let (mut groups, mut whole) = (Vec::new(), Tally::default());
    let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
    for placed in in_force_by(conn, sought.days.1)? {
        let narrowed = |values: &[String], wanted: &Option<String>| -> Vec<Option<String>> {
            let found: Vec<_> = values.iter().filter(|value| is(wanted, value)).cloned().map(Some).collect();
            // What has none is told as such.
            if found.is_empty() && wanted.is_none() { vec![None] } else { found }
        };
        let levels = narrowed(&placed.levels, &sought.level);
        let fields = narrowed(&placed.fields, &sought.field);
        if levels.is_empty() || fields.is_empty() {
            continue;
        }
        whole.add(1, 1);
        let values = |index: usize| match sought.columns.get(index) {
            Some(Column::Level) => levels.clone(),
            Some(Column::Field) => fields.clone(),
            _ => vec![None],
        };
        for first in values(0) {
            for second in values(1) {
                groups.push(Group { day: None, keys: [first.clone(), second], part: 1, amount: 1 });
            }
        }
    }
    Ok(Counted { groups, whole: Some(whole) })
}
