//! Merging, splitting and ending units: the changes that hand things over.
//!
//! Each can be rehearsed with `dry_run=true`: everything is done in the transaction, which is then
//! not committed, so the preview is what the change itself would answer.

mod carry;
mod wire;
mod work;

use actix_web::{HttpResponse, post, web};
use kstt_domain::policy::Action;
use utoipa_actix_web::service_config::ServiceConfig;

use self::wire::{EndUnit, MergeUnit, Rehearsal, Reshaped, SplitUnit};
use super::check::{self, Content};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Halt, IfMatch, Params, Reply, Tx};

/// Merge units
///
/// The unit and those together with it end on the day; another takes over their children, grants and
/// focal officers from that day. With `dry_run=true` nothing is kept.
#[utoipa::path(tag = "units", operation_id = "mergeUnit", request_body = MergeUnit,
    params(("code" = String, Path, description = "Code of the unit", max_length = 20), Rehearsal, IfMatch),
    responses((status = 200, description = "The unit on that day, and what moved", body = Reshaped), problems::Open,
        problems::Guarded, problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("units.merge"))))]
#[post("/v1/units/{code}/merge")]
async fn merge(
    caller: Caller,
    code: web::Path<String>,
    Params(params): Params<Rehearsal>,
    body: Result<Body<MergeUnit>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::MergeUnits)?;
    reshape(&caller, code.into_inner(), params, body, work::merge).await
}

/// Split a unit
///
/// Its successors are recorded. Unless it continues it ends on the day, and the first successor takes
/// over its children, grants and focal officers. With `dry_run=true` nothing is kept.
#[utoipa::path(tag = "units", operation_id = "splitUnit", request_body = SplitUnit,
    params(("code" = String, Path, description = "Code of the unit", max_length = 20), Rehearsal, IfMatch),
    responses((status = 200, description = "The unit on that day, and what moved", body = Reshaped), problems::Open,
        problems::Guarded, problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("units.split"))))]
#[post("/v1/units/{code}/split")]
async fn split(
    caller: Caller,
    code: web::Path<String>,
    Params(params): Params<Rehearsal>,
    body: Result<Body<SplitUnit>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::SplitUnit)?;
    reshape(&caller, code.into_inner(), params, body, work::split).await
}

/// End a unit
///
/// The first successor takes over its children, grants and focal officers; without one, grants and
/// focal officers end with it, and units that still stand below it are a conflict. A unit that is
/// recorded to have ended on that very day, with nobody to take over yet, gets its successors so. With
/// `dry_run=true` nothing is kept.
#[utoipa::path(tag = "units", operation_id = "endUnit", request_body = EndUnit,
    params(("code" = String, Path, description = "Code of the unit", max_length = 20), Rehearsal, IfMatch),
    responses((status = 200, description = "The unit on that day, and what moved", body = Reshaped), problems::Open,
        problems::Guarded, problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("units.end"))))]
#[post("/v1/units/{code}/end")]
async fn end(
    caller: Caller,
    code: web::Path<String>,
    Params(params): Params<Rehearsal>,
    body: Result<Body<EndUnit>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EndUnit)?;
    reshape(&caller, code.into_inner(), params, body, work::end).await
}

/// One reshaping as a caller asks for it.
struct Asked<T> {
    code: String,
    dry_run: bool,
    expected: Result<i64, ApiError>,
    content: Content<T>,
}

async fn reshape<T: Send + 'static>(
    caller: &Caller,
    code: String,
    params: Rehearsal,
    body: Result<Body<T>, ApiError>,
    work: impl Fn(&mut Tx<'_>, &Asked<T>) -> Result<Reply, Halt> + Send + 'static,
) -> Result<HttpResponse, ApiError> {
    let dry_run = params.dry_run.unwrap_or(false);
    let (hash, content) = check::content(body);
    let asked = Asked { code, dry_run, expected: caller.expected_version(), content };
    let response = caller.write(&hash, move |tx| work(tx, &asked)).await;
    // Grants may have moved: whoever acted for an ended unit acts for its successor now.
    caller.app.actors.clear();
    response
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(merge).service(split).service(end);
}
