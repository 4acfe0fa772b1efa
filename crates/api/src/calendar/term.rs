//! Counting a term.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, NaiveDate};
use kstt_domain::calendar::{CalendarError, Direction, Start, Term, TermUnit};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::wire::ComputedTerm;
use super::{calendar_of, explain};
use crate::app::App;
use crate::contract::problems;
use crate::http::{ApiError, Body, Faults, ProblemCode, Reply, Visitor, say};

/// A term to count.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "start": "2019-04-12", "amount": 5, "unit": "working_day", "direction": "after" }))]
struct TermQuestion {
    /// A day in Vietnam, `YYYY-MM-DD`, or an RFC 3339 moment, which terms in hours need.
    #[schema(
        min_length = 10,
        max_length = 40,
        example = "2019-04-12",
        pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2}))?$"
    )]
    start: String,
    /// How many units; 0 ends on the day it starts. At most 3660 days, 120 months or 10000 hours.
    #[schema(minimum = 0, maximum = 10000, example = 5)]
    amount: u32,
    /// What is counted.
    unit: TermUnit,
    /// Whether the term runs after the start or before it.
    direction: Direction,
    /// Whether an end on a day off moves on to a working day, in the direction of the term. When
    /// missing: forward in calendar days and months it does (Civil Code 2015 Art. 148), else not.
    roll: Option<bool>,
    /// Whether a rolled term may end on a make-up Saturday; true when missing.
    make_up_saturday_ends_term: Option<bool>,
    /// An older version of the calendar; the newest when missing.
    #[schema(minimum = 1, maximum = 1000000)]
    calendar_version: Option<i64>,
}

/// Count a term
///
/// The last lawful day and the first moment too late, with the reason for every day on the way. The
/// first day is not counted (Civil Code 2015 Art. 147). Changes nothing.
#[utoipa::path(tag = "calendar", operation_id = "computeTerm", security(()), request_body = TermQuestion,
    responses((status = 200, description = "The end of the term", body = ComputedTerm), problems::Open, problems::Content))]
#[post("/v1/calendar/compute")]
async fn compute_term(visitor: Visitor, body: Body<TermQuestion>) -> Result<HttpResponse, ApiError> {
    let question = body.value;
    let start = read_start(&question.start)?;
    let app = visitor.app.clone();
    let answer = visitor.read(move |conn| count(&app, conn, &question, start)).await?;
    Ok(Reply::ok(&answer)?.into_response())
}

fn count(
    app: &App,
    conn: &mut kstt_persistence::Conn,
    question: &TermQuestion,
    start: Start,
) -> Result<ComputedTerm, ApiError> {
    let calendar = calendar_of(app, conn, question.calendar_version).map_err(|error| match error.0.code {
        ProblemCode::NotFound => ApiError::fault(
            "/calendar_version",
            "unknown_version",
            say("Không có phiên bản lịch này.", "There is no such version."),
        ),
        _ => error,
    })?;
    let term = Term {
        amount: question.amount,
        unit: question.unit,
        direction: question.direction,
        roll: question.roll,
        make_up_saturday_ends_term: question.make_up_saturday_ends_term.unwrap_or(true),
    };
    let due = calendar.compute(&app.office_hours, start, &term).map_err(|error| {
        let Some((code, detail)) = explain(&error) else {
            log::error!("counting a term: {error}");
            return ApiError::new(ProblemCode::Internal);
        };
        ApiError::fault(pointer_of(&error, start), code, detail)
    })?;
    Ok(ComputedTerm::of(due, calendar.version()))
}

fn read_start(text: &str) -> Result<Start, ApiError> {
    let start = match (text.parse::<NaiveDate>(), DateTime::parse_from_rfc3339(text)) {
        // The parser is content with `2019-4-1`; the contract is not.
        (Ok(day), _) if text.len() == 10 => Start::Day(day),
        (_, Ok(moment)) => Start::Moment(moment.to_utc()),
        _ => {
            let detail = say(
                "Phải là ngày YYYY-MM-DD hoặc thời điểm RFC 3339.",
                "It must be a day YYYY-MM-DD or an RFC 3339 moment.",
            );
            return Err(ApiError::fault("/start", "not_a_date", detail));
        }
    };
    let mut faults = Faults::default();
    faults.day("/start", start.day());
    faults.finish().map(|()| start)
}

fn pointer_of(error: &CalendarError, start: Start) -> &'static str {
    match error {
        CalendarError::HoursNeedMoment => "/start",
        CalendarError::OutsideCalendar { date, .. } if *date == start.day() => "/start",
        _ => "/amount",
    }
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(compute_term);
}
