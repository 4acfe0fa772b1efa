//! Messages over HTTP: the inbox of each person, the subscriptions of other systems, and the background
//! work that brings both what happened.
//!
//! The sealed trail is the outbox. `dispatch` reads it in order and stores what follows for each receiver;
//! `send` brings it out, lane by lane; `remind` writes reminders into the trail. No message holds more of a
//! person than a reference.

mod announce;
mod deliveries;
mod dispatch;
mod inbox;
mod known;
mod preferences;
mod remind;
mod schedule;
mod send;
mod webhooks;
mod words;

use utoipa_actix_web::service_config::ServiceConfig;

pub use dispatch::dispatch_tick;
pub use remind::remind_tick;
pub use schedule::MessageData;
pub use send::{Outgoing, send_turn};

pub fn routes(config: &mut ServiceConfig) {
    inbox::routes(config);
    preferences::routes(config);
    schedule::routes(config);
    webhooks::routes(config);
    deliveries::routes(config);
}
