//! Health and metrics.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, get};
use kstt_domain::calendar::vn_date;
use kstt_domain::codes::Code;
use kstt_domain::notifications::DeliveryState;
use kstt_persistence::notifications;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::contract::problems;
use crate::http::{ApiError, ProblemCode, Reply, Visitor};

/// What is measured of a process.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    /// Messages on their way out, told when they are asked for.
    deliveries: IntGaugeVec,
}

impl Metrics {
    /// Fresh counters.
    #[expect(clippy::expect_used, reason = "names and labels are constants that Prometheus accepts")]
    pub fn new() -> Self {
        let requests = IntCounterVec::new(
            Opts::new("kstt_http_requests_total", "Requests answered, by route and status"),
            &["method", "route", "status"],
        );
        let seconds = HistogramVec::new(
            HistogramOpts::new("kstt_http_request_seconds", "Time to answer, by route")
                .buckets(vec![0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0]),
            &["method", "route"],
        );
        let (requests, seconds) = (requests.expect("valid metric"), seconds.expect("valid metric"));
        let deliveries = IntGaugeVec::new(
            Opts::new("kstt_deliveries", "Messages to webhooks and mailboxes, by state"),
            &["state"],
        );
        let deliveries = deliveries.expect("valid metric");
        let registry = Registry::new();
        let collectors: [Box<dyn prometheus::core::Collector>; 3] =
            [Box::new(requests.clone()), Box::new(seconds.clone()), Box::new(deliveries.clone())];
        for collector in collectors {
            registry.register(collector).expect("each metric is registered once");
        }
        Self { registry, requests, seconds, deliveries }
    }

    /// Counts one answered request.
    pub fn observe(&self, method: &str, route: &str, status: StatusCode, seconds: f64) {
        self.requests.with_label_values(&[method, route, status.as_str()]).inc();
        self.seconds.with_label_values(&[method, route]).observe(seconds);
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// The process runs.
#[derive(Serialize, ToSchema)]
struct Live {
    #[schema(example = "live", max_length = 20)]
    status: &'static str,
}

/// The process can serve.
#[derive(Serialize, ToSchema)]
struct Ready {
    #[schema(example = "ready", max_length = 20)]
    status: &'static str,
    /// The product's time, UTC; the demo clock's in a demo.
    now: chrono::DateTime<chrono::Utc>,
    /// Today in Vietnam by that time.
    today: chrono::NaiveDate,
    /// `real` or `demo`.
    #[schema(example = "demo", max_length = 20)]
    clock: &'static str,
}

/// Whether the process runs
///
/// Answers as long as the process runs at all.
#[utoipa::path(tag = "operations", operation_id = "getLiveness", security(()), responses(
    (status = 200, description = "It runs", body = Live), problems::Open,
))]
#[get("/health/live")]
async fn live(_: Visitor) -> Result<HttpResponse, ApiError> {
    Ok(Reply::ok(&Live { status: "live" })?.into_response())
}

/// Whether the process can serve
///
/// Answers 200 when the database answers, with the product's time and the clock in use.
#[utoipa::path(tag = "operations", operation_id = "getReadiness", security(()), responses(
    (status = 200, description = "It can serve", body = Ready), problems::Open,
    (status = 503, description = "It cannot serve now", body = crate::http::ProblemBody, content_type = "application/problem+json"),
))]
#[get("/health/ready")]
async fn ready(visitor: Visitor) -> Result<HttpResponse, ApiError> {
    let answers = visitor.read(|conn| Ok(kstt_persistence::calendar::latest(conn)?)).await;
    if answers.is_err() {
        return Err(ApiError::new(ProblemCode::Unavailable));
    }
    let clock = match visitor.app.config.clock {
        crate::config::ClockChoice::Real => "real",
        crate::config::ClockChoice::Demo(_) => "demo",
    };
    let body = Ready { status: "ready", now: visitor.now, today: vn_date(visitor.now), clock };
    Ok(Reply::ok(&body)?.into_response())
}

/// Measurements for Prometheus
///
/// Only for addresses in `KSTT_METRICS_NETWORKS`; others get 404.
#[utoipa::path(tag = "operations", operation_id = "getMetrics", security(()), responses(
    (status = 200, description = "The measurements", body = String, content_type = "text/plain"), problems::Open, problems::Missing,
))]
#[get("/metrics")]
async fn metrics(visitor: Visitor) -> Result<HttpResponse, ApiError> {
    let allowed = visitor.address.is_some_and(|address| {
        visitor.app.config.metrics_networks.iter().any(|network| network.contains(&address))
    });
    if !allowed {
        return Err(ApiError::not_found());
    }
    // No further than this is counted for each receiver.
    let tally = visitor.read(|conn| Ok(notifications::tally_all(conn, 10_000)?)).await?;
    let gauges = &visitor.app.metrics.deliveries;
    for (state, count) in [(DeliveryState::Pending, tally.pending), (DeliveryState::Dead, tally.dead)] {
        gauges.with_label_values(&[state.code()]).set(count);
    }
    let mut text = Vec::new();
    TextEncoder::new().encode(&visitor.app.metrics.registry.gather(), &mut text).map_err(|error| {
        log::error!("metrics: {error}");
        ApiError::new(ProblemCode::Internal)
    })?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/plain; version=0.0.4")).body(text))
}

pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config.service(live).service(ready).service(metrics);
}
