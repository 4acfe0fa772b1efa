//! What one unit owes in a span of days, as a list and as a calendar to subscribe to.

use actix_web::http::header;
use actix_web::{HttpResponse, delete, get, post, web};
use chrono::{DateTime, Days, NaiveDate, Utc};
use kstt_domain::policy::actions::ManageDutyFeeds;
use kstt_domain::policy::{Action, Permit, Target};
use kstt_persistence::audit::Change;
use kstt_persistence::obligations::{self as rows, FeedRow, Filter};
use kstt_persistence::units::{self, UnitRow};
use kstt_persistence::{Conn, Page as Part, Scope};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::ics;
use super::list::{Asked, ObligationPage, page};
use super::wire::Teller;
use crate::accounts::new_secret;
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Faults, IdempotencyKey, IfNoneMatch, Page, Params, ProblemCode, Reply, Tx,
    Visitor, canonical, knows, say,
};
use crate::sight::Whose;

/// Days before and after today that a calendar shows.
const BACK: Days = Days::new(92);
const AHEAD: Days = Days::new(400);
/// A calendar shows no more.
const MOST_EVENTS: usize = 2_000;

/// A span of days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DutiesQuery {
    /// The first day; today when missing.
    from: Option<NaiveDate>,
    /// The first day no longer asked for; without it there is no end.
    to: Option<NaiveDate>,
    /// Also count by state.
    with_counts: Option<bool>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// List the duties of a unit
///
/// What it owes, and what it inherited, with last lawful days from one day up to another.
#[utoipa::path(tag = "obligations", operation_id = "listDuties",
    params(("code" = String, Path, description = "Code of the unit", max_length = 20, example = "C31117"), DutiesQuery),
    responses((status = 200, description = "A page of its duties", body = ObligationPage), problems::Open, problems::Guarded, problems::Missing, problems::Sense),
    extensions(("x-action" = json!("obligations.read"))))]
#[get("/v1/units/{code}/duties")]
async fn list_duties(
    caller: Caller,
    code: web::Path<String>,
    query: Params<DutiesQuery>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadObligations)?;
    let query = query.0;
    let from = query.from.unwrap_or_else(|| caller.today());
    if query.to.is_some_and(|to| to <= from) {
        let detail = say("Phải sau `from`.", "It must lie after `from`.");
        return Err(ApiError::parameter(ProblemCode::Invalid, "to", detail));
    }
    let asked = Asked {
        whose: Whose::Unit(code.into_inner()),
        filter: Filter { due_from: Some(from), due_to: query.to, ..Filter::default() },
        with_counts: query.with_counts == Some(true),
        limit: query.limit,
        cursor: query.cursor,
    };
    Ok(Reply::ok(&page(&caller, asked).await?)?.into_response())
}

/// The secret part of an address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TokenQuery {
    /// As it was given once.
    #[param(min_length = 20, max_length = 100, pattern = "^[A-Za-z0-9_-]{20,100}$")]
    token: String,
}

/// An iCalendar (RFC 5545).
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 4000000)]
struct CalendarText(#[expect(dead_code, reason = "it only describes the answer")] String);

/// Subscribe to the duties of a unit
///
/// An iCalendar of three months back and thirteen ahead, an all-day event on each last lawful day. The
/// token in the address stands for the unit and can be revoked. What was called off is not shown.
#[utoipa::path(tag = "obligations", operation_id = "getDutiesCalendar", security(()),
    params(("code" = String, Path, description = "Code of the unit", max_length = 20, example = "C31117"), TokenQuery, IfNoneMatch),
    responses((status = 200, description = "The calendar", body = CalendarText, content_type = "text/calendar"),
        (status = 304, description = "Nothing changed"), problems::Open, problems::Missing))]
