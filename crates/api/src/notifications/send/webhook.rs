//! Calling a webhook.

use kstt_domain::policy::actions::ManageWebhooks;
use kstt_domain::policy::{Actor, Target};
use kstt_persistence::audit::Change;
use kstt_persistence::notifications::{self as rows, Outbound, WebhookRow};
use kstt_persistence::units;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Concern, NotSent, envelope};
use crate::app::App;
use crate::http::{ApiError, Halt, ProblemCode, Tx};

/// What a receiver said to a test event.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestResult {
    /// The `webhook-id` it was sent under.
    #[schema(max_length = 36)]
    event_id: String,
    delivered: bool,
    /// Why not.
    #[schema(max_length = 500)]
    error: Option<String>,
}

/// Seals a secret of a webhook for storing.
pub fn seal_secret(app: &App, id: &str, secret: &[u8]) -> Result<String, ApiError> {
    let mut nonce = [0; 24];
    nonce.copy_from_slice(&app.ids.random(24));
    app.master.seal(secret, &context(id), nonce).map_err(broken)
}

fn context(id: &str) -> String {
    format!("webhook {id}")
}

fn broken(error: String) -> ApiError {
    log::error!("{error}");
    ApiError::new(ProblemCode::Internal)
}

/// Secrets that sign now: the present one first.
fn secrets(app: &App, row: &WebhookRow) -> Result<Vec<Vec<u8>>, ApiError> {
    let real_now = app.clock.real_now().naive_utc();
    let old = row.old_secret.as_ref().filter(|_| row.old_secret_until.is_some_and(|until| until > real_now));
    let open = |sealed: &String| app.master.open(sealed, &context(&row.id)).map_err(broken);
    std::iter::once(&row.secret).chain(old).map(open).collect()
}

/// Sends an event on its way. A webhook that is disabled is not called, and what waits for it goes on
/// waiting.
pub fn send(app: &App, outbound: &Outbound) -> Result<Result<(), NotSent>, ApiError> {
    let (row, unit) = app.db.read(|conn| {
        let row = rows::webhook(conn, &outbound.delivery.recipient)?;
        let unit = match &outbound.event.unit_id {
            Some(id) => units::by_id(conn, id)?.map(|unit| unit.code),
            None => None,
        };
        Ok::<_, kstt_persistence::Error>((row, unit))
    })?;
    let Some(row) = row.filter(|row| row.disabled_at.is_none()) else {
        return Ok(Err(NotSent { reason: "the webhook is disabled".into(), of: Concern::Lane }));
    };
    let event = envelope::cloud_event(&app.config.issuer, &outbound.event, unit.as_deref(), outbound.seq);
    call(app, &row, &outbound.event.id, &event)
}

/// Sends a test event, now and once.
pub fn test(app: &App, row: &WebhookRow) -> Result<TestResult, ApiError> {
    let event_id = app.ids.id();
    let event = envelope::test_event(&app.config.issuer, &event_id, &row.id, app.clock.now());
    let sent = call(app, row, &event_id, &event)?;
    Ok(TestResult { event_id, delivered: sent.is_ok(), error: sent.err().map(|failure| failure.reason) })
}

fn call(app: &App, row: &WebhookRow, id: &str, event: &Value) -> Result<Result<(), NotSent>, ApiError> {
    let body = event.to_string();
    let timestamp = app.clock.real_now().timestamp();
    let signature = envelope::signature(&secrets(app, row)?, id, timestamp, &body);
    let answered = app
        .outgoing
        .http
        .post(&row.url)
        .header("content-type", "application/cloudevents+json")
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp.to_string())
        .header("webhook-signature", signature)
        .send(body);
    Ok(match answered.map(|answer| answer.status().as_u16()) {
        Ok(200..=299) => Ok(()),
        Ok(status @ 300..=399) => {
            Err(failed(format!("the receiver redirects ({status}), which is not followed")))
        }
        Ok(410) => Err(NotSent { reason: "the receiver is gone (410)".into(), of: Concern::Receiver }),
        Ok(status) => Err(failed(format!("the receiver answered {status}"))),
        Err(error) => Err(failed(error.to_string().chars().take(400).collect())),
    })
}

fn failed(reason: String) -> NotSent {
    NotSent { reason, of: Concern::Lane }
}

/// Disables a webhook whose receiver is gone for good.
pub fn disable(app: &App, id: &str) -> Result<(), ApiError> {
    let actor = Actor::system("webhooks");
    let disabled = app.db.write(|conn| {
        let mut tx = Tx::of_system(conn, app, &actor);
        let Some(mut row) = rows::webhook(tx.conn, id)?.filter(|row| row.disabled_at.is_none()) else {
            return Ok(());
        };
        let permit = tx.permit::<ManageWebhooks>(&Target::city(id))?;
        let now = tx.now.naive_utc();
        (row.disabled_at, row.updated_at, row.version) = (Some(now), now, row.version + 1);
        rows::update_webhook(tx.conn, &permit, &row)?;
        let after = json!({ "done": "receiver gone", "disabled": true });
        let unit_id = Some(row.unit_id.as_str());
        let change =
            Change { kind: "webhook", id, key: id, unit_id, after: Some(after), ..Change::default() };
        Ok::<_, Halt>(tx.audit(&permit, change)?)
    });
    match disabled {
        Err(Halt::Refused(error)) => Err(error),
        _ => Ok(()),
    }
}
