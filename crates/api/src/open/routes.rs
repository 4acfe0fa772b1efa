//! The open data's operations.

use actix_web::{HttpRequest, HttpResponse, get};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::serve::respond;
use super::spool::{Format, Spool};
use crate::contract::problems;
use crate::export::unwritable;
use crate::http::{ApiError, IfNoneMatch, Visitor};

/// A whole file, or the part of it that was asked for.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary, max_length = 4_294_967_295)]
#[allow(dead_code)]
struct OpenFile(Vec<u8>);

/// A graph in JSON-LD.
#[derive(ToSchema)]
#[allow(dead_code)]
struct LinkedData {
    /// What the names in the graph stand for.
    #[schema(rename = "@context", value_type = Object)]
    context: serde_json::Value,
    /// The catalogue and everything in it.
    #[schema(rename = "@graph", value_type = Vec<Object>, max_items = 100_000_000)]
    graph: Vec<serde_json::Value>,
}

async fn send(visitor: Visitor, req: HttpRequest, format: Format) -> Result<HttpResponse, ApiError> {
    let (app, day) = (visitor.app.clone(), visitor.today());
    let (file, finished) = Spool::today(app, format, day).await?;
    respond(&req, format, file, &finished).map_err(|error| unwritable(format.file_name().as_ref(), &error))
}

/// Take all procedures as NDJSON
///
/// Every procedure in force today, one JSON object a line, by id: all that a single read shows of the
/// version, and the units that settle it. Made once a day and after every change; parts can be asked for
/// with `Range`.
#[utoipa::path(tag = "open", operation_id = "openProceduresNdjson", security(()), params(IfNoneMatch),
    responses((status = 200, description = "All procedures", body = OpenFile, content_type = "application/x-ndjson"),
        (status = 206, description = "The part asked for with Range", body = OpenFile, content_type = "application/x-ndjson"),
        (status = 304, description = "Nothing changed"), problems::Open, problems::Parts))]
#[get("/v1/open/procedures.ndjson")]
async fn ndjson(visitor: Visitor, req: HttpRequest) -> Result<HttpResponse, ApiError> {
    send(visitor, req, Format::Ndjson).await
}

/// Take all procedures as CSV
///
/// Every procedure in force today, a row each, by id: UTF-8 with BOM, RFC 4180, safe to open in a
/// spreadsheet.
#[utoipa::path(tag = "open", operation_id = "openProceduresCsv", security(()), params(IfNoneMatch),
    responses((status = 200, description = "All procedures", body = OpenFile, content_type = "text/csv"),
        (status = 206, description = "The part asked for with Range", body = OpenFile, content_type = "text/csv"),
        (status = 304, description = "Nothing changed"), problems::Open, problems::Parts))]
#[get("/v1/open/procedures.csv")]
async fn csv(visitor: Visitor, req: HttpRequest) -> Result<HttpResponse, ApiError> {
    send(visitor, req, Format::Csv).await
}

/// Take all procedures as linked data
///
/// Every procedure in force today in the Core Public Service Vocabulary (CPSV-AP 3.2), as JSON-LD with its
/// context inside.
#[utoipa::path(tag = "open", operation_id = "openProceduresJsonLd", security(()), params(IfNoneMatch),
    responses((status = 200, description = "All procedures", body = LinkedData, content_type = "application/ld+json"),
        (status = 206, description = "The part asked for with Range", body = OpenFile, content_type = "application/ld+json"),
        (status = 304, description = "Nothing changed"), problems::Open, problems::Parts))]
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
    responses((status = 200, description = "The catalogue", body = OpenFile, content_type = "application/vnd.sqlite3"),
        (status = 206, description = "The part asked for with Range", body = OpenFile, content_type = "application/vnd.sqlite3"),
        (status = 304, description = "Nothing changed"), problems::Open, problems::Parts))]
#[get("/v1/open/catalogue.sqlite")]
async fn catalogue(visitor: Visitor, req: HttpRequest) -> Result<HttpResponse, ApiError> {
    send(visitor, req, Format::Sqlite).await
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(ndjson).service(csv).service(json_ld).service(catalogue);
}