#[get("/v1/units/{code}/duties.ics")]
async fn get_duties_calendar(
    visitor: Visitor,
    code: web::Path<String>,
    query: Params<TokenQuery>,
) -> Result<HttpResponse, ApiError> {
    let (app, now, today) = (visitor.app.clone(), visitor.now, visitor.today());
    let text = visitor
        .read(move |conn| {
            let unit = subscribed(conn, &code, &query.0.token)?;
            let scope = Scope::Unit { unit_id: unit.id.clone(), day: today, own: true };
            let mut due = |from: NaiveDate, to: NaiveDate, limit: usize| {
                let filter = Filter { due_from: Some(from), due_to: Some(to), ..Filter::default() };
                let part = Part { after: None, limit: i64::try_from(limit).unwrap_or(i64::MAX) };
                rows::list(conn, &scope, &filter, now.naive_utc(), part)
            };
            // What is to come before what was.
            let mut found = due(today, today + AHEAD, MOST_EVENTS)?;
            let room = MOST_EVENTS - found.len();
            found.extend(due(today - BACK, today, room)?);
            found.sort_by(|a, b| a.sort_key.cmp(&b.sort_key));
            let told = Teller::at(&app, conn, now)?.all(conn, &found)?;
            Ok(ics::calendar(&unit.code, &told))
        })
        .await?;
    let etag = format!("\"{}\"", &canonical(text.as_bytes())[..32]);
    let tag = (header::ETAG, etag.clone());
    if knows(visitor.if_none_match.as_deref(), &etag) {
        return Ok(HttpResponse::NotModified().insert_header(tag).finish());
    }
    let private = (header::CACHE_CONTROL, "private, no-cache");
    let mut response = HttpResponse::Ok();
    response.insert_header(tag).insert_header(private).content_type("text/calendar; charset=utf-8");
    Ok(response.body(text))
}

/// The unit of an address; a wrong code and a wrong token look the same.
fn subscribed(conn: &mut Conn, code: &str, token: &str) -> Result<UnitRow, ApiError> {
    let feed = rows::feed_of_token(conn, &canonical(token.as_bytes()))?.ok_or_else(ApiError::not_found)?;
    let unit = units::by_id(conn, &feed.unit_id)?;
    unit.filter(|unit| unit.code == code).ok_or_else(ApiError::not_found)
}

/// Asks for an address.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "label": "Lịch trên điện thoại của chánh văn phòng" }))]
struct NewDutyFeed {
    /// What it is for, to know later which one to revoke.
    #[schema(min_length = 1, max_length = 200)]
    label: String,
}

/// An address that a calendar program subscribes to.
#[derive(Debug, Serialize, ToSchema)]
struct DutyFeed {
    #[schema(max_length = 36)]
    id: String,
    #[schema(max_length = 20)]
    unit: String,
    #[schema(max_length = 200)]
    label: String,
    /// Whoever asked for it.
    #[schema(max_length = 200)]
    created_by: String,
    created_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    /// Path and query to subscribe to, told once; null afterwards.
    #[schema(max_length = 200)]
    address: Option<String>,
}

impl DutyFeed {
    fn of(row: FeedRow, unit: &UnitRow) -> Self {
        Self {
            id: row.id,
            unit: unit.code.clone(),
            label: row.label,
            created_by: row.created_by,
            created_at: row.created_at.and_utc(),
            revoked_at: row.revoked_at.map(|moment| moment.and_utc()),
            address: None,
        }
    }
}

/// Give an address to subscribe to
///
/// It is told once: only a fingerprint of its token is kept.
#[utoipa::path(tag = "obligations", operation_id = "giveDutyFeed", request_body = NewDutyFeed,
    params(("code" = String, Path, description = "Code of the unit", max_length = 20, example = "C31117"), IdempotencyKey),
    responses((status = 201, description = "The address", body = DutyFeed), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision),
    extensions(("x-action" = json!("duty_feeds.manage"))))]
