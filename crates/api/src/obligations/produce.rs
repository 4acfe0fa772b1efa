//! Opening what every unit owes in a year: its own plan, and its periodic reports.

use std::collections::HashMap;

use actix_web::{HttpResponse, post};
use chrono::{Datelike, NaiveDate};
use kstt_domain::calendar::{WorkCalendar, start_of_vn_day, vn_date};
use kstt_domain::codes::Code;
use kstt_domain::obligations::{Cutoff, DeadlineRule, DutyPeriod, Every, Opening, Timing};
use kstt_domain::policy::actions::{CancelObligation, OpenObligations};
use kstt_domain::policy::{Action, Actor, Permit, Target};
use kstt_domain::units::UnitKind;
use kstt_persistence::audit::Change;
use kstt_persistence::obligations::{self as rows, Moments, ObligationRow, RuleRow};
use kstt_persistence::reports::FormRow;
use kstt_persistence::units::{self, UnitFilter, UnitRow, Viewers};
use kstt_persistence::{Conn, Error, calendar};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::timing;
use crate::app::App;
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Halt, IdempotencyKey, Reply, Tx, say};
use crate::reports;

/// What is owed for a period: the rule and the kind of thing. Reports are owed form by form.
const PRODUCED: &[(&str, &str)] = &[
    ("K-20", "unit_plan"),
    ("K-30", reports::OWED),
    ("K-31", reports::OWED),
    ("K-32", reports::OWED),
    ("K-33", reports::OF_CITY),
];
/// More units of one kind than there will ever be.
const ALL_UNITS: i64 = 100_000;
/// Why an obligation of a unit that no longer owes it is called off.
const UNIT_ENDED: &str = "Đơn vị không còn tồn tại vào ngày đến hạn.";

/// A year to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct YearToOpen {
    #[schema(minimum = 1900, maximum = 2199, example = 2020)]
    year: i32,
}

/// What opening a year did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenedYear {
    #[schema(minimum = 1900, maximum = 2199)]
    pub year: i32,
    /// Obligations that are new.
    #[schema(minimum = 0, maximum = 1000000)]
    pub opened: i64,
    /// Obligations that were open already.
    #[schema(minimum = 0, maximum = 1000000)]
    pub kept: i64,
    /// Obligations called off because their unit does not exist on the last lawful day.
    #[schema(minimum = 0, maximum = 1000000)]
    pub cancelled: i64,
}

/// Open the obligations of a year
///
/// The plan of every unit and its periodic reports, for the units that exist on each last lawful day. What
/// is open already stays as it is; the current year is opened without being asked.
#[utoipa::path(tag = "obligations", operation_id = "openObligationYear", params(IdempotencyKey), request_body = YearToOpen,
    responses((status = 200, description = "What was done", body = OpenedYear), problems::Open, problems::Guarded,
        problems::Content, problems::Collision),
    extensions(("x-action" = json!("obligations.open"))))]
#[post("/v1/obligations/open-year")]
async fn open_obligation_year(caller: Caller, body: Body<YearToOpen>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::OpenObligations)?;
    let year = body.value.year;
    caller.write(&body.hash, move |tx| Ok(Reply::ok(&open_year(tx, year)?)?)).await
}

/// Whether the calendar and the rules reach to a year of which nothing is open yet.
fn is_due(conn: &mut Conn, today: NaiveDate) -> Result<bool, Error> {
    let year = today.year();
    let (Some((rule, kind)), Some(calendar)) = (PRODUCED.first(), calendar::latest(conn)?) else {
        return Ok(false);
    };
    Ok((calendar.first_year..=calendar.last_year).contains(&year)
        && rows::rule_on(conn, rule, today)?.is_some()
        && !rows::is_produced(conn, rule, (kind, &format!("{year:04}")))?)
}

/// Opens the current year when nothing of it is open; answers whether it did.
pub fn open_due_year(app: &App) -> Result<bool, ApiError> {
    let today = vn_date(app.clock.now());
    if !app.db.read(|conn| is_due(conn, today))? {
        return Ok(false);
    }
    let year = today.year();
    let actor = Actor::system("obligations");
    let opened = app.db.write(|conn| open_year(&mut Tx::of_system(conn, app, &actor), year));
    Ok(Halt::unless_outrun(opened)?.is_some_and(|done| done.opened > 0))
}

