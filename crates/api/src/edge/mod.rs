//! What every request passes: trace, address, limits, negotiation, log line, metrics, and problems
//! rendered in the caller's language. No handler writes headers or error bodies itself.

mod address;
mod limits;
mod render;

use std::net::IpAddr;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, ResponseError, web};

pub use limits::Limits;
use limits::Standing;
pub(crate) use limits::limit_account;

use crate::app::App;
use crate::http::{ApiError, ProblemCode, say};

/// What names a request in the log and in answers.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    pub id: String,
    pub address: Option<IpAddr>,
    /// The name of whoever proved who they are.
    pub actor: Option<String>,
}

/// The outermost middleware.
pub async fn edge<B: MessageBody + 'static>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    #[allow(clippy::disallowed_methods)]
    let started = Instant::now();
    let Some(app) = req.app_data::<web::Data<App>>().cloned() else {
        return Err(ApiError::new(ProblemCode::Internal).into());
    };
    let is_head = req.method() == Method::HEAD;
    if is_head {
        req.head_mut().method = Method::GET;
    }
    let trace = Trace {
        id: trace_id(&req, &app),
        address: address::client_address(&req, &app.config.trusted_proxies),
        actor: None,
    };
    req.extensions_mut().insert(trace.clone());
    let english = prefers_english(&req);

    let standing = limits::check_address(&app, trace.address);
    let response = match standing.refusal().map_or_else(|| admissible(&req), Err) {
        Ok(()) => next.call(req).await?.map_into_boxed_body(),
        Err(refusal) => req.into_response(refusal.error_response()),
    };

    let mut response = render::problems(response, english, &trace.id);
    decorate(&mut response, &standing, &trace.id);
    note(&app, &response, started);
    Ok(if is_head { response.map_body(|_, _| BoxBody::new(())) } else { response })
}

/// Refuses what no handler should see: NUL anywhere in the address, and formats nobody can answer.
fn admissible(req: &ServiceRequest) -> Result<(), ApiError> {
    let address = req.uri().path_and_query().map_or("", |address| address.as_str());
    if holds_control_character(address) {
        return Err(ApiError::because(
            ProblemCode::Malformed,
            say("Địa chỉ có ký tự điều khiển.", "The address holds a control character."),
        ));
    }
    let accept = req.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    let answers =
        ["*/*", "application/*", "application/json", "application/problem+json", "application/x-ndjson"];
    let acceptable = accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
        let refused = parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        !refused && (essence.is_empty() || answers.contains(&essence.as_str()))
    });
    // A file comes as the type it has, whatever the caller would rather have.
    let is_file = *req.method() == Method::GET
        && ["/v1/files/", "/v1/open/"].iter().any(|room| req.path().starts_with(room));
    if req.path().starts_with("/v1/") && !is_file && !acceptable {
        return Err(ApiError::because(
            ProblemCode::NotAcceptable,
            say("Máy chủ trả lời bằng application/json.", "This server answers application/json."),
        ));
    }
    Ok(())
}

/// Whether a percent-encoded control character is in an address.
fn holds_control_character(address: &str) -> bool {
    address.as_bytes().windows(3).any(|window| match window {
        [b'%', b'0' | b'1', low] => low.is_ascii_hexdigit(),
        [b'%', b'7', b'f' | b'F'] => true,
        _ => false,
    })
}

/// The caller's own trace id if it sent a `traceparent`, else a new one.
fn trace_id(req: &ServiceRequest, app: &App) -> String {
    let given = req.headers().get("traceparent").and_then(|value| value.to_str().ok()?.split('-').nth(1));
    match given {
        Some(id) if id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            id.to_ascii_lowercase()
        }
        _ => app.traces.id(),
    }
}

fn prefers_english(req: &ServiceRequest) -> bool {
    let languages =
        req.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = languages
        .split(',')
        .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    first
        .filter(|language| language.starts_with("vi") || language.starts_with("en"))
        .map(|language| language.starts_with("en"))
        .next()
        .unwrap_or(false)
}

fn decorate(response: &mut ServiceResponse, standing: &Standing, trace_id: &str) {
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-trace-id", trace_id);
    for (name, value) in standing.headers() {
        set(name, &value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let varies = HeaderValue::from_static("Authorization, Accept-Language, Accept-Encoding, Origin");
    headers.insert(header::VARY, varies);
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
}

/// One log line and one measurement; the address is logged as its pattern, never with its query.
fn note(app: &App, response: &ServiceResponse, started: Instant) {
    let request = response.request();
    let pattern = request.match_pattern().unwrap_or_else(|| "-".to_owned());
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status();
    app.metrics.observe(request.method().as_str(), &pattern, status.as_u16(), seconds);
    let extensions = request.extensions();
    let trace = extensions.get::<Trace>();
    let level =
        if status == StatusCode::INTERNAL_SERVER_ERROR { log::Level::Error } else { log::Level::Info };
    log::log!(
        target: "kstt::request",
        level,
        "trace={} method={} route={} status={} ms={:.1} actor={}",
        trace.map_or("-", |trace| trace.id.as_str()),
        request.method(),
        pattern,
        status.as_u16(),
        seconds * 1000.0,
        trace.and_then(|trace| trace.actor.as_deref()).unwrap_or("-"),
    );
}
