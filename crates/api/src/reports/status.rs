//! Who owes what of a period, and its end.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::obligations::ObligationState;
use kstt_domain::policy::actions::FreezePeriod;
use kstt_domain::policy::{Action, Target};
use kstt_domain::reports::{ReportEvent, ReportState, is_late, is_missing, next};
use kstt_domain::units::UnitLevel;
use kstt_persistence::audit::Change;
use kstt_persistence::reports::{self as rows, ReportRow};
use kstt_persistence::{Conn, Stored, obligations, units};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::periods::hold_open;
use super::wire::submitted_on;
use super::{OF_CITY, sight};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Faults, Halt, IdempotencyKey, Reply, Tx, say};

/// Where every unit stands with a period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodStatus)]
struct StatusView {
    #[schema(max_length = 40)]
    period: String,
    frozen_at: Option<DateTime<Utc>>,
    /// What the city itself reports upward, after its units (K-33); none before the year is open, and for what was
    /// asked for once.
    city: Option<CityReport>,
    /// Sums by level.
    #[schema(max_items = 10)]
    levels: Vec<LevelStatus>,
    #[schema(max_items = 100000)]
    units: Vec<UnitStatus>,
}

/// The city's own report.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CityReportStatus)]
struct CityReport {
    /// UUID of the obligation that is met when it was sent.
    #[schema(max_length = 36)]
    obligation_id: String,
    /// The last lawful day.
    due_on: NaiveDate,
    state: ObligationState,
    met_at: Option<DateTime<Utc>>,
}

/// How many reports of a level are where.
#[derive(Debug, Default, Serialize, ToSchema)]
struct LevelStatus {
    #[schema(value_type = UnitLevel)]
    level: Option<UnitLevel>,
    #[schema(minimum = 0, maximum = 1000000)]
    owed: i64,
    /// Submitted, whatever became of it.
    #[schema(minimum = 0, maximum = 1000000)]
    submitted: i64,
    /// Submitted after the last lawful day.
    #[schema(minimum = 0, maximum = 1000000)]
    late: i64,
    /// Not submitted, and the last lawful day is over.
    #[schema(minimum = 0, maximum = 1000000)]
    missing: i64,
    #[schema(minimum = 0, maximum = 1000000)]
    returned: i64,
    #[schema(minimum = 0, maximum = 1000000)]
    accepted: i64,
    /// Stated that nothing arose.
    #[schema(minimum = 0, maximum = 1000000)]
    nothing_arose: i64,
}

/// Where one unit stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnitReportStatus)]
struct UnitStatus {
    #[schema(max_length = 20)]
    unit: String,
    level: UnitLevel,
    #[schema(max_items = 100)]
    reports: Vec<ReportStatus>,
}

/// Where one report stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnitFormStatus)]
struct ReportStatus {
    /// UUID of the report.
    #[schema(max_length = 36)]
    id: String,
    #[schema(max_length = 40)]
    form: String,
    state: ReportState,
    due_on: Option<NaiveDate>,
    first_submitted_at: Option<DateTime<Utc>>,
    /// Submitted after the last lawful day.
    late: bool,
    /// Not submitted, and the last lawful day is over.
    missing: bool,
    nothing_arose: bool,
}

