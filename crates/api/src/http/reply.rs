//! Answers, before they are rendered: what the handler says and what is kept for a retry.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde::Serialize;

use super::{ApiError, ProblemCode, canonical, say};

/// A successful answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: StatusCode,
    pub body: String,
    pub etag: Option<String>,
    pub location: Option<String>,
    /// What is kept for a retry instead of `body`, when the body holds a secret.
    pub kept: Option<String>,
}

impl Reply {
    /// 200 with a body.
    pub fn ok(body: &impl Serialize) -> Result<Self, ApiError> {
        Self::with(StatusCode::OK, body)
    }

    /// 201 with a body and its address.
    pub fn created(location: String, body: &impl Serialize) -> Result<Self, ApiError> {
        let mut reply = Self::with(StatusCode::CREATED, body)?;
        reply.location = Some(location);
        Ok(reply)
    }

    /// 204.
    pub fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: String::new(), etag: None, location: None, kept: None }
    }

    fn with(status: StatusCode, body: &impl Serialize) -> Result<Self, ApiError> {
        let body = serde_json::to_string(body).map_err(|error| {
            log::error!("an answer cannot be rendered: {error}");
            ApiError::new(ProblemCode::Internal)
        })?;
        Ok(Self { status, body, etag: None, location: None, kept: None })
    }

    /// Adds the entity tag of a view of `version`: neither time nor a new grant changes the version,
    /// any difference of the view changes the tag.
    pub fn tagged(mut self, version: i64) -> Self {
        self.etag = Some(format!("\"{version}-{}\"", &canonical(self.body.as_bytes())[..12]));
        self
    }

    /// The response to send.
    pub fn into_response(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(etag) = self.etag {
            response.insert_header((header::ETAG, etag));
        }
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if self.status == StatusCode::NO_CONTENT {
            return response.finish();
        }
        response.content_type("application/json").body(self.body)
    }
}

/// The version an `If-Match` value names: the part of the tag before the dash.
pub fn etag_version(value: &str) -> Result<i64, ApiError> {
    let tag = value.trim().trim_matches('"');
    let version = tag.split('-').next().and_then(|version| version.parse().ok());
    // A version is counted on from, and none is ever near the end of the numbers.
    version.filter(|version| (0..i64::MAX).contains(version)).ok_or_else(|| {
        ApiError::because(
            ProblemCode::StaleVersion,
            say("If-Match không phải ETag của máy chủ này.", "If-Match is not an ETag of this server."),
        )
    })
}