/// Opens everything that units owe for a year and its parts.
pub fn open_year(tx: &mut Tx<'_>, year: i32) -> Result<OpenedYear, Halt> {
    let permit = tx.permit::<OpenObligations>(&Target::city(year.to_string()))?;
    let calendar = tx.app.calendar(tx.conn)?;
    let viewers = Viewers::load(tx.conn)?;
    let mut producer =
        Producer { calendar: &calendar, viewers, permit, done: OpenedYear { year, ..OpenedYear::default() } };
    reports::open_periods(tx, &producer.permit, year)?;
    for (rule, kind) in PRODUCED {
        for period in periods(tx, rule, year)? {
            producer.open_period(tx, rule, kind, period)?;
        }
    }
    reports::open_office(tx, &producer.permit, year)?;
    let Producer { done, permit, .. } = producer;
    if done.opened + done.cancelled > 0 {
        let key = year.to_string();
        let change = Change {
            kind: "obligation_year",
            id: &key,
            key: &key,
            after: serde_json::to_value(done).ok(),
            ..Change::default()
        };
        tx.audit(&permit, change)?;
    }
    Ok(done)
}

/// The years that are open.
pub fn opened_years(tx: &mut Tx<'_>) -> Result<Vec<i32>, ApiError> {
    let Some((rule, kind)) = PRODUCED.first() else { return Ok(Vec::new()) };
    let years = rows::subjects_of(tx.conn, rule, kind)?;
    Ok(years.iter().filter_map(|year| year.parse().ok()).collect())
}

/// The periods of a year that a rule asks something for.
fn periods(tx: &mut Tx<'_>, rule: &str, year: i32) -> Result<Vec<DutyPeriod>, ApiError> {
    let outside = || {
        let detail = say("Năm không hợp lệ.", "There is no such year.");
        ApiError::fault("/year", "out_of_range", detail)
    };
    let first =
        NaiveDate::from_ymd_opt(year, 1, 1).filter(|_| (1900..2200).contains(&year)).ok_or_else(outside)?;
    let Some(row) = rows::rule_on(tx.conn, rule, first)? else { return Ok(Vec::new()) };
    Ok(match row.read()?.timing {
        Timing::FixedDate { .. } => DutyPeriod::year(year).into_iter().collect(),
        Timing::Recurring { every: Every::Quarter { .. } } => DutyPeriod::quarters(year).collect(),
        Timing::Recurring { every: Every::Month { .. } } => DutyPeriod::months(year).collect(),
        _ => Vec::new(),
    })
}

struct Producer<'a> {
    calendar: &'a WorkCalendar,
    viewers: Viewers,
    permit: Permit<OpenObligations>,
    done: OpenedYear,
}

