//! The contract and the server that keeps it: every route is registered once, here and in its room,
//! and is documented by the same registration.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::dev::{ResourceDef, Server};
use actix_web::http::header::{self, HeaderName};
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::{App as ActixApp, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::Value;
use utoipa::openapi::{Ref, RefOr, Response};
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::SwaggerUi;

mod shape;

use crate::app::App;
use crate::edge;
use crate::http::{ApiError, ProblemBody, ProblemCode};

/// Error answers that operations share, as `responses(…)` entries.
pub mod problems {
    use super::*;

    macro_rules! answers {
        ($($(#[$meta:meta])* $name:ident: $($status:literal)+;)+) => {$(
            $(#[$meta])*
            pub struct $name;

            impl utoipa::IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    [$($status),+].iter().map(|status| {
                        ((*status).to_owned(), RefOr::Ref(Ref::from_response_name(format!("Problem{status}"))))
                    }).collect()
                }
            }
        )+};
    }

    answers! {
        /// Any operation.
        Open: "400" "406" "429" "500";
        /// Operations that need a token.
        Guarded: "401" "403";
        /// Operations that name one thing.
        Missing: "404";
        /// Operations that take a body.
        Content: "408" "413" "415" "422";
        /// Operations that can collide with the present state or a retry.
        Collision: "409";
        /// Operations whose parameters have rules between them.
        Sense: "422";
        /// Operations that answer parts.
        Parts: "416";
        /// Operations that change an existing thing.
        Precondition: "412" "428";
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "kstt",
        version = "1.0.0",
        description = "Administrative procedure control (kiểm soát thủ tục hành chính) of a Vietnamese city: \
                       units in time, the registry of procedures and the legal documents it rests on, also as open \
                       data; the working calendar and the deadlines that units owe; feedback of citizens; periodic \
                       reports; counts of dossiers; analytics; notifications and webhooks; accounts and the audit \
                       trail.\n\nLists answer `{items, next_cursor}`; every refusal is an RFC 9457 problem with a \
                       stable `code`; every change of an existing thing needs `If-Match`; every `POST` that \
                       creates takes an `Idempotency-Key`. Dates are days in Vietnam, moments are UTC.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
        contact(name = "kstt", url = "https://example.org/kstt"),
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "units", description = "Agencies in time"),
        (name = "procedures", description = "The registry of administrative procedures"),
        (name = "legal-documents", description = "Legal documents that procedures rest on"),
        (name = "files", description = "Forms and other files that procedures carry"),
        (name = "open", description = "The registry as open data"),
        (name = "calendar", description = "Holidays and day arithmetic"),
        (name = "auth", description = "Tokens and keys"),
        (name = "me", description = "One's own account"),
        (name = "accounts", description = "Accounts, grants and service clients"),
        (name = "obligations", description = "Deadlines: the rules, what each unit owes, and why a date is what it is"),
        (name = "public-feedback", description = "Feedback for citizens, without login"),
        (name = "feedback", description = "Feedback and recommendations: receipt, transfer, answers, publicity"),
        (name = "reports", description = "Periodic reports: forms, periods, figures with the records behind them, roll-up"),
        (name = "dossiers", description = "Counts of dossiers, as one-stop systems supply them"),
        (name = "analytics", description = "Measures by dimensions, for the units one sees"),
        (name = "notifications", description = "One's own inbox, and when people are reminded"),
        (name = "webhooks", description = "Events for other systems"),
        (name = "audit", description = "The audit trail and the changes feed"),
        (name = "codes", description = "Code lists"),
        (name = "operations", description = "Health, metrics and the demo clock"),
    ),
    security(("bearer" = [])),
    components(schemas(ProblemBody, crate::http::Count, crate::export::ExportFormat, crate::export::ExportedTable, crate::export::ExportedRecords, crate::procedures::CountBy,
        crate::analytics::AnalyticsQuery, crate::analytics::AnalyticsResult)),
)]
struct Base;

fn rooms(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    // Routes are tried one after the other: the busiest room comes first.
    crate::procedures::routes(config);
    crate::units::routes(config);
    crate::accounts::routes(config);
    crate::calendar::routes(config);
    crate::obligations::routes(config);
    crate::feedback::routes(config);
    crate::reports::routes(config);
    crate::attachments::routes(config);
    crate::notifications::routes(config);
    crate::documents::routes(config);
    crate::dossiers::routes(config);
    crate::export::routes(config);
    crate::analytics::routes(config);
    crate::open::routes(config);
    crate::audit::routes(config);
    crate::codes::routes(config);
    crate::observe::routes(config);
}

/// The contract, as it is printed, served and tested.
pub fn document() -> Value {
    let (_, document) = ActixApp::new()
        .into_utoipa_app()
        .openapi(<Base as utoipa::OpenApi>::openapi())
        .configure(rooms)
        .split_for_parts();
    shape::finish(serde_json::to_value(document).unwrap_or_default())
}

