//! How an obligation is told.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::calendar::{WorkCalendar, calendar_days_between, vn_date};
use kstt_domain::obligations::{DeadlineRule, ObligationState, RuleKind, Words};
use kstt_persistence::obligations::{self as rows, ObligationRow, state_of};
use kstt_persistence::{Conn, units};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::ApiError;

/// Something a unit has to do, and until when.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Obligation)]
pub struct ObligationView {
    /// UUID.
    #[schema(max_length = 36)]
    pub id: String,
    pub rule: RuleName,
    pub subject: ObligationSubject,
    pub unit: OwingUnit,
    /// Tells several obligations of one rule and subject apart, from 1.
    #[schema(minimum = 1, maximum = 1000000)]
    pub sequence: i64,
    /// Id of the account it is given to.
    #[schema(max_length = 36)]
    pub officer_id: Option<String>,
    /// How it stands now.
    pub state: ObligationState,
    /// What it is counted from; the start of its period if it has one.
    pub trigger_at: DateTime<Utc>,
    /// From here on it is due soon.
    pub soon_at: DateTime<Utc>,
    /// From here on it is past the stricter reading of its date, or the last working day before it.
    pub warn_at: DateTime<Utc>,
    /// The first moment too late.
    pub due_at: DateTime<Utc>,
    /// The last lawful day.
    pub due_on: NaiveDate,
    /// The version of the working calendar it was counted with.
    #[schema(minimum = 1, maximum = 1000000)]
    pub calendar_version: i64,
    pub days_left: DaysLeft,
    /// When its clock was stopped; null while it runs.
    pub paused_at: Option<DateTime<Utc>>,
    /// When it was done.
    pub met_at: Option<DateTime<Utc>>,
    /// When it was called off.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// What was said when it was done or called off.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    #[schema(minimum = 1, maximum = 1000000000)]
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The rule an obligation comes from.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ObligationRule)]
pub struct RuleName {
    #[schema(max_length = 10, example = "K-30")]
    pub id: String,
    #[schema(minimum = 1, maximum = 1000000)]
    pub version: i64,
    pub kind: RuleKind,
    pub title: Words,
}

/// What an obligation is about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ObligationSubject {
    /// Kind of thing, such as `unit_plan` or `periodic_report`.
    #[schema(max_length = 40, example = "periodic_report")]
    pub kind: String,
    /// Its id; for what is owed for a period, the period.
    #[schema(max_length = 200, example = "2019-Q1")]
    pub id: String,
}

/// The unit that owes it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwingUnit {
    #[schema(max_length = 20, example = "C31117")]
    pub code: String,
    /// Its name on the last lawful day, or the last it had.
    #[schema(max_length = 300)]
    pub name: String,
}

/// Days to the last lawful day, counted from today, or from the day it was done; negative when over.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct DaysLeft {
    #[schema(minimum = -100000, maximum = 100000)]
    pub calendar: i64,
    /// Null where the working calendar does not reach.
    #[schema(minimum = -100000, maximum = 100000)]
    pub working: Option<i64>,
}

/// Tells obligations, reading each rule and unit once.
pub struct Teller {
    now: DateTime<Utc>,
    calendar: Arc<WorkCalendar>,
    rules: HashMap<(String, i64), Arc<DeadlineRule>>,
    units: HashMap<(String, NaiveDate), OwingUnit>,
}

impl Teller {
    /// Tells how things stand at `now`.
    pub fn at(app: &App, conn: &mut Conn, now: DateTime<Utc>) -> Result<Self, ApiError> {
        Ok(Self { now, calendar: app.calendar(conn)?, rules: HashMap::new(), units: HashMap::new() })
    }

    /// All of these.
    pub fn all(&mut self, conn: &mut Conn, rows: &[ObligationRow]) -> Result<Vec<ObligationView>, ApiError> {
        rows.iter().map(|row| self.tell(conn, row)).collect()
    }

    /// One obligation.
    pub fn tell(&mut self, conn: &mut Conn, row: &ObligationRow) -> Result<ObligationView, ApiError> {
        let rule = self.rule(conn, &row.rule, row.rule_version)?;
        let utc = |moment: chrono::NaiveDateTime| moment.and_utc();
        Ok(ObligationView {
            id: row.id.clone(),
            rule: RuleName {
                id: row.rule.clone(),
                version: row.rule_version,
                kind: rule.kind,
                title: rule.title.clone(),
            },
            subject: ObligationSubject { kind: row.subject_kind.clone(), id: row.subject_id.clone() },
            unit: self.unit(conn, row)?,
            sequence: row.sequence,
            officer_id: row.officer_id.clone(),
            state: state_of(row, self.now.naive_utc()),
            trigger_at: utc(row.trigger_at),
            soon_at: utc(row.soon_at),
            warn_at: utc(row.warn_at),
            due_at: utc(row.due_at),
            due_on: row.due_on,
            calendar_version: row.calendar_version,
            days_left: self.days_left(row),
            paused_at: row.paused_at.map(utc),
            met_at: row.met_at.map(utc),
            cancelled_at: row.cancelled_at.map(utc),
            note: row.note.clone(),
            version: row.version,
            created_at: utc(row.created_at),
            updated_at: utc(row.updated_at),
        })
    }

    /// A version of a rule.
    pub fn rule(&mut self, conn: &mut Conn, id: &str, version: i64) -> Result<Arc<DeadlineRule>, ApiError> {
        let key = (id.to_owned(), version);
        if let Some(rule) = self.rules.get(&key) {
            return Ok(rule.clone());
        }
        let row = rows::rule(conn, id, version)?.ok_or_else(ApiError::not_found)?;
        let rule = Arc::new(row.read()?);
        self.rules.insert(key, rule.clone());
        Ok(rule)
    }

    fn unit(&mut self, conn: &mut Conn, row: &ObligationRow) -> Result<OwingUnit, ApiError> {
        let key = (row.unit_id.clone(), row.due_on);
        if let Some(unit) = self.units.get(&key) {
            return Ok(unit.clone());
        }
        let unit = units::by_id(conn, &row.unit_id)?.ok_or_else(ApiError::not_found)?;
        let name = match units::period_on(conn, &unit.id, row.due_on)? {
            Some(period) => Some(period.name),
            None => units::periods(conn, &unit.id)?.pop().map(|period| period.name),
        };
        let told = OwingUnit { code: unit.code, name: name.unwrap_or_default() };
        self.units.insert(key, told.clone());
        Ok(told)
    }

    fn days_left(&self, row: &ObligationRow) -> DaysLeft {
        let ended = row.met_at.or(row.cancelled_at).or(row.paused_at);
        let from = vn_date(ended.map_or(self.now, |moment| moment.and_utc()));
        DaysLeft {
            calendar: calendar_days_between(from, row.due_on),
            working: self.calendar.working_days_between(from, row.due_on).ok(),
        }
    }
}
