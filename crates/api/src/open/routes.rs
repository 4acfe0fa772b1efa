//! The open data's operations.

use actix_web::{HttpRequest, HttpResponse, get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::serve::respond;
use super::spool::{Format, unwritable};
use crate::contract::problems;
use crate::http::{ApiError, IfNoneMatch, ProblemCode, Visitor};

async fn send(visitor: Visitor, req: HttpRequest, format: Format) -> Result<HttpResponse, ApiError> {
    let (app, day) = (visitor.app.clone(), visitor.today());
    let (file, finished) = web::block(move || app.spool.today(&app, format, day))
        .await
        .unwrap_or_else(|_| Err(ApiError::new(ProblemCode::Unavailable)))?;
    respond(&req, format, file, &finished).map_err(|error| unwritable(format.file_name().as_ref(), &error))
}

/// Take all procedures as NDJSON
///
/// Every procedure in force today, one JSON object a line, by id: all that a single read shows of the
/// version, and the units that settle it. Made once a day and after every change; parts can be asked for
/// with `Range`.
#[utoipa::path(tag = "open", operation_id = "openProceduresNdjson", security(()), params(IfNoneMatch),
    responses((status = 200, description = "All procedures", body = String, content_type = "application/x-ndjson"),
        (status = 206, description = "The part asked for with Range", body = String, content_type = "application/x-ndjson"),
        (status = 304, description = "Nothing changed"), (status = 416, description = "There is no such part"), problems::Open))]
#[get("/v1/open/procedures.ndjson")]
async fn ndjson(visitor: Visitor, req: HttpRequest) -> Result<HttpResponse, ApiError> {
    send(visitor, req, Format::Ndjson).await
}

/// Take all procedures as CSV
///
/// Every procedure in force today, a row each, by id: UTF-8 with BOM, RFC 4180, safe to open in a
/// spreadsheet.
#[utoipa::path(tag = "open", operation_id = "openProceduresCsv", security(()), params(IfNoneMatch),
    responses((status = 200, description = "All procedures", body = String, content_type = "text/csv"),
        (status = 206, description = "The part asked for with Range", body = String, content_type = "text/csv"),
        (status = 304, description = "Nothing changed"), (status = 416, description = "There is no such part"), problems::Open))]
#[get("/v1/open/procedures.csv")]
async fn csv(visitor: Visitor, req: HttpRequest) -> Result<HttpResponse, ApiError> {
    send(visitor, req, Format::Csv).await
}

/// Take all procedures as linked data
///
/// Every procedure in force today in the Core Public Service Vocabulary (CPSV-AP 3.2), as JSON-LD with its
/// context inside.
#[utoipa::path(tag = "open", operation_id = "openProceduresJsonLd", security(()), params(IfNoneMatch),
    responses((status = 200, description = "All procedures", body = String, content_type = "application/ld+json"),
        (status = 206, description = "The part asked for with Range", body = String, content_type = "application/ld+json"),
        (status = 304, description = "Nothing changed"), (status = 416, description = "There is no such part"), problems::Open))]
#[get("/v1/open/procedures.jsonld")]
async fn json_ld(visitor: Visitor, req: HttpRequest) -> Result<HttpResponse, ApiError> {
    send(visitor, req, Format::JsonLd).await
}

/// Take the day's catalogue as one signed file
///
/// An SQLite file with every procedure in force today and, in its table `manifest`, a signature over all
/// rows by a key of `/.well-known/jwks.json`: for places with poor lines, to be carried and checked
/// offline.
#[utoipa::path(tag = "open", operation_id = "openCatalogue", security(()), params(IfNoneMatch),
    responses((status = 200, description = "The catalogue", body = String, content_type = "application/vnd.sqlite3"),
        (status = 206, description = "The part asked for with Range", body = String, content_type = "application/vnd.sqlite3"),
        (status = 304, description = "Nothing changed"), (status = 416, description = "There is no such part"), problems::Open))]
#[get("/v1/open/catalogue.sqlite")]
async fn catalogue(visitor: Visitor, req: HttpRequest) -> Result<HttpResponse, ApiError> {
    send(visitor, req, Format::Sqlite).await
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(ndjson).service(csv).service(json_ld).service(catalogue);
}
