//! Importing procedures over HTTP, and the operations of the room.

use actix_web::{HttpRequest, HttpResponse, post};
use chrono::NaiveDate;
use kstt_domain::policy::Action;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::import::{ImportReport, ImportSettings, import};
use super::rows::Format;
use super::{completeness, legal, list, read, versions};
use crate::contract::problems;
use crate::http::{
    ApiError, Caller, Ctx, Halt, IdempotencyKey, JsonLines, Params, RawBody, Reply, canonical,
};

/// Imports may send this many bytes.
const IMPORT_LIMIT: usize = 64 << 20;

/// How to import.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// True: only report what would happen.
    dry_run: Option<bool>,
    /// From when changed rows hold, and new ones that state no date.
    valid_from: Option<NaiveDate>,
}

/// Import procedures
///
/// Takes the shape of the reference data (`{"procedures": [row, …]}`) or NDJSON, one row a line, up to
/// 64 MiB. Everything is stored or nothing. A row that is stored already changes nothing; a row that
/// differs from the last version needs `valid_from`, and is reported as a conflict without it.
#[utoipa::path(tag = "procedures", operation_id = "importProcedures", params(ImportQuery, IdempotencyKey),
    request_body(content(
        (ImportDocument = "application/json", example = json!({"procedures": [{"code": "9.900001", "name": "Thủ tục mẫu"}]})),
        (JsonLines = "application/x-ndjson", example = json!("{\"code\": \"9.900001\", \"name\": \"Thủ tục mẫu\"}\n")),
    )),
    responses((status = 200, description = "What became of every row", body = ImportReport), problems::Open, problems::Guarded,
        problems::Content, problems::Collision),
    extensions(("x-action" = json!("procedures.import"))))]
#[post("/v1/procedures/import")]
async fn import_procedures(
    caller: Caller,
    query: Params<ImportQuery>,
    req: HttpRequest,
    body: RawBody<IMPORT_LIMIT>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ImportProcedures)?;
    let content_type =
        req.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let format = if content_type.contains("ndjson") { Format::Lines } else { Format::Document };
    let dry_run = query.0.dry_run.unwrap_or(false);
    let settings = ImportSettings { format, dry_run, valid_from: query.0.valid_from };
    let hash = canonical(&body.0);
    let ctx: Ctx = caller.ctx.clone();
    let response = caller
        .write(&hash, move |tx| {
            let report = import(tx, &body.0[..], &settings)?;
            let reply = Reply::ok(&report)?;
            if settings.dry_run { Err(Halt::Rehearsed(reply)) } else { Ok(reply) }
        })
        .await?;
    let app = ctx.app.clone();
    ctx.read(move |conn| Ok(app.search()?.catch_up(conn)?)).await?;
    Ok(response)
}

/// The document an import reads.
#[derive(utoipa::ToSchema)]
#[allow(dead_code)]
struct ImportDocument {
    /// The rows.
    #[schema(max_items = 100_000)]
    procedures: Vec<kstt_domain::procedures::SourceRow>,
}

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list::list)
        // Before the procedure of that name, which there is none of: codes begin with a digit.
        .service(completeness::count_findings)
        .service(read::get_procedure)
        .service(versions::list_versions)
        .service(versions::get_version)
        .service(versions::diff)
        .service(completeness::of_procedure)
        .service(import_procedures)
        .service(legal::list_documents)
        .service(legal::get_document);
}
