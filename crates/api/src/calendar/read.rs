//! Reading the calendar.

use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use kstt_domain::calendar::CalendarError;
use kstt_persistence::Conn;
use kstt_persistence::calendar::{self, CalendarVersionRow};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::wire::{CalendarDay, CalendarDays, CalendarVersion, CalendarView};
use super::{calendar_of, explain, not_loaded};
use crate::contract::problems;
use crate::http::{
    ApiError, Cursor, IfNoneMatch, Page, Params, ProblemBody, ProblemCode, Reply, Visitor, limit, say,
};

/// Asks for days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DaysQuery {
    /// The first day.
    #[param(example = "2019-04-01")]
    from: NaiveDate,
    /// The last day, included; at most 400 days in all.
    #[param(example = "2019-05-31")]
    to: NaiveDate,
    /// An older version of the calendar; the newest when missing.
    #[param(minimum = 1, maximum = 1000000)]
    version: Option<i64>,
}

/// So many days are answered at once.
const MAX_DAYS: i64 = 400;

/// List days
///
/// Whether the state administration works on each day, and why. Years the calendar does not cover are
/// refused, because a year without known holidays is not a year without holidays.
#[utoipa::path(tag = "calendar", operation_id = "listCalendarDays", security(()), params(DaysQuery, IfNoneMatch),
    responses((status = 200, description = "The days", body = CalendarDays), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Missing,
        (status = 422, description = "The days are too many, or outside the calendar", body = ProblemBody, content_type = "application/problem+json")))]
#[get("/v1/calendar/days")]
async fn list_days(visitor: Visitor, query: Params<DaysQuery>) -> Result<HttpResponse, ApiError> {
    let DaysQuery { from, to, version } = query.0;
    check_span(from, to)?;
    check_version(version)?;
    let app = visitor.app.clone();
    let calendar = visitor.read(move |conn| calendar_of(&app, conn, version)).await?;
    let days = calendar.days(from..=to).map_err(|error| outside(&error, from))?;
    let body = CalendarDays { version: calendar.version(), days: days.map(CalendarDay::from).collect() };
    Ok(visitor.answer(Reply::ok(&body)?.tagged(calendar.version())))
}

fn check_span(from: NaiveDate, to: NaiveDate) -> Result<(), ApiError> {
    let detail = match (to - from).num_days() {
        ..0 => say("`to` phải không trước `from`.", "`to` must not come before `from`."),
        0..MAX_DAYS => return Ok(()),
        _ => say(format!("Nhiều nhất {MAX_DAYS} ngày."), format!("At most {MAX_DAYS} days.")),
    };
    Err(ApiError::parameter(ProblemCode::Invalid, "to", detail))
}

fn check_version(version: Option<i64>) -> Result<(), ApiError> {
    if version.is_none_or(|version| (1..=1_000_000).contains(&version)) {
        return Ok(());
    }
    let detail = say("Từ 1 đến 1000000.", "From 1 to 1000000.");
    Err(ApiError::parameter(ProblemCode::Malformed, "version", detail))
}

fn outside(error: &CalendarError, from: NaiveDate) -> ApiError {
    let Some((code, detail)) = explain(error) else { return ApiError::new(ProblemCode::Internal) };
    let at_start = matches!(error, CalendarError::OutsideCalendar { date, .. } if *date == from);
    let pointer = if at_start { "/query/from" } else { "/query/to" };
    ApiError::fault(pointer, code, detail)
}

/// Read the calendar
///
/// The newest version with every exceptional day. Publishing the next version needs its `ETag`.
#[utoipa::path(tag = "calendar", operation_id = "getCalendar", security(()), params(IfNoneMatch),
    responses((status = 200, description = "The newest version", body = CalendarView),
        (status = 304, description = "Nothing changed"), problems::Open))]
#[get("/v1/calendar")]
async fn get_calendar(visitor: Visitor) -> Result<HttpResponse, ApiError> {
    let reply = visitor
        .read(|conn| {
            let row = calendar::latest(conn)?.ok_or_else(not_loaded)?;
            view(conn, row)
        })
        .await?;
    Ok(visitor.answer(reply))
}

/// A version with its exceptions, tagged.
pub fn view(conn: &mut Conn, row: CalendarVersionRow) -> Result<Reply, ApiError> {
    let version = row.version;
    let exceptions = calendar::exceptions(conn, version)?;
    Ok(Reply::ok(&CalendarView::of(row, exceptions))?.tagged(version))
}

/// Asks for versions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct VersionsQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// List versions of the calendar
///
/// Newest first. A published version never changes.
#[utoipa::path(tag = "calendar", operation_id = "listCalendarVersions", security(()), params(VersionsQuery),
    responses((status = 200, description = "A page of versions", body = Page<CalendarVersion>), problems::Open))]
#[get("/v1/calendar/versions")]
async fn list_versions(visitor: Visitor, query: Params<VersionsQuery>) -> Result<HttpResponse, ApiError> {
    const LIST: &str = "calendar versions";
    let limit = limit(query.0.limit)?;
    let secret = visitor.app.cursor_secret();
    let before = match &query.0.cursor {
        Some(text) => Cursor::open(text, LIST, secret)?.key.parse().ok(),
        None => None,
    };
    let rows = visitor.read(move |conn| Ok(calendar::versions(conn, before, i64::from(limit) + 1)?)).await?;
    let next = |row: &CalendarVersionRow| Cursor::after(row.version.to_string(), "", LIST, None).seal(secret);
    let page = Page::of(rows, usize::from(limit), None, next, CalendarVersion::from);
    Ok(Reply::ok(&page)?.into_response())
}

/// Read a version of the calendar
///
/// With every exceptional day, as it was published.
#[utoipa::path(tag = "calendar", operation_id = "getCalendarVersion", security(()),
    params(("version" = i64, Path, description = "Number of the version", minimum = 1, maximum = 1000000), IfNoneMatch),
    responses((status = 200, description = "The version", body = CalendarView),
        (status = 304, description = "Nothing changed"), problems::Open, problems::Missing))]
#[get("/v1/calendar/versions/{version}")]
async fn get_version(visitor: Visitor, version: web::Path<i64>) -> Result<HttpResponse, ApiError> {
    let reply = visitor
        .read(move |conn| {
            let row = calendar::version(conn, *version)?.ok_or_else(ApiError::not_found)?;
            view(conn, row)
        })
        .await?;
    Ok(visitor.answer(reply))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_days).service(get_calendar).service(list_versions).service(get_version);
}
