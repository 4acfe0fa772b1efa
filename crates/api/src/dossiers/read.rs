//! One record.

use actix_web::{HttpResponse, get, web};
use kstt_domain::policy::Action;
use kstt_persistence::Conn;
use kstt_persistence::dossiers::CountRow;
use utoipa_actix_web::service_config::ServiceConfig;

use super::list::views;
use super::sight;
use super::wire::CountView;
use crate::contract::problems;
use crate::http::{ApiError, Caller, IfNoneMatch, Reply};

/// A record as its single read tells it.
pub fn reply(conn: &mut Conn, row: CountRow) -> Result<Reply, ApiError> {
    let version = row.version;
    let view = views(conn, &[row])?.into_iter().next().ok_or_else(ApiError::not_found)?;
    Ok(Reply::ok(&view)?.tagged(version))
}

/// Read a record of dossier counts
///
/// With the `ETag` that a correction needs.
#[utoipa::path(tag = "dossiers", operation_id = "getDossierCount",
    params(("id" = String, Path, description = "UUID of the record", max_length = 36), IfNoneMatch),
    responses((status = 200, description = "The record", body = CountView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("dossier_counts.read"))))]
#[get("/v1/dossier-counts/{id}")]
async fn get_count(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadDossierCounts)?;
    let (here, today) = (caller.clone(), caller.today());
    let reply = caller
        .read(move |conn| {
            let (row, seen) = sight::found(conn, &here.app, &here.actor, &id, today)?;
            if seen { reply(conn, row) } else { Err(ApiError::not_found()) }
        })
        .await?;
    Ok(caller.answer(reply))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_count);
}
