//! One obligation, and why its date is what it is.

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, Utc};
use kstt_domain::obligations::{Basis, DeadlineRule, Reading, Words};
use kstt_domain::policy::Action;
use kstt_persistence::obligations::{self as rows, PauseRow};
use kstt_persistence::units;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::wire::{ObligationView, Teller};
use super::{sight, timing};
use crate::contract::problems;
use crate::http::{ApiError, Caller, IfNoneMatch, ProblemCode, Reply};

/// Read an obligation
///
/// With its `ETag`, which changing it needs.
#[utoipa::path(tag = "obligations", operation_id = "getObligation",
    params(("id" = String, Path, description = "UUID of the obligation", max_length = 36), IfNoneMatch),
    responses((status = 200, description = "The obligation", body = ObligationView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("obligations.read"))))]
#[get("/v1/obligations/{id}")]
async fn get_obligation(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadObligations)?;
    let (here, now, today) = (caller.clone(), caller.now, caller.today());
    let view = caller
        .read(move |conn| {
            let (row, _) = sight::visible(conn, &here.actor, &id, today)?;
            Teller::at(&here.app, conn, now)?.tell(conn, &row)
        })
        .await?;
    Ok(caller.answer(Reply::ok(&view)?.tagged(view.version)))
}

/// Why a date is what it is.
#[derive(Debug, Serialize, ToSchema)]
struct Explanation {
    obligation: ObligationView,
    /// What follows when it is not met in time.
    consequence: Words,
    /// The articles it rests on.
    #[schema(max_items = 20)]
    basis: Vec<Basis>,
    /// What is doubtful about the rule.
    doubt: Option<Words>,
    /// Every way to read the date, day by day; one decides.
    #[schema(max_items = 5)]
    readings: Vec<Reading>,
    /// When the clock stood still.
    #[schema(max_items = 1000)]
    pauses: Vec<PauseView>,
}

/// A span in which the clock stood still.
#[derive(Debug, Serialize, ToSchema)]
struct PauseView {
    stopped_at: DateTime<Utc>,
    /// Null while it lasts.
    resumed_at: Option<DateTime<Utc>>,
    #[schema(max_length = 500)]
    reason: String,
}

impl From<PauseRow> for PauseView {
    fn from(row: PauseRow) -> Self {
        let resumed_at = row.resumed_at.map(|moment| moment.and_utc());
        Self { stopped_at: row.stopped_at.and_utc(), resumed_at, reason: row.reason }
    }
}

/// Explain an obligation
///
/// Every day counted or skipped and why, with the calendar it was counted with, both readings of the date
/// where there are two, when its clock stood still, and the article of the law.
#[utoipa::path(tag = "obligations", operation_id = "explainObligation",
    params(("id" = String, Path, description = "UUID of the obligation", max_length = 36)),
    responses((status = 200, description = "The explanation", body = Explanation), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("obligations.read"))))]
#[get("/v1/obligations/{id}/explanation")]
async fn explain_obligation(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadObligations)?;
    let (here, now, today) = (caller.clone(), caller.now, caller.today());
    let explanation = caller
        .read(move |conn| {
            let (row, _) = sight::visible(conn, &here.actor, &id, today)?;
            let mut teller = Teller::at(&here.app, conn, now)?;
            let rule = teller.rule(conn, &row.rule, row.rule_version)?;
            let calendar = crate::calendar::load(conn, row.calendar_version)?;
            let unit = units::by_id(conn, &row.unit_id)?.ok_or_else(ApiError::not_found)?;
            let opening = timing::opening_of(&rule, &row, unit.kind.0)?;
            let pauses = rows::pauses(conn, &row.id)?;
            let readings =
                timing::readings(&here.app, &calendar, &rule, opening, &pauses).map_err(|none| {
                    log::error!("obligation {} has no deadline: {none:?}", row.id);
                    ApiError::new(ProblemCode::Internal)
                })?;
            let DeadlineRule { consequence, basis, doubt, .. } = (*rule).clone();
            Ok(Explanation {
                obligation: teller.tell(conn, &row)?,
                consequence,
                basis,
                doubt,
                readings,
                pauses: pauses.into_iter().map(PauseView::from).collect(),
            })
        })
        .await?;
    Ok(Reply::ok(&explanation)?.into_response())
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_obligation).service(explain_obligation);
}
