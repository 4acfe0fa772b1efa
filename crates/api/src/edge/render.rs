//! Turning refusals, ours and the framework's, into problem+json.

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, HeaderName, HeaderValue};

use crate::http::{Problem, ProblemCode};

/// Gives every refusal its body; other answers pass untouched.
pub fn problems(
    response: ServiceResponse<BoxBody>,
    english: bool,
    trace_id: &str,
) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if status.as_u16() < 400 {
        return response;
    }
    let ours = response.response().extensions().get::<Problem>().cloned();
    let problem = ours.unwrap_or_else(|| *crate::http::ApiError::new(ProblemCode::of_status(status)).0);
    let body = serde_json::to_string(&problem.render(english, trace_id)).unwrap_or_default();
    let mut response = response.map_body(|_, _| BoxBody::new(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::CONTENT_ENCODING);
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(if english { "en" } else { "vi" }));
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status.as_u16() == 401 {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(etag) = problem.current_etag.and_then(|etag| HeaderValue::from_str(&etag).ok()) {
        headers.insert(HeaderName::from_static("etag"), etag);
    }
    response
}