#[post("/v1/units/{code}/duty-feeds")]
async fn give_duty_feed(
    caller: Caller,
    code: web::Path<String>,
    body: Body<NewDutyFeed>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageDutyFeeds)?;
    let (wanted, token) = (body.value, new_secret(&caller.app));
    caller
        .write(&body.hash, move |tx| {
            let id = tx.id();
            let (unit, permit) = managed(tx, &code, &id)?;
            let mut faults = Faults::default();
            let label = faults.line("/label", &wanted.label, 200);
            faults.finish()?;
            let row = FeedRow {
                id: id.clone(),
                unit_id: unit.id.clone(),
                token_hash: canonical(token.as_bytes()),
                label: label.clone(),
                created_by: tx.actor.name.clone(),
                created_at: tx.now.naive_utc(),
                revoked_at: None,
            };
            rows::give_feed(tx.conn, &permit, &row)?;
            let change = Change {
                kind: "duty_feed",
                id: &id,
                key: &id,
                unit_id: Some(&unit.id),
                after: Some(json!({ "label": label })),
                ..Change::default()
            };
            tx.audit(&permit, change)?;
            let mut view = DutyFeed::of(row, &unit);
            let location = format!("/v1/units/{}/duty-feeds", unit.code);
            let kept = Reply::created(location.clone(), &view)?.body;
            view.address = Some(format!("/v1/units/{}/duties.ics?token={token}", unit.code));
            let mut reply = Reply::created(location, &view)?;
            reply.kept = Some(kept);
            Ok(reply)
        })
        .await
}

/// List the addresses of a unit
///
/// Also those that were revoked; the tokens are not told again.
#[utoipa::path(tag = "obligations", operation_id = "listDutyFeeds",
    params(("code" = String, Path, description = "Code of the unit", max_length = 20, example = "C31117")),
    responses((status = 200, description = "The addresses", body = Page<DutyFeed>), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("duty_feeds.manage"))))]
#[get("/v1/units/{code}/duty-feeds")]
async fn list_duty_feeds(caller: Caller, code: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageDutyFeeds)?;
    let here = caller.clone();
    let items = caller
        .read(move |conn| {
            let mut tx = Tx::of_request(conn, &here, &here.actor);
            let (unit, _) = managed(&mut tx, &code, "")?;
            let feeds = rows::feeds_of(conn, &unit.id)?;
            Ok(feeds.into_iter().map(|row| DutyFeed::of(row, &unit)).collect())
        })
        .await?;
    Ok(Reply::ok(&Page { items, next_cursor: None, count: None })?.into_response())
}

/// Revoke an address
///
/// From now on it answers 404. Revoking it again changes nothing.
#[utoipa::path(tag = "obligations", operation_id = "revokeDutyFeed",
    params(("code" = String, Path, description = "Code of the unit", max_length = 20, example = "C31117"),
        ("id" = String, Path, description = "UUID of the address", max_length = 36)),
    responses((status = 204, description = "It is revoked"), problems::Open, problems::Guarded, problems::Missing, problems::Collision),
    extensions(("x-action" = json!("duty_feeds.manage"))))]
#[delete("/v1/units/{code}/duty-feeds/{id}")]
async fn revoke_duty_feed(
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageDutyFeeds)?;
    caller
        .write("", move |tx| {
            let (code, id) = &*path;
            let (unit, permit) = managed(tx, code, id)?;
            let known = rows::feeds_of(tx.conn, &unit.id)?;
            let row = known.into_iter().find(|row| row.id == *id).ok_or_else(ApiError::not_found)?;
            if rows::revoke_feed(tx.conn, &permit, id, tx.now.naive_utc())? {
                let change = Change {
                    kind: "duty_feed",
                    id,
                    key: id,
                    unit_id: Some(&unit.id),
                    before: Some(json!({ "label": row.label })),
                    ..Change::default()
                };
                tx.audit(&permit, change)?;
            }
            Ok(Reply::nothing())
        })
        .await
}

/// The unit, and the permission to manage the address of an id there.
fn managed(tx: &mut Tx<'_>, code: &str, id: &str) -> Result<(UnitRow, Permit<ManageDutyFeeds>), ApiError> {
    let unit = units::by_code(tx.conn, code)?.ok_or_else(ApiError::not_found)?;
    let today = kstt_domain::calendar::vn_date(tx.now);
    let path = units::path_of(tx.conn, &unit.id, today)?;
    let permit = tx.permit::<ManageDutyFeeds>(&Target::unit(id, path))?;
    Ok((unit, permit))
}

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_duties)
        .service(get_duties_calendar)
        .service(give_duty_feed)
        .service(list_duty_feeds)
        .service(revoke_duty_feed);
}
