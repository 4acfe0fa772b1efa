//! The data of messages: the schedule of reminders, the schedules of retries, the words.

use actix_web::{HttpResponse, get};
use kstt_domain::notifications::RetryTable;
use kstt_domain::obligations::{ReminderSchedule, ReminderStep};
use utoipa_actix_web::service_config::ServiceConfig;

use super::words::Templates;
use crate::contract::problems;
use crate::http::{ApiError, Page, Reply, Visitor};

const STEPS: &str = include_str!("../../../../data/reminder-steps.json");
const RETRIES: &str = include_str!("../../../../data/delivery-retries.json");
const TEMPLATES: &str = include_str!("../../../../data/message-templates.json");

/// What messages are made with.
pub struct MessageData {
    pub reminders: ReminderSchedule,
    pub retries: RetryTable,
    pub templates: Templates,
}

impl MessageData {
    /// Reads the shipped data. The error is one sentence for the operator.
    pub fn load() -> Result<Self, String> {
        let read = |name: &str, error: serde_json::Error| format!("{name} cannot be read: {error}");
        Ok(Self {
            reminders: serde_json::from_str(STEPS).map_err(|e| read("reminder-steps.json", e))?,
            retries: serde_json::from_str(RETRIES).map_err(|e| read("delivery-retries.json", e))?,
            templates: Templates::read(TEMPLATES)?,
        })
    }
}

/// Read the schedule of reminders
///
/// When people are reminded of what is still to be done, and who; every step is sent once. After an outage
/// only the latest one that is due is sent.
#[utoipa::path(tag = "notifications", operation_id = "listReminderSteps", security(()), responses(
    (status = 200, description = "The steps, in order", body = Page<ReminderStep>), problems::Open,
))]
#[get("/v1/reminder-steps")]
async fn list_reminder_steps(visitor: Visitor) -> Result<HttpResponse, ApiError> {
    let items = visitor.app.messages.reminders.steps.clone();
    Ok(Reply::ok(&Page { items, next_cursor: None, count: None })?.into_response())
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_reminder_steps);
}
