//! One report and its revisions.

use actix_web::{HttpResponse, get, web};
use kstt_domain::policy::Action;
use kstt_persistence::reports as rows;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::sight;
use super::wire::{FullReport, Teller};
use crate::contract::problems;
use crate::http::{ApiError, Caller, Params, Reply};

/// Which revision.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RevisionQuery {
    /// Number of the revision; the newest when missing.
    #[param(minimum = 1, maximum = 1000000)]
    revision: Option<i64>,
}

/// Get a report
///
/// What the unit declares beside what the records say, the texts of the outline, and the checks that do not
/// hold. A report that was sent back keeps its older revisions.
#[utoipa::path(tag = "reports", operation_id = "getReport",
    params(("id" = String, Path, description = "UUID of the report", max_length = 36), RevisionQuery),
    responses((status = 200, description = "The report", body = FullReport), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/reports/{id}")]
async fn get_report(
    caller: Caller,
    id: web::Path<String>,
    query: Params<RevisionQuery>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let (here, today) = (caller.clone(), caller.today());
    let reply = caller
        .read(move |conn| {
            let row = sight::visible(conn, &here.app, &here.actor, &id, today)?;
            let wanted = query.0.revision.unwrap_or(row.revision);
            let revision = rows::revision(conn, &row.id, wanted)?;
            if revision.is_none() && wanted != row.revision {
                return Err(ApiError::not_found());
            }
            let told = Teller::at(here.now).tell_all(conn, &here.app, &row, revision.as_ref())?;
            Ok(Reply::ok(&told)?.tagged(row.version))
        })
        .await?;
    Ok(caller.answer(reply))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_report);
}
