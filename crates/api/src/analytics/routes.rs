//! The operations of analytics.

use actix_web::{HttpResponse, get, post};
use kstt_domain::policy::Action;
use utoipa_actix_web::service_config::ServiceConfig;

use super::answer::answers;
use super::catalogue::{Catalogue, catalogue};
use super::wire::{AnalyticsAnswers, AnalyticsQuestions};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, IfNoneMatch, Reply};

/// The catalogue says the same until the program changes.
const VERSION: i64 = 1;

/// List the measures of analytics
///
/// What can be measured, what each figure is a number of, and what it may be told and narrowed by.
#[utoipa::path(tag = "analytics", operation_id = "getAnalyticsCatalogue", params(IfNoneMatch),
    responses((status = 200, description = "The catalogue", body = Catalogue), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Guarded),
    extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/analytics/catalogue")]
async fn get_catalogue(caller: Caller) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    Ok(caller.answer(Reply::ok(&catalogue())?.tagged(VERSION)))
}

/// Measure by dimensions
///
/// Answers up to ten questions at once, for the units whose reports the caller reads: the whole city, or one's
/// own. A `unit` outside of these is refused.
#[utoipa::path(tag = "analytics", operation_id = "queryAnalytics", request_body = AnalyticsQuestions,
    responses((status = 200, description = "The answers", body = AnalyticsAnswers), problems::Open, problems::Guarded,
        problems::Content),
    extensions(("x-action" = json!("reports.read"))))]
#[post("/v1/analytics/query")]
async fn query_analytics(caller: Caller, body: Body<AnalyticsQuestions>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let here = caller.clone();
    let told = caller.read(move |conn| answers(conn, &here, body.value)).await?;
    Ok(Reply::ok(&told)?.into_response())
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_catalogue).service(query_analytics);
}
