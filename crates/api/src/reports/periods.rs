//! Periods: those of a year in one call, and what is asked for once.

use std::collections::HashSet;

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use kstt_domain::obligations::{Cutoff, DutyPeriod};
use kstt_domain::policy::actions::OpenObligations;
use kstt_domain::policy::{Action, Actor, Target};
use kstt_domain::reports::{DataWindow, PeriodKind};
use kstt_domain::units::UnitKind;
use kstt_persistence::audit::Change;
use kstt_persistence::reports::{self as rows, FormRow, PeriodRow};
use kstt_persistence::{Conn, Error, Stored, counters, obligations};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::open;
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Faults, Halt, IdempotencyKey, Page, Params, ProblemCode, Reply, Tx, list, say,
};
use crate::obligations::{OpenedYear, asked_once, open_year};
use crate::units::Named;

/// A reporting period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportingPeriod)]
struct PeriodView {
    #[schema(max_length = 40, example = "2019-Q1")]
    code: String,
    kind: PeriodKind,
    /// Of what was asked for once.
    #[schema(max_length = 300)]
    title: Option<String>,
    first_day: NaiveDate,
    last_day: NaiveDate,
    /// The first and the last day whose data count.
    data_from: NaiveDate,
    data_to: NaiveDate,
    /// Until when, by both readings of the law's "before the …th".
    #[schema(max_items = 10)]
    cutoffs: Vec<CutoffView>,
    frozen_at: Option<DateTime<Utc>>,
}

/// Until when units of some kinds report.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportCutoff)]
struct CutoffView {
    #[schema(max_items = 10)]
    owed_by: Vec<UnitKind>,
    /// By the stricter reading: received before the day named.
    strict_on: NaiveDate,
    /// By the milder reading: the day named is part of the term.
    mild_on: NaiveDate,
    /// By the rule in force.
    due_on: NaiveDate,
}

fn view(conn: &mut Conn, row: PeriodRow) -> Result<PeriodView, ApiError> {
    Ok(PeriodView {
        cutoffs: cutoffs(conn, &row)?,
        code: row.code,
        kind: row.kind.0,
        title: row.title,
        first_day: row.first_day,
        last_day: row.last_day,
        data_from: row.data_from,
        data_to: row.data_to,
        frozen_at: row.frozen_at.map(|at| at.and_utc()),
    })
}

fn cutoffs(conn: &mut Conn, row: &PeriodRow) -> Result<Vec<CutoffView>, ApiError> {
    if let Some(due_on) = row.due_on {
        return Ok(vec![CutoffView { owed_by: Vec::new(), strict_on: due_on, mild_on: due_on, due_on }]);
    }
    let Ok(period) = row.code.parse::<DutyPeriod>() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for rule in ["K-30", "K-31", "K-32"] {
        let is_of_year = rule == "K-32";
        if is_of_year != (row.kind.0 == PeriodKind::Year) {
            continue;
        }
        let Some(stored) = obligations::rule_on(conn, rule, row.first_day)? else { continue };
        for cutoff in stored.read()?.timing.cutoffs().0 {
            found.extend(readings(period, cutoff));
        }
    }
    Ok(found)
}

fn readings(period: DutyPeriod, cutoff: &Cutoff) -> Option<CutoffView> {
    let mild_on = period.day(cutoff.month, cutoff.day)?;
    let strict_on = mild_on.pred_opt()?;
    let due_on = if cutoff.inclusive { mild_on } else { strict_on };
    Some(CutoffView { owed_by: cutoff.owed_by.clone(), strict_on, mild_on, due_on })
}

/// A period that is not frozen, and will not be until the transaction ends.
pub fn hold_open(conn: &mut Conn, code: &str) -> Result<PeriodRow, ApiError> {
    let is_open = rows::hold_period(conn, code)?;
    let period = rows::period(conn, code)?.ok_or_else(ApiError::not_found)?;
    if is_open {
        Ok(period)
    } else {
        Err(ApiError::conflict(say("Kỳ báo cáo đã chốt.", "The period is frozen.")))
    }
}

/// Which periods.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PeriodQuery {
    /// The year in which they begin; this year when missing.
    #[param(minimum = 1900, maximum = 2199)]
    year: Option<i32>,
}