impl Producer<'_> {
    /// Opens what is owed for one period, and calls off what units owe that do not exist when it is due.
    fn open_period(
        &mut self,
        tx: &mut Tx<'_>,
        rule: &str,
        kind: &str,
        period: DutyPeriod,
    ) -> Result<(), Halt> {
        let Some(row) = rows::rule_on(tx.conn, rule, period.first_day())? else { return Ok(()) };
        let written = row.read()?;
        for subject in subjects(tx, kind, period)? {
            let about = (kind, subject.id.as_str());
            let mut known: HashMap<String, ObligationRow> = rows::of_subject(tx.conn, rule, about)?
                .into_iter()
                .map(|row| (row.unit_id.clone(), row))
                .collect();
            for owing in kinds(&written).filter(|kind| subject.is_owed_by(*kind)) {
                let moments = self.moments(tx, &row, &written, (period, owing))?;
                for unit in units_on(tx, owing, moments.due_on)? {
                    if known.remove(&unit.id).is_some() {
                        self.done.kept += 1;
                    } else {
                        self.open(tx, &row.rule, about, &unit, &moments)?;
                        if let Some(form) = &subject.form {
                            reports::begin(
                                tx,
                                &self.permit,
                                (&period.code(), form),
                                &unit.id,
                                Some(moments.due_on),
                            )?;
                        }
                    }
                }
            }
            for row in known.into_values().filter(ObligationRow::is_pending) {
                self.call_off(tx, &row)?;
                if let Some(form) = &subject.form {
                    reports::forgo(tx, &self.permit, (&period.code(), form), &row.unit_id)?;
                }
            }
        }
        Ok(())
    }

    fn moments(
        &self,
        tx: &Tx<'_>,
        row: &RuleRow,
        rule: &DeadlineRule,
        (period, owing): (DutyPeriod, UnitKind),
    ) -> Result<Moments, ApiError> {
        let opening = Opening::Period(period, owing);
        let deadline = timing::deadline(tx.app, self.calendar, rule, opening, &[]).map_err(|none| {
            let (code, detail) = timing::explain(&none);
            ApiError::fault("/year", code, detail)
        })?;
        Ok(timing::moments(&deadline, start_of_vn_day(period.first_day()), row, self.calendar))
    }

    fn open(
        &mut self,
        tx: &mut Tx<'_>,
        rule: &str,
        subject: (&str, &str),
        unit: &UnitRow,
        moments: &Moments,
    ) -> Result<(), Halt> {
        let now = tx.now.naive_utc();
        let row = ObligationRow::fresh(tx.id(), rule, subject, &unit.id, moments, now);
        rows::insert(tx.conn, &self.permit, &[row], &self.viewers)
            .map_err(|error| if error.is_unique_violation() { Halt::Raced } else { error.into() })?;
        self.done.opened += 1;
        Ok(())
    }

    fn call_off(&mut self, tx: &mut Tx<'_>, row: &ObligationRow) -> Result<(), Halt> {
        let permit = tx.permit::<CancelObligation>(&Target::city(&row.id))?;
        let now = tx.now.naive_utc();
        rows::cancel(tx.conn, &permit, row, UNIT_ENDED, now)?.ok_or(Halt::Raced)?;
        let change = Change {
            kind: "obligation",
            id: &row.id,
            key: &row.id,
            unit_id: Some(&row.unit_id),
            after: Some(json!({ "cancelled_at": tx.now })),
            reason: Some(UNIT_ENDED),
            ..Change::default()
        };
        tx.audit(&permit, change)?;
        self.done.cancelled += 1;
        Ok(())
    }
}

/// What one obligation of a period is about.
struct Subject {
    id: String,
    /// Of a report: its form.
    form: Option<FormRow>,
    /// Of a report: the kinds of units that fill the form; empty: all.
    reporters: Vec<UnitKind>,
}

impl Subject {
    fn is_owed_by(&self, kind: UnitKind) -> bool {
        self.reporters.is_empty() || self.reporters.contains(&kind)
    }
}

fn subjects(tx: &mut Tx<'_>, kind: &str, period: DutyPeriod) -> Result<Vec<Subject>, Halt> {
    let code = period.code();
    if kind != reports::OWED {
        return Ok(vec![Subject { id: code, form: None, reporters: Vec::new() }]);
    }
    let mut found = Vec::new();
    for (row, form) in reports::forms_of(tx, period)? {
        let id = reports::subject_of(&code, &row.code);
        found.push(Subject { id, form: Some(row), reporters: form.reporters });
    }
    Ok(found)
}

/// The kinds of units that owe something by a rule.
fn kinds(rule: &DeadlineRule) -> impl Iterator<Item = UnitKind> {
    let owed = |cutoff: &Cutoff| cutoff.owed_by.clone();
    let owing: Vec<UnitKind> = rule.timing.cutoffs().0.iter().flat_map(owed).collect();
    UnitKind::ALL.iter().copied().filter(move |kind| owing.contains(kind))
}

pub fn units_on(tx: &mut Tx<'_>, kind: UnitKind, day: NaiveDate) -> Result<Vec<UnitRow>, ApiError> {
    let filter = UnitFilter { kind: Some(kind), ..UnitFilter::default() };
    Ok(units::list(tx.conn, day, &filter, None, ALL_UNITS)?.into_iter().map(|(unit, _)| unit).collect())
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(open_obligation_year);
}
