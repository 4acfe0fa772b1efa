//! What a webhook is to be, and how it is shown. Its secret is shown once, when it is made.

use chrono::{DateTime, Utc};
use kstt_domain::notifications::EventPattern;
use kstt_persistence::notifications::{self as rows, WebhookRow};
use kstt_persistence::{Conn, units};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::{ApiError, CountBody, Faults, Tx, say};

/// What a webhook is to be.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Cổng thông tin", "url": "https://portal.example/hooks/kstt", "unit": "VPUBND", "events": ["obligations.*"] }))]
pub struct WebhookSpec {
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// An https address on the public network; what it resolves to is checked at every call.
    #[schema(min_length = 10, max_length = 500)]
    pub url: String,
    /// Code of a unit: events are heard that a procedure controller of it may learn of.
    #[schema(max_length = 20)]
    pub unit: String,
    /// `*`, a room such as `obligations.*`, or actions such as `obligations.meet`.
    #[schema(min_items = 1, max_items = 50)]
    pub events: Vec<String>,
    /// It hears nothing; what was on its way waits.
    #[serde(default)]
    pub disabled: bool,
}

/// A subscription, and how it is doing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub struct WebhookView {
    /// UUID.
    #[schema(max_length = 36)]
    pub id: String,
    #[schema(max_length = 200)]
    pub name: String,
    #[schema(max_length = 500)]
    pub url: String,
    #[schema(max_length = 20)]
    pub unit: String,
    #[schema(max_items = 50)]
    pub events: Vec<String>,
    pub disabled: bool,
    /// Until then the secret before the last rotation signs as well.
    pub old_secret_until: Option<DateTime<Utc>>,
    pub health: WebhookHealth,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// How a receiver is doing, by real time.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookHealth {
    /// Events on their way.
    pub pending: CountBody,
    /// Events given up; they can be replayed.
    pub dead: CountBody,
    /// Failures in a row.
    #[schema(minimum = 0, maximum = 1000000000)]
    pub failures: i64,
    pub failing_since: Option<DateTime<Utc>>,
    /// It is left alone until then.
    pub resting_until: Option<DateTime<Utc>>,
}

/// A webhook with a secret that was made now.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedWebhook {
    pub webhook: WebhookView,
    /// Told once; null in the answer to a retry. In the form of Standard Webhooks.
    #[schema(max_length = 100, example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")]
    pub secret: Option<String>,
}

/// A webhook and how its receiver is doing.
pub fn view(app: &App, conn: &mut Conn, row: WebhookRow) -> Result<WebhookView, ApiError> {
    let unit = units::by_id(conn, &row.unit_id)?.ok_or_else(ApiError::not_found)?;
    let tally = rows::tally(conn, &row.id, CountBody::ASKED)?;
    let lane = rows::lane(conn, &row.id)?;
    let real_now = app.clock.real_now().naive_utc();
    let resting = lane.as_ref().map(|lane| lane.rest_until).filter(|until| *until > real_now);
    Ok(WebhookView {
        id: row.id,
        name: row.name,
        url: row.url,
        unit: unit.code,
        events: row.events.split(' ').map(str::to_owned).collect(),
        disabled: row.disabled_at.is_some(),
        old_secret_until: row.old_secret_until.filter(|until| *until > real_now).map(|until| until.and_utc()),
        health: WebhookHealth {
            pending: CountBody::of(tally.pending),
            dead: CountBody::of(tally.dead),
            failures: lane.as_ref().map_or(0, |lane| lane.failures),
            failing_since: lane.and_then(|lane| lane.failing_since).map(|since| since.and_utc()),
            resting_until: resting.map(|until| until.and_utc()),
        },
        created_at: row.created_at.and_utc(),
        updated_at: row.updated_at.and_utc(),
    })
}

/// A spec in the form it is stored in.
pub struct Checked {
    pub name: String,
    pub url: String,
    pub unit_id: String,
    pub events: String,
    pub disabled: bool,
}

/// Refuses a spec with everything that is wrong with it.
pub fn check(tx: &mut Tx<'_>, wanted: &WebhookSpec) -> Result<Checked, ApiError> {
    let mut faults = Faults::default();
    let name = faults.line("/name", &wanted.name, 200);
    faults.line("/url", &wanted.url, 500);
    if let Err(detail) = tx.app.outgoing.check_address(&wanted.url) {
        faults.add("/url", "refused_address", detail);
    }
    let unit = units::by_code(tx.conn, &wanted.unit)?;
    if unit.is_none() {
        faults.add("/unit", "unknown_unit", say("Không có đơn vị này.", "There is no such unit."));
    }
    if !(1..=50).contains(&wanted.events.len()) {
        faults.add("/events", "length", say("Cần 1 đến 50 mẫu.", "It needs 1 to 50 patterns."));
    }
    for (index, pattern) in wanted.events.iter().enumerate() {
        if pattern.parse::<EventPattern>().is_err() {
            let detail = say(
                "Không có sự kiện này; xem /v1/codes/action.",
                "There is no such event; see /v1/codes/action.",
            );
            faults.add(format!("/events/{index}"), "unknown_event", detail);
        }
    }
    faults.finish()?;
    let unit_id = unit.map(|unit| unit.id).ok_or_else(ApiError::not_found)?;
    let events = wanted.events.join(" ");
    Ok(Checked { name, url: wanted.url.clone(), unit_id, events, disabled: wanted.disabled })
}