/// `operation id · method · path · action`, one line each, in the order of ids.
pub fn operations(document: &Value) -> String {
    let mut lines: Vec<String> = each_operation(document)
        .map(|(path, method, operation)| {
            let id = operation["operationId"].as_str().unwrap_or("-").to_owned();
            let unguarded =
                if operation["security"] == serde_json::json!([{}]) { "public" } else { "any account" };
            let action = operation["x-action"].as_str().unwrap_or(unguarded);
            format!("{id} · {method} · {path} · {action}\n")
        })
        .collect();
    lines.sort();
    lines.concat()
}

/// (path, METHOD, operation) of everything in the contract.
fn each_operation(document: &Value) -> impl Iterator<Item = (String, String, Value)> {
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    paths.into_iter().flat_map(|(path, item)| {
        let item = item.as_object().cloned().unwrap_or_default();
        item.into_iter()
            .filter(|(_, operation)| operation.get("operationId").is_some())
            .map(move |(method, operation)| (path.clone(), method.to_uppercase(), operation))
    })
}

/// What the contract says of paths and methods, to answer 405 where a path exists.
struct Methods(Vec<(ResourceDef, String)>);

impl Methods {
    fn of(document: &Value) -> Self {
        let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (path, method, _) in each_operation(document) {
            let methods = paths.entry(path).or_default();
            if method == "GET" {
                methods.push("HEAD".into());
            }
            methods.push(method);
        }
        Self(
            paths
                .into_iter()
                .map(|(path, mut methods)| {
                    methods.sort();
                    (ResourceDef::new(path), methods.join(", "))
                })
                .collect(),
        )
    }

    fn allowed(&self, path: &str) -> Option<&str> {
        self.0.iter().find(|(pattern, _)| pattern.is_match(path)).map(|(_, methods)| methods.as_str())
    }
}

struct Contract(String);

async fn serve_contract(contract: web::Data<Contract>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(contract.0.clone())
}

async fn nothing_here(req: HttpRequest, methods: web::Data<Methods>) -> Result<HttpResponse, ApiError> {
    let Some(allowed) = methods.allowed(req.path()) else { return Err(ApiError::not_found()) };
    let refusal = ApiError::new(ProblemCode::MethodNotAllowed);
    let mut response = actix_web::ResponseError::error_response(&refusal);
    if let Ok(value) = header::HeaderValue::from_str(allowed) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    Ok(response)
}

fn cors(origins: &[String]) -> Cors {
    let exposed = [
        "ETag",
        "Location",
        "Retry-After",
        "RateLimit-Limit",
        "RateLimit-Remaining",
        "RateLimit-Reset",
        "X-Trace-Id",
        "Idempotency-Replayed",
    ];
    let mut cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "DELETE"])
        .allowed_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::ACCEPT,
            header::ACCEPT_LANGUAGE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("feedback-secret"),
            HeaderName::from_static("traceparent"),
        ])
        .expose_headers(exposed)
        .max_age(3600);
    for origin in origins {
        cors = cors.allowed_origin(origin);
    }
    cors
}

/// Threads of each worker that wait for the database and the disk: a few for each connection.
const BLOCKING_THREADS: usize = 16;

/// Starts serving `app`; answers the running server and the address it listens on.
pub fn serve(app: web::Data<App>, listen: SocketAddr) -> Result<(Server, SocketAddr), String> {
    let document = document();
    let methods = web::Data::new(Methods::of(&document));
    let contract = web::Data::new(Contract(document.to_string()));
    let workers = app.config.http_workers;
    let factory = move || {
        let swagger = SwaggerUi::new("/docs/{_:.*}").config(utoipa_swagger_ui::Config::from("/openapi.json"));
        ActixApp::new()
            .app_data(app.clone())
            .app_data(methods.clone())
            .wrap(Compress::default())
            .wrap(Condition::new(!app.config.cors_origins.is_empty(), cors(&app.config.cors_origins)))
            .wrap(from_fn(edge::edge))
            .into_utoipa_app()
            .openapi(<Base as utoipa::OpenApi>::openapi())
            .configure(rooms)
            .into_app()
            .service(swagger)
            .app_data(contract.clone())
            .route("/openapi.json", web::get().to(serve_contract))
            .route("/docs", web::get().to(|| async { to("/docs/") }))
            .route("/", web::get().to(|| async { to("/docs/") }))
            .default_service(web::to(nothing_here))
    };
    let server = HttpServer::new(factory)
        .workers(workers)
        .worker_max_blocking_threads(BLOCKING_THREADS)
        .client_request_timeout(Duration::from_secs(10))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(20)
        .bind(listen)
        .map_err(|e| {
            format!("cannot listen on {listen}: {e}; choose another address in KSTT_LISTEN or --listen")
        })?;
    let address = server.addrs().first().copied().unwrap_or(listen);
    Ok((server.run(), address))
}

fn to(path: &'static str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}
