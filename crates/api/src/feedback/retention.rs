//! Erasing who sent what has long ended: a list first, then the act, with proof in the trail.

use actix_web::{HttpResponse, post};
use chrono::Days;
use kstt_domain::policy::actions::EraseSenders;
use kstt_domain::policy::{Action, Target};
use kstt_persistence::audit::Change;
use kstt_persistence::{attachments, feedback as rows};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::KIND;
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, IdempotencyKey, Reply};

/// At most so many are erased in one call.
const BATCH: i64 = 1000;
/// What a file is called of which nothing is left.
const ERASED_FILE: &str = "—";

/// Asks for senders to be erased.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "dry_run": true }))]
struct Erasure {
    /// Only tell whose senders would be erased.
    dry_run: bool,
}

/// Whose senders were erased, or would be.
#[derive(Debug, Serialize, ToSchema)]
struct Erased {
    dry_run: bool,
    /// Codes of items that ended before the term, at most 1,000 at a time.
    #[schema(max_items = 1000)]
    codes: Vec<String>,
}

/// Erase senders after their term
///
/// Of items that ended longer ago than the term. Items, answers and figures stay; who sent them is gone, and so
/// are the files they sent: from now on for everyone, and within two hours from the file store. Every erasure
/// is in the trail.
#[utoipa::path(tag = "feedback", operation_id = "eraseFeedbackSenders", params(IdempotencyKey), request_body = Erasure,
    responses((status = 200, description = "Whose senders", body = Erased), problems::Open, problems::Guarded, problems::Content, problems::Collision),
    extensions(("x-action" = json!("feedback.erase_senders"))))]
#[post("/v1/feedback-senders/erase")]
async fn erase_senders(caller: Caller, body: Body<Erasure>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EraseSenders)?;
    let dry_run = body.value.dry_run;
    caller
        .write(&body.hash, move |tx| {
            let now = tx.now.naive_utc();
            let before = now - Days::new(tx.app.feedback.keep_senders_days);
            let erasable = rows::erasable(tx.conn, before, BATCH)?;
            for (id, code) in erasable.iter().filter(|_| !dry_run) {
                let permit = tx.permit::<EraseSenders>(&Target::city(id))?;
                rows::erase(tx.conn, &permit, now)?;
                let files = attachments::erase_of_sender(tx.conn, &permit, ERASED_FILE)?;
                let after = Some(json!({ "sender": "erased", "files": files }));
                tx.audit(&permit, Change { kind: KIND, id, key: code, after, ..Change::default() })?;
            }
            let codes = erasable.into_iter().map(|(_, code)| code).collect();
            Ok(Reply::ok(&Erased { dry_run, codes })?)
        })
        .await
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(erase_senders);
}
