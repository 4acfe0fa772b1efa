//! Files by signed addresses: who has one has the file, for a while.

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use kstt_domain::attachments::disposition;
use kstt_persistence::attachments as rows;
use object_store::Error;
use sha2::Sha256;
use utoipa_actix_web::service_config::ServiceConfig;

use super::store::out_of_reach;
use super::wire::AttachmentAnswer;
use crate::app::App;
use crate::contract::problems;
use crate::http::{ApiError, ProblemCode, Visitor};

/// So long an address holds.
const HOLDS: TimeDelta = TimeDelta::minutes(5);
/// The length of a signature, in bytes.
const SIGNATURE: usize = 32;

fn signing(app: &App, payload: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&app.master.derive("download")).ok()?;
    mac.update(payload);
    Some(mac)
}

/// What stands for a file in an address, and when it ends.
pub fn ticket(app: &App, id: &str) -> (String, DateTime<Utc>) {
    let expires_at = app.clock.real_now() + HOLDS;
    let payload = format!("{id}|{}", expires_at.timestamp_micros()).into_bytes();
    let signature = signing(app, &payload).map(|mac| mac.finalize().into_bytes().to_vec());
    (BASE64.encode([signature.unwrap_or_default(), payload].concat()), expires_at)
}

/// The id of the file a ticket stands for, while it holds.
fn opened(app: &App, ticket: &str) -> Option<String> {
    let bytes = BASE64.decode(ticket).ok()?;
    let (signature, payload) = bytes.split_at_checked(SIGNATURE)?;
    signing(app, payload)?.verify_slice(signature).ok()?;
    let (id, expires) = std::str::from_utf8(payload).ok()?.split_once('|')?;
    let expires: i64 = expires.parse().ok()?;
    (app.clock.real_now().timestamp_micros() < expires).then(|| id.to_owned())
}

/// Download a file
///
/// By the address that was given for it, while that holds. The file is to be saved, never shown in place.
#[utoipa::path(tag = "feedback", operation_id = "downloadFeedbackFile", security(()),
    params(("ticket" = String, Path, description = "The last part of the address", min_length = 1, max_length = 400,
        pattern = "^[A-Za-z0-9_-]{1,400}$")),
    responses(AttachmentAnswer, problems::Open, problems::Missing))]
#[get("/v1/downloads/{ticket}")]
async fn download_feedback_file(
    visitor: Visitor,
    ticket: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = opened(&visitor.app, &ticket).ok_or_else(ApiError::not_found)?;
    let row = visitor.read(move |conn| Ok(rows::find(conn, &id)?)).await?;
    let row = row.filter(|row| row.state.0.is_open(true)).ok_or_else(ApiError::not_found)?;
    let (app, place) = (visitor.app.clone(), row.place.clone());
    let content = web::block(move || app.attachments.store.get(&place))
        .await
        .map_err(|_| ApiError::new(ProblemCode::Unavailable))?
        .map_err(|error| match error {
            Error::NotFound { .. } => {
                log::error!("file {} is not in the store", row.id);
                ApiError::not_found()
            }
            error => out_of_reach(&error),
        })?;
    Ok(HttpResponse::Ok()
        .content_type(row.media_type)
        .insert_header((header::CONTENT_DISPOSITION, disposition(&row.name)))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        // Most of these types are compressed inside.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .body(content))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(download_feedback_file);
}
