//! The clock of the product: real, or of a demo that an administrator moves.

use actix_web::http::header::HeaderName;
use actix_web::{HttpResponse, get, put};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::policy::actions::MoveClock;
use kstt_domain::policy::{Action, Target};
use kstt_persistence::audit::Change;
use kstt_persistence::{Db, Error, calendar};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::clock::{Clock, DemoClock, RealClock};
use crate::config::{ClockChoice, Config};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Ctx, Halt, Reply, Tx, Visitor, say};

/// Years the demo city lives in.
const DEMO_YEARS: std::ops::RangeInclusive<i32> = 2018..=2027;

/// The clock `config` asks for. A demo clock starts where `config` says the first time, and goes on
/// where it was left afterwards.
pub fn start_clock(db: &Db, config: &Config) -> Result<Box<dyn Clock>, Error> {
    let ClockChoice::Demo(start) = config.clock else { return Ok(Box::new(RealClock)) };
    if let Some(offset) = db.read(calendar::clock_offset)? {
        return Ok(Box::new(DemoClock::with_offset(offset)));
    }
    let offset = DemoClock::offset_to(start);
    match db.write(|conn| calendar::start_clock(conn, offset, RealClock.now().naive_utc())) {
        // Another process started it first: both run by what is stored.
        Err(error) if !error.is_unique_violation() => return Err(error),
        _ => {}
    }
    let stored = db.read(calendar::clock_offset)?;
    Ok(Box::new(DemoClock::with_offset(stored.unwrap_or(offset))))
}

/// What time it is.
#[derive(Debug, Serialize, ToSchema)]
struct ClockView {
    /// The product's time, UTC.
    now: DateTime<Utc>,
    /// Today in Vietnam by that time.
    today: NaiveDate,
    /// `real` or `demo`.
    #[schema(example = "demo", max_length = 20)]
    clock: &'static str,
}

impl ClockView {
    fn at(now: DateTime<Utc>, ctx: &Ctx) -> Self {
        let clock = if is_demo(ctx) { "demo" } else { "real" };
        Self { now, today: vn_date(now), clock }
    }
}

fn is_demo(ctx: &Ctx) -> bool {
    !ctx.app.config.production && matches!(ctx.app.config.clock, ClockChoice::Demo(_))
}

/// Read the clock
///
/// Every date and deadline counts by this time. Tokens and sessions count by real time.
#[utoipa::path(tag = "operations", operation_id = "getClock", security(()),
    responses((status = 200, description = "The time", body = ClockView), problems::Open))]
#[get("/v1/clock")]
async fn get_clock(visitor: Visitor) -> Result<HttpResponse, ApiError> {
    Ok(Reply::ok(&ClockView::at(visitor.now, &visitor))?.into_response())
}

/// Where the demo clock goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClockMove {
    /// The moment it becomes; a day of 2018 to 2027 in Vietnam.
    #[schema(example = "2019-05-06T08:00:00+07:00")]
    now: DateTime<Utc>,
}

/// Move the demo clock
///
/// From here it runs on at real speed. Other processes on the same database follow when they start
/// again. Refused where the clock is real.
#[utoipa::path(tag = "operations", operation_id = "moveClock", request_body = ClockMove,
    responses((status = 200, description = "The new time", body = ClockView), problems::Open, problems::Guarded,
        problems::Content, problems::Collision),
    extensions(("x-action" = json!("clock.move"))))]
#[put("/v1/clock")]
async fn set_clock(caller: Caller, body: Body<ClockMove>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::MoveClock)?;
    if !is_demo(&caller) {
        let detail = say("Đồng hồ chạy theo giờ thật.", "The clock runs by real time.");
        return Err(ApiError::conflict(detail));
    }
    let moment = body.value.now;
    check_year(moment)?;
    let ctx = caller.ctx.clone();
    let response = caller.write(&body.hash, move |tx| move_in(tx, &ctx, moment)).await?;
    // Only a move that was committed, and not the repeated answer to an earlier one.
    if !response.headers().contains_key(HeaderName::from_static("idempotency-replayed")) {
        caller.app.clock.move_to(moment);
        caller.app.actors.clear();
    }
    Ok(response)
}

fn check_year(moment: DateTime<Utc>) -> Result<(), ApiError> {
    if DEMO_YEARS.contains(&vn_date(moment).year()) {
        return Ok(());
    }
    let (first, last) = (DEMO_YEARS.start(), DEMO_YEARS.end());
    let detail =
        say(format!("Phải từ năm {first} đến năm {last}."), format!("It must lie in {first} to {last}."));
    Err(ApiError::fault("/now", "out_of_range", detail))
}

fn move_in(tx: &mut Tx<'_>, ctx: &Ctx, moment: DateTime<Utc>) -> Result<Reply, Halt> {
    let permit = tx.permit::<MoveClock>(&Target::city("demo"))?;
    let real_now = tx.app.clock.real_now().naive_utc();
    calendar::move_clock(tx.conn, &permit, DemoClock::offset_to(moment), real_now)?;
    let change = Change {
        kind: "clock",
        id: "demo",
        key: "demo",
        before: Some(json!({ "now": tx.now })),
        after: Some(json!({ "now": moment })),
        ..Change::default()
    };
    tx.audit(&permit, change)?;
    Ok(Reply::ok(&ClockView::at(moment, ctx))?)
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_clock).service(set_clock);
}
