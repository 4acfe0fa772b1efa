//! What a rule would give, without opening anything.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::obligations::{Basis, Deadline, DutyPeriod, Opening, Reading, RuleKind, Words};
use kstt_domain::units::UnitKind;
use kstt_persistence::obligations as rows;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::timing;
use crate::contract::problems;
use crate::http::{ApiError, Body, Faults, Reply, Visitor, say};

/// A question to a rule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeadlineQuestion, example = json!({ "rule": "K-44", "at": "2019-01-16T09:30:00+07:00" }))]
struct Question {
    #[schema(min_length = 4, max_length = 5, pattern = "^K-[0-9]{2}[a-z]?$", example = "K-44")]
    rule: String,
    /// The event it is counted from; for rules of terms.
    at: Option<DateTime<Utc>>,
    /// The period it is owed for, as `2019`, `2019-Q1` or `2019-01`; for rules of dates.
    #[schema(
        min_length = 4,
        max_length = 7,
        pattern = "^[0-9]{4}(-Q[1-4]|-[0-9]{2})?$",
        example = "2019-Q1"
    )]
    period: Option<String>,
    /// The kind of unit that owes it; for rules of dates.
    unit_kind: Option<UnitKind>,
}

/// The deadline a rule would give.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadlinePreview)]
struct Preview {
    #[schema(max_length = 10)]
    rule: String,
    #[schema(minimum = 1, maximum = 1000000)]
    rule_version: i64,
    kind: RuleKind,
    title: Words,
    #[schema(max_items = 20)]
    basis: Vec<Basis>,
    doubt: Option<Words>,
    #[schema(minimum = 1, maximum = 1000000)]
    calendar_version: i64,
    soon_at: DateTime<Utc>,
    warn_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
    due_on: NaiveDate,
    #[schema(max_items = 5)]
    readings: Vec<Reading>,
}

/// Preview a deadline
///
/// What a rule would give for an event at a moment, or for a period and a kind of unit, day by day. The
/// version of the rule is the one that holds at that moment. Changes nothing.
#[utoipa::path(tag = "obligations", operation_id = "previewDeadline", security(()), request_body = Question,
    responses((status = 200, description = "The deadline", body = Preview), problems::Open, problems::Content, problems::Missing))]
#[post("/v1/obligations/preview")]
async fn preview_deadline(visitor: Visitor, body: Body<Question>) -> Result<HttpResponse, ApiError> {
    let question = body.value;
    let (opening, day) = opening(&question)?;
    let app = visitor.app.clone();
    let preview = visitor
        .read(move |conn| {
            let row = rows::rule_on(conn, &question.rule, day)?.ok_or_else(ApiError::not_found)?;
            let rule = row.read()?;
            let calendar = app.calendar(conn)?;
            let deadline = timing::deadline(&app, &calendar, &rule, opening, &[]).map_err(|none| {
                let (code, detail) = timing::explain(&none);
                ApiError::fault(pointer_of(&question), code, detail)
            })?;
            let Deadline { soon_at, warn_at, due_at, due_on, readings } = deadline;
            Ok(Preview {
                rule: rule.id,
                rule_version: row.version,
                kind: rule.kind,
                title: rule.title,
                basis: rule.basis,
                doubt: rule.doubt,
                calendar_version: calendar.version(),
                soon_at,
                warn_at,
                due_at,
                due_on,
                readings,
            })
        })
        .await?;
    Ok(Reply::ok(&preview)?.into_response())
}

fn pointer_of(question: &Question) -> &'static str {
    if question.at.is_some() { "/at" } else { "/period" }
}

/// What is asked for, and the day that tells the version of the rule.
fn opening(question: &Question) -> Result<(Opening, NaiveDate), ApiError> {
    let mut faults = Faults::default();
    let found = match (question.at, question.period.as_deref(), question.unit_kind) {
        (Some(at), None, None) => {
            let day = faults.day("/at", vn_date(at));
            (Opening::Moment(at), day)
        }
        (None, Some(code), Some(kind)) => {
            let Ok(period) = code.parse::<DutyPeriod>() else {
                let detail = say("Viết 2019, 2019-Q1 hoặc 2019-01.", "Write 2019, 2019-Q1 or 2019-01.");
                return Err(ApiError::fault("/period", "not_a_period", detail));
            };
            let day = faults.day("/period", period.first_day());
            (Opening::Period(period, kind), day)
        }
        _ => {
            let detail = say(
                "Nêu `at`, hoặc `period` cùng với `unit_kind`.",
                "Give `at`, or `period` together with `unit_kind`.",
            );
            return Err(ApiError::fault("/at", "opening_needed", detail));
        }
    };
    faults.finish()?;
    Ok(found)
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(preview_deadline);
}
