//! Request headers as the contract documents them; [`super::Ctx`] reads and enforces them.

use utoipa::IntoParams;

/// For every change of an existing thing.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct IfMatch {
    /// The ETag of the thing as it was read.
    #[param(rename = "If-Match", max_length = 200, example = "\"1-0a1b2c3d4e5f\"")]
    if_match: String,
}

/// For every `POST` that creates.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct IdempotencyKey {
    /// Names this request, so that a retry gets the same answer instead of a second thing. Kept for
    /// 24 hours.
    #[param(
        rename = "Idempotency-Key",
        required = false,
        min_length = 16,
        max_length = 200,
        pattern = "^[!-~]{16,200}$",
        example = "5f0c6b1e-7d2a-4c39"
    )]
    idempotency_key: Option<String>,
}

/// For every single read.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct IfNoneMatch {
    /// The ETag the caller has: the answer is 304 when nothing changed.
    #[param(rename = "If-None-Match", required = false, max_length = 500)]
    if_none_match: Option<String>,
}