/// Read who owes what of a period
///
/// Every unit the caller sees with each of its reports: submitted, late, returned, missing; and the sums by
/// level, in one call.
#[utoipa::path(tag = "reports", operation_id = "getReportingPeriodStatus",
    params(("code" = String, Path, description = "Code of the period", max_length = 40)),
    responses((status = 200, description = "Where everyone stands", body = StatusView), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/reporting-periods/{code}/status")]
async fn get_reporting_period_status(
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let (here, today) = (caller.clone(), caller.today());
    let told = caller
        .read(move |conn| {
            let period = rows::period(conn, &code)?.ok_or_else(ApiError::not_found)?;
            let seen = sight::listed(conn, &here.actor, None, today)?;
            let mut by_unit: BTreeMap<String, Vec<ReportRow>> = BTreeMap::new();
            for row in rows::of_period(conn, &code)? {
                if seen.as_ref().is_none_or(|seen| seen.contains(&row.unit_id)) {
                    by_unit.entry(row.unit_id.clone()).or_default().push(row);
                }
            }
            let ids: Vec<String> = by_unit.keys().cloned().collect();
            let mut found = units::by_ids(conn, &ids)?;
            found.sort_by(|a, b| a.code.cmp(&b.code));
            let mut levels: BTreeMap<UnitLevel, LevelStatus> = BTreeMap::new();
            let mut told = Vec::new();
            for unit in found {
                let level = unit.kind.0.level();
                let reports = by_unit.remove(&unit.id).unwrap_or_default();
                let sums = levels.entry(level).or_default();
                sums.level = Some(level);
                reports.iter().for_each(|row| sums.add(row, today));
                let reports = reports.into_iter().map(|row| ReportStatus::of(row, today)).collect();
                told.push(UnitStatus { unit: unit.code, level, reports });
            }
            let frozen_at = period.frozen_at.map(|at| at.and_utc());
            let levels = levels.into_values().collect();
            let city = CityReport::of(conn, &period.code, here.now)?;
            Ok(StatusView { period: period.code, frozen_at, city, levels, units: told })
        })
        .await?;
    Ok(Reply::ok(&told)?.into_response())
}

impl CityReport {
    fn of(conn: &mut Conn, period: &str, now: DateTime<Utc>) -> Result<Option<Self>, ApiError> {
        let owed = obligations::about(conn, (OF_CITY, period))?.into_iter().next();
        Ok(owed.map(|row| Self {
            state: obligations::state_of(&row, now.naive_utc()),
            obligation_id: row.id,
            due_on: row.due_on,
            met_at: row.met_at.map(|at| at.and_utc()),
        }))
    }
}

impl LevelStatus {
    fn add(&mut self, row: &ReportRow, today: NaiveDate) {
        let said_on = submitted_on(row);
        let submitted = said_on.is_some();
        self.owed += 1;
        self.submitted += i64::from(submitted);
        self.late += i64::from(submitted && is_late(row.due_on, said_on, today));
        self.missing += i64::from(is_missing(row.due_on, said_on, today));
        self.returned += i64::from(row.state.0 == ReportState::Returned);
        self.accepted += i64::from(matches!(row.state.0, ReportState::Accepted | ReportState::Frozen));
        self.nothing_arose += i64::from(submitted && row.nothing_arose);
    }
}

impl ReportStatus {
    fn of(row: ReportRow, today: NaiveDate) -> Self {
        let said_on = submitted_on(&row);
        Self {
            late: said_on.is_some() && is_late(row.due_on, said_on, today),
            missing: is_missing(row.due_on, said_on, today),
            id: row.id,
            form: row.form,
            state: row.state.0,
            due_on: row.due_on,
            first_submitted_at: row.first_submitted_at.map(|at| at.and_utc()),
            nothing_arose: row.nothing_arose,
        }
    }
}

/// That a period is to be frozen.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Freezing {
    /// Why, when reports are missing or not accepted.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500)]
    reason: Option<String>,
}

/// What was frozen.
#[derive(Debug, Serialize, ToSchema)]
struct FrozenPeriod {
    #[schema(max_length = 40)]
    period: String,
    /// Reports that are frozen now.
    #[schema(minimum = 0, maximum = 1000000)]
    frozen: usize,
    /// Reports that were not accepted, and so are not part of its figures.
    #[schema(minimum = 0, maximum = 1000000)]
    left_out: usize,
}

/// Freeze a period
///
/// Accepted reports are frozen and the period's figures stay as they are from now on. While reports are missing
/// or not accepted a reason is needed.
#[utoipa::path(tag = "reports", operation_id = "freezeReportingPeriod", params(
        ("code" = String, Path, description = "Code of the period", max_length = 40), IdempotencyKey), request_body = Freezing,
    responses((status = 200, description = "What was frozen", body = FrozenPeriod), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision),
    extensions(("x-action" = json!("reporting_periods.freeze"))))]
#[post("/v1/reporting-periods/{code}/freeze")]
async fn freeze_reporting_period(
    caller: Caller,
    code: web::Path<String>,
    body: Body<Freezing>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::FreezePeriod)?;
    let wanted = body.value;
    caller.write(&body.hash, move |tx| freeze(tx, &code, &wanted)).await
}

fn freeze(tx: &mut Tx<'_>, code: &str, wanted: &Freezing) -> Result<Reply, Halt> {
    let permit = tx.permit::<FreezePeriod>(&Target::city(code))?;
    let period = hold_open(tx.conn, code)?;
    let now = tx.now.naive_utc();
    let all = rows::of_period(tx.conn, code)?;
    let accepted: Vec<(ReportRow, ReportState)> = all
        .iter()
        .filter_map(|row| Some((row.clone(), next(row.state.0, ReportEvent::Freeze).ok()?)))
        .collect();
    let done = FrozenPeriod {
        period: code.to_owned(),
        frozen: accepted.len(),
        left_out: all.len() - accepted.len(),
    };
    let mut faults = Faults::default();
    let reason = faults.optional_line("/reason", wanted.reason.as_deref(), 500);
    if done.left_out > 0 && reason.is_none() {
        let detail = say(
            format!("Còn {} báo cáo chưa được tiếp nhận: nêu lý do.", done.left_out),
            format!("{} reports are not accepted: give a reason.", done.left_out),
        );
        faults.add("/reason", "reason_missing", detail);
    }
    faults.finish()?;
    for (row, state) in accepted {
        let after = ReportRow { state: Stored(state), ..row.clone() };
        rows::store_report(tx.conn, &permit, &row, after, now)?.ok_or(Halt::Raced)?;
    }
    if !rows::freeze_period(tx.conn, &permit, &period, now)? {
        return Err(Halt::Raced);
    }
    let change = Change {
        kind: "reporting_period",
        id: code,
        key: code,
        after: Some(serde_json::json!({ "frozen": done.frozen, "left_out": done.left_out })),
        reason: reason.as_deref(),
        ..Change::default()
    };
    tx.audit(&permit, change)?;
    Ok(Reply::ok(&done)?)
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_reporting_period_status).service(freeze_reporting_period);
}
