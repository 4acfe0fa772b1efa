//! Focal officers (cán bộ, công chức đầu mối kiểm soát thủ tục hành chính) of a unit.

mod wire;
mod work;

use actix_web::{HttpResponse, get, post, web};
use kstt_domain::policy::actions::ReadFocalOfficers;
use kstt_domain::policy::{Action, Actor, Target, permit};
use kstt_persistence::Conn;
use kstt_persistence::units::{self, UnitRow};
use utoipa_actix_web::service_config::ServiceConfig;

use self::wire::{EndTerm, FocalOfficerView, ListFocalOfficers, NewFocalOfficer};
use super::check;
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, IdempotencyKey, IfMatch, IfNoneMatch, Page, Params, Reply};

/// List focal officers
///
/// Appointments of a unit that still hold today or later, oldest first; all with `all=true`.
#[utoipa::path(tag = "units", operation_id = "listFocalOfficers",
    params(("code" = String, Path, description = "Code of the unit", max_length = 20), ListFocalOfficers),
    responses((status = 200, description = "The appointments", body = Page<FocalOfficerView>), problems::Open,
        problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("focal_officers.read"))))]
#[get("/v1/units/{code}/focal-officers")]
async fn list(
    caller: Caller,
    code: web::Path<String>,
    Params(params): Params<ListFocalOfficers>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadFocalOfficers)?;
    let (actor, today) = (caller.actor.clone(), caller.today());
    let from = if params.all.unwrap_or(false) { None } else { Some(today) };
    let rows = caller.read(move |conn| {
        let unit = readable(conn, &actor, &code, today)?;
        Ok(units::focal_officers(conn, &unit.id, from)?)
    });
    let items = rows.await?.into_iter().map(FocalOfficerView::from).collect();
    Ok(Reply::ok(&Page { items, next_cursor: None, count: None })?.into_response())
}

/// Read a focal officer
///
/// With the `ETag` that ending the term needs.
#[utoipa::path(tag = "units", operation_id = "getFocalOfficer",
    params(("code" = String, Path, description = "Code of the unit", max_length = 20),
        ("id" = String, Path, description = "UUID of the appointment", max_length = 36), IfNoneMatch),
    responses((status = 200, description = "The appointment", body = FocalOfficerView),
        (status = 304, description = "Nothing changed"), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("focal_officers.read"))))]
#[get("/v1/units/{code}/focal-officers/{id}")]
async fn get_one(caller: Caller, path: web::Path<(String, String)>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadFocalOfficers)?;
    let (actor, today) = (caller.actor.clone(), caller.today());
    let row = caller.read(move |conn| {
        let (code, id) = path.into_inner();
        let unit = readable(conn, &actor, &code, today)?;
        work::appointment(conn, &unit.id, &id)
    });
    let row = row.await?;
    let version = row.version;
    Ok(caller.answer(Reply::ok(&FocalOfficerView::from(row))?.tagged(version)))
}

/// The unit, if `actor` may read its focal officers.
fn readable(
    conn: &mut Conn,
    actor: &Actor,
    code: &str,
    today: chrono::NaiveDate,
) -> Result<UnitRow, ApiError> {
    let unit = check::unit(conn, code)?;
    let path = units::path_of(conn, &unit.id, today)?;
    permit::<ReadFocalOfficers>(actor, &Target::unit(&unit.id, path)).map_err(|_| ApiError::not_found())?;
    Ok(unit)
}

/// Appoint a focal officer
///
/// For a period that begins while the unit exists.
#[utoipa::path(tag = "units", operation_id = "appointFocalOfficer", request_body = NewFocalOfficer,
    params(("code" = String, Path, description = "Code of the unit", max_length = 20), IdempotencyKey),
    responses((status = 201, description = "The appointment", body = FocalOfficerView), problems::Open,
        problems::Guarded, problems::Missing, problems::Content, problems::Collision),
    extensions(("x-action" = json!("focal_officers.appoint"))))]
#[post("/v1/units/{code}/focal-officers")]
async fn appoint(
    caller: Caller,
    code: web::Path<String>,
    body: Result<Body<NewFocalOfficer>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::AppointFocalOfficer)?;
    let (hash, content) = check::content(body);
    caller.write(&hash, move |tx| work::appoint(tx, &code, &content)).await
}

/// End a focal officer's term
///
/// The person is no longer a focal officer from the day on; a term that has an end can only be
/// shortened.
#[utoipa::path(tag = "units", operation_id = "endFocalOfficer", request_body = EndTerm,
    params(("code" = String, Path, description = "Code of the unit", max_length = 20),
        ("id" = String, Path, description = "UUID of the appointment", max_length = 36), IfMatch),
    responses((status = 200, description = "The appointment as it is now", body = FocalOfficerView), problems::Open,
        problems::Guarded, problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("focal_officers.end"))))]
#[post("/v1/units/{code}/focal-officers/{id}/end")]
async fn end(
    caller: Caller,
    path: web::Path<(String, String)>,
    body: Result<Body<EndTerm>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EndFocalOfficer)?;
    let (code, id) = path.into_inner();
    let (hash, content) = check::content(body);
    let expected = caller.expected_version();
    caller.write(&hash, move |tx| work::end(tx, (&code, &id), &expected, &content)).await
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list).service(get_one).service(appoint).service(end);
}