/// List reporting periods
///
/// Of a year, in order: quarters, the year, and what was asked for once, each with its data window and its
/// cut-offs.
#[utoipa::path(tag = "reports", operation_id = "listReportingPeriods", params(PeriodQuery), responses(
    (status = 200, description = "The periods", body = Page<PeriodView>), problems::Open, problems::Guarded),
    extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/reporting-periods")]
async fn list_reporting_periods(
    caller: Caller,
    query: Params<PeriodQuery>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let year = query.0.year.unwrap_or(caller.today().year());
    if !(1900..2200).contains(&year) {
        let detail = say("Từ 1900 đến 2199.", "From 1900 to 2199.");
        return Err(ApiError::parameter(ProblemCode::Malformed, "year", detail));
    }
    let items = caller
        .read(move |conn| {
            let span = (NaiveDate::from_ymd_opt(year, 1, 1), NaiveDate::from_ymd_opt(year, 12, 31));
            let (Some(first), Some(last)) = span else { return Ok(Vec::new()) };
            let found = rows::periods_between(conn, (first, last))?;
            found.into_iter().map(|row| view(conn, row)).collect()
        })
        .await?;
    Ok(Reply::ok(&Page::<PeriodView> { items, next_cursor: None, count: None })?.into_response())
}

/// Get a reporting period
///
/// With its data window and both readings of its cut-offs.
#[utoipa::path(tag = "reports", operation_id = "getReportingPeriod",
    params(("code" = String, Path, description = "Code of the period", max_length = 40)),
    responses((status = 200, description = "The period", body = PeriodView), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/reporting-periods/{code}")]
async fn get_reporting_period(caller: Caller, code: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let told = caller
        .read(move |conn| {
            let row = rows::period(conn, &code)?.ok_or_else(ApiError::not_found)?;
            view(conn, row)
        })
        .await?;
    Ok(Reply::ok(&told)?.into_response())
}

/// A year whose periods are opened.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct YearOfReports {
    #[schema(minimum = 1900, maximum = 2199, example = 2020)]
    year: i32,
}

/// Open the reporting periods of a year
///
/// Quarters and the year with their windows, and a report for every unit that exists when it is due, for every
/// form it fills; the obligations of the year are opened with them. What is open stays as it is.
#[utoipa::path(tag = "reports", operation_id = "openReportingYear", params(IdempotencyKey), request_body = YearOfReports,
    responses((status = 200, description = "What was done", body = OpenedYear), problems::Open, problems::Guarded,
        problems::Content, problems::Collision),
    extensions(("x-action" = json!("obligations.open"))))]
#[post("/v1/reporting-periods/open-year")]
async fn open_reporting_year(caller: Caller, body: Body<YearOfReports>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::OpenObligations)?;
    let year = body.value.year;
    caller.write(&body.hash, move |tx| Ok(Reply::ok(&open_year(tx, year)?)?)).await
}

/// A report that is asked for once (báo cáo đột xuất).
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "title": "Báo cáo tình hình tiếp nhận hồ sơ trong dịp Tết", "forms": ["06/VPCP/KSTT"],
    "units": ["C31117", "SXD"], "data_from": "2019-01-28", "data_to": "2019-02-10", "due_on": "2019-03-15" }))]
struct AdHocRequest {
    #[schema(min_length = 1, max_length = 300)]
    title: String,
    /// Codes of forms, as printed.
    #[schema(schema_with = list::<30, 40>)]
    forms: Vec<String>,
    /// Codes of the units that are asked.
    #[schema(schema_with = list::<500, 20>)]
    units: Vec<String>,
    data_from: NaiveDate,
    data_to: NaiveDate,
    /// The last day on which it is in time.
    due_on: NaiveDate,
}

/// Ask for an ad hoc report
///
/// Of chosen units, by chosen forms, with a window and a last day of its own (K-35).
#[utoipa::path(tag = "reports", operation_id = "requestAdHocReport", params(IdempotencyKey), request_body = AdHocRequest,
    responses((status = 201, description = "The period it became", body = PeriodView), problems::Open, problems::Guarded,
        problems::Content, problems::Collision),
    extensions(("x-action" = json!("obligations.open"))))]
#[post("/v1/reporting-periods")]
async fn request_ad_hoc_report(caller: Caller, body: Body<AdHocRequest>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::OpenObligations)?;
    let wanted = body.value;
    caller.write(&body.hash, move |tx| ask(tx, &wanted)).await
}

