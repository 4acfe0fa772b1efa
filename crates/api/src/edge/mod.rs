//! What every request passes: trace, address, limits, negotiation, log line, metrics, and problems
//! rendered in the caller's language. No handler writes headers or error bodies itself.

mod address;
mod head;
mod limits;
mod render;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, ResponseError, web};

pub use limits::Limits;
use limits::Standing;
pub(crate) use limits::{limit_account, limit_sends};

use crate::app::App;
use crate::http::{ApiError, MAX_TAGS, ProblemCode, say};
use crate::remember::Remembered;

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
    let standing = limits::check_address(&app, trace.address);
    let refusal = standing.refusal().map_or_else(|| admissible(&req), Err).err();
    let known = if refusal.is_none() { known_already(&app, &req) } else { None };
    if let Some(known) = known {
        let mut response = req.into_response(known.not_modified());
        decorate(&mut response, &standing, &trace.id);
        let route = known.route(|| route_of(response.request()));
        note(&app, &response, route, &trace, started);
        return Ok(response);
    }

    let english = prefers_english(&req);
    let trace_id = trace.id.clone();
    req.extensions_mut().insert(trace);
    let response = match refusal {
        None => next.call(req).await?.map_into_boxed_body(),
        Some(refusal) => req.into_response(refusal.error_response()),
    };
    let mut response = render::problems(response, english, &trace_id);
    decorate(&mut response, &standing, &trace_id);
    let trace = response.request().extensions_mut().remove::<Trace>().unwrap_or_default();
    note(&app, &response, &route_of(response.request()), &trace, started);
    Ok(if is_head { head::without_body(response) } else { response })
}

/// Most reads of a registry that seldom changes come from readers who have the answer: they are told so
/// before anything is looked up. Browsers of other origins go the long way, where they get their headers.
fn known_already(app: &App, req: &ServiceRequest) -> Option<Arc<Remembered>> {
    let has = |name| req.headers().contains_key(name);
    if *req.method() != Method::GET || has(header::ORIGIN) {
        return None;
    }
    let tags = req.headers().get(header::IF_NONE_MATCH)?.to_str().ok()?;
    let address = req.uri().path_and_query()?.as_str();
    if tags.len() > MAX_TAGS { None } else { app.memory.unchanged(app, address, tags) }
}

fn route_of(req: &HttpRequest) -> String {
    req.match_pattern().unwrap_or_else(|| "-".to_owned())
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
        let essence = parts.next().unwrap_or_default();
        let refused = parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        !refused && (essence.is_empty() || answers.iter().any(|answer| answer.eq_ignore_ascii_case(essence)))
    });
    // A file comes as the type it has, whatever the caller would rather have.
    let is_file = *req.method() == Method::GET
        && (["/v1/files/", "/v1/open/", "/v1/downloads/"].iter().any(|room| req.path().starts_with(room))
            || req.path().ends_with(".ics"));
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
fn note(app: &App, response: &ServiceResponse, route: &str, trace: &Trace, started: Instant) {
    let method = response.request().method();
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status();
    app.metrics.observe(method.as_str(), route, status, seconds);
    let level =
        if status == StatusCode::INTERNAL_SERVER_ERROR { log::Level::Error } else { log::Level::Info };
    log::log!(
        target: "kstt::request",
        level,
        "trace={} method={method} route={route} status={} ms={:.1} actor={}",
        trace.id,
        status.as_str(),
        seconds * 1000.0,
        trace.actor.as_deref().unwrap_or("-"),
    );
}
