//! Correcting one record by hand.

use actix_web::{HttpResponse, put, web};
use kstt_domain::calendar::vn_date;
use kstt_domain::codes::Code;
use kstt_domain::policy::Action;
use kstt_domain::policy::actions::CorrectDossierCounts;
use kstt_persistence::dossiers as rows;
use utoipa_actix_web::service_config::ServiceConfig;

use super::wire::{Correction, CountView};
use super::{import, read, sight};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Faults, Halt, IfMatch, Reply, Tx, say};
use crate::sight::unit_target;

/// Correct a record of dossier counts
///
/// All its counts at once, with the reason. What was there before stays in the audit trail.
#[utoipa::path(tag = "dossiers", operation_id = "correctDossierCount", request_body = Correction,
    params(("id" = String, Path, description = "UUID of the record", max_length = 36), IfMatch),
    responses((status = 200, description = "The record as it is now", body = CountView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("dossier_counts.correct"))))]
#[put("/v1/dossier-counts/{id}")]
async fn correct_count(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Correction>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::CorrectDossierCounts)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller.write(&body.hash, move |tx| correct(tx, &id, expected.clone(), &wanted)).await
}

fn correct(
    tx: &mut Tx<'_>,
    id: &str,
    expected: Result<i64, ApiError>,
    wanted: &Correction,
) -> Result<Reply, Halt> {
    let today = vn_date(tx.now);
    let (before, seen) = sight::found(tx.conn, tx.app, tx.actor, id, today)?;
    let viewers = tx.viewers()?;
    let target = unit_target(&viewers, tx.actor, &before.unit_id, &before.unit_id, today);
    let permit = tx
        .permit::<CorrectDossierCounts>(&target)
        .map_err(|refused| if seen { refused } else { ApiError::not_found() })?;
    if expected? != before.version {
        return Err(ApiError::stale(read::reply(tx.conn, before)?.etag).into());
    }
    let mut faults = Faults::default();
    let reason = faults.line("/reason", &wanted.reason, 1000);
    let source = faults.optional_line("/source", wanted.source.as_deref(), 100);
    for (pointer, fault) in wanted.counts.check().into_iter().filter(|(_, fault)| fault.refuses()) {
        let detail = say(format!("{}.", fault.label_vi()), format!("{}.", fault.label_en()));
        faults.add(format!("/counts{pointer}"), fault.code(), detail);
    }
    faults.finish()?;
    let source = source.unwrap_or_else(|| before.source.clone());
    if wanted.counts == before.counts()? && source == before.source {
        let detail = say("Số liệu đã lưu như vậy rồi.", "These are the counts that are stored.");
        return Err(ApiError::conflict(detail).into());
    }
    let after = before.corrected(&wanted.counts, source, tx.now.naive_utc())?;
    if !rows::correct(tx.conn, &permit, &after)? {
        return Err(Halt::Raced);
    }
    import::correction(tx, &permit, &before, &after, &reason)?;
    Ok(read::reply(tx.conn, after)?)
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(correct_count);
}