/// The forms that are asked for, as they are on a day.
fn asked_forms(
    conn: &mut Conn,
    faults: &mut Faults,
    codes: &[String],
    day: NaiveDate,
) -> Result<Vec<FormRow>, ApiError> {
    let known = rows::forms_on(conn, day)?;
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    for (index, code) in codes.iter().enumerate() {
        let pointer = format!("/forms/{index}");
        if !seen.insert(code) {
            faults.add(pointer, "duplicate", say("Được nêu hai lần.", "It is named twice."));
            continue;
        }
        match known.iter().find(|row| row.code == *code) {
            Some(row) => found.push(row.clone()),
            None => {
                let detail =
                    say("Không có biểu mẫu này vào ngày đó.", "No such form is in force on that day.");
                faults.add(pointer, "unknown_form", detail);
            }
        }
    }
    Ok(found)
}

/// The ids of the units that are asked; all of them exist on a day.
fn asked_units(
    conn: &mut Conn,
    faults: &mut Faults,
    codes: &[String],
    day: NaiveDate,
) -> Result<Vec<String>, ApiError> {
    let mut named = Named { faults, on: day, seen: Vec::new() };
    let mut found = Vec::new();
    for (index, code) in codes.iter().enumerate() {
        found.extend(named.read(conn, &format!("/units/{index}"), code)?.map(|unit| unit.id));
    }
    Ok(found)
}

fn ask(tx: &mut Tx<'_>, wanted: &AdHocRequest) -> Result<Reply, Halt> {
    let permit = tx.permit::<OpenObligations>(&Target::city("ad_hoc"))?;
    let mut faults = Faults::default();
    let title = faults.line("/title", &wanted.title, 300);
    faults.list::<30, 40>("/forms", &wanted.forms);
    faults.list::<500, 20>("/units", &wanted.units);
    let today = kstt_domain::calendar::vn_date(tx.now);
    let (data_from, data_to) =
        (faults.day("/data_from", wanted.data_from), faults.day("/data_to", wanted.data_to));
    if data_from > data_to {
        faults.add("/data_to", "out_of_order", say("Phải sau ngày đầu.", "It lies after the first day."));
    }
    if faults.day("/due_on", wanted.due_on) < today {
        faults.add("/due_on", "out_of_range", say("Đã qua.", "It is over."));
    }
    let forms = asked_forms(tx.conn, &mut faults, &wanted.forms, data_from)?;
    let asked = asked_units(tx.conn, &mut faults, &wanted.units, today)?;
    if wanted.forms.is_empty() || wanted.units.is_empty() {
        faults.add(
            "",
            "length",
            say("Cần ít nhất một biểu mẫu, một đơn vị.", "At least one form and one unit."),
        );
    }
    faults.finish()?;
    let year = today.year().to_string();
    let number = counters::next(tx.conn, "DX", "", &year)?;
    let window = DataWindow { first: data_from, last: data_to };
    let row = PeriodRow {
        code: format!("{year}-DX{number:02}"),
        kind: Stored(PeriodKind::AdHoc),
        title: Some(title),
        first_day: today,
        last_day: wanted.due_on.max(today),
        data_from: window.first,
        data_to: window.last,
        due_on: Some(wanted.due_on),
        frozen_at: None,
        version: 1,
        created_at: tx.now.naive_utc(),
        updated_at: tx.now.naive_utc(),
    };
    rows::insert_period(tx.conn, &permit, &row)?;
    for form in &forms {
        let subject = open::subject_of(&row.code, &form.code);
        for unit in &asked {
            open::begin(tx, &permit, (&row.code, form), unit, Some(wanted.due_on))?;
            let system = Actor::system("reports");
            asked_once(&mut tx.on_behalf_of(&system), "K-35", (super::OWED, &subject), unit, wanted.due_on)?;
        }
    }
    let change = Change {
        kind: "reporting_period",
        id: &row.code,
        key: &row.code,
        after: Some(serde_json::to_value(wanted).map_err(Error::from)?),
        ..Change::default()
    };
    tx.audit(&permit, change)?;
    let location = format!("/v1/reporting-periods/{}", row.code);
    Ok(Reply::created(location, &view(tx.conn, row)?)?)
}

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_reporting_periods)
        .service(open_reporting_year)
        .service(request_ad_hoc_report)
        .service(get_reporting_period);
}
