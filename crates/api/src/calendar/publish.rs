//! Publishing the next version of the calendar.

use actix_web::{HttpResponse, post};
use kstt_domain::calendar::DayException;
use kstt_domain::policy::actions::EditCalendar;
use kstt_domain::policy::{Action, Target};
use kstt_persistence::Stored;
use kstt_persistence::audit::Change;
use kstt_persistence::calendar::{self, CalendarVersionRow, Edition, ExceptionRow, OPEN_VERSION};
use serde_json::{Value, json};
use utoipa_actix_web::service_config::ServiceConfig;

use super::edition::{self, Checked};
use super::wire::{CalendarView, NewCalendarVersion};
use super::{not_loaded, read};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Halt, IdempotencyKey, IfMatch, ProblemCode, Reply, Tx};

/// Publish a version of the calendar
///
/// The newest version with the changes named becomes the next one. Due days counted before keep the
/// version they were counted with. `If-Match` is the `ETag` of the newest version.
#[utoipa::path(tag = "calendar", operation_id = "publishCalendarVersion", params(IfMatch, IdempotencyKey),
    request_body = NewCalendarVersion,
    responses((status = 201, description = "The new version", body = CalendarView), problems::Open, problems::Guarded,
        problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("calendar.edit"))))]
#[post("/v1/calendar/versions")]
async fn publish_version(caller: Caller, body: Body<NewCalendarVersion>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EditCalendar)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller.write(&body.hash, move |tx| publish_in(tx, expected.clone()?, &wanted)).await
}

fn publish_in(tx: &mut Tx<'_>, expected: i64, wanted: &NewCalendarVersion) -> Result<Reply, Halt> {
    let current = calendar::latest(tx.conn)?.ok_or_else(not_loaded)?;
    let next = current.version + 1;
    let permit = tx.permit::<EditCalendar>(&Target::city(next.to_string()))?;
    if current.version != expected {
        let mut stale = ApiError::new(ProblemCode::StaleVersion);
        stale.0.current_etag = read::view(tx.conn, current)?.etag;
        return Err(stale.into());
    }
    let exceptions = calendar::exceptions(tx.conn, current.version)?;
    let checked = edition::check(&current, exceptions, wanted)?;
    let version = CalendarVersionRow {
        version: next,
        created_at: tx.now.naive_utc(),
        reason: checked.reason.clone(),
        first_year: checked.years.first,
        last_year: checked.years.last,
    };
    let added = checked.days.iter().map(|day| row_of(tx.id(), next, day)).collect();
    let edition = Edition { version: version.clone(), lifted: checked.ended(), added };
    calendar::publish(tx.conn, &permit, &edition).map_err(|error| {
        // On PostgreSQL someone else may have published in the meantime.
        if error.is_unique_violation() { Halt::Raced } else { error.into() }
    })?;
    let (before, after) = difference(&current, &checked);
    let key = next.to_string();
    let change = Change {
        kind: "calendar",
        id: &key,
        key: &key,
        unit_id: None,
        before: Some(before),
        after: Some(after),
        reason: Some(&checked.reason),
    };
    tx.audit(&permit, change)?;
    let mut reply = read::view(tx.conn, version)?;
    reply.status = actix_web::http::StatusCode::CREATED;
    reply.location = Some(format!("/v1/calendar/versions/{next}"));
    Ok(reply)
}

fn row_of(id: String, version: i64, day: &DayException) -> ExceptionRow {
    ExceptionRow {
        id,
        on_date: day.date,
        kind: Stored(day.kind),
        name_vi: day.name_vi.clone(),
        compensates: day.compensates,
        swaps_with: day.swaps_with,
        status: Stored(day.status),
        from_version: version,
        to_version: OPEN_VERSION,
    }
}

/// The days and years that differ between the two versions, before and after.
fn difference(current: &CalendarVersionRow, checked: &Checked) -> (Value, Value) {
    let before = json!({
        "version": current.version, "first_year": current.first_year, "last_year": current.last_year,
        "days": checked.replaced,
    });
    let after = json!({
        "version": current.version + 1, "first_year": checked.years.first, "last_year": checked.years.last,
        "days": checked.days, "lifted": checked.lifted,
    });
    (before, after)
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(publish_version);
}
