//! Feedback and recommendations over HTTP: from a citizen's complaint to a published answer.
//!
//! A citizen needs no account: a code and a secret in a header stand for the item. Every act goes through
//! `act`, which asks the policy, the transition function and the version, and lets the clocks follow. Who
//! sent an item is sealed and appears in one place only, `sender`.

mod act;
mod citizen;
mod clocks;
mod correct;
mod export;
mod facts;
mod handle;
mod intake;
mod judge;
mod ledger;
mod letter;
mod letter_files;
mod list;
mod part;
mod publish;
mod read;
mod replay;
mod retention;
mod secret;
mod sender;
mod sight;
mod windows;
mod wire;

use kstt_domain::feedback::FeedbackParameters;
use utoipa_actix_web::service_config::ServiceConfig;

pub use clocks::follow_clock;
pub use facts::facts_tick;
pub use part::Resemblance;
pub use replay::replay;
pub use secret::{Secret, SecretHeader, own, proven};
pub use sender::of as sender_of;
pub use sight::{follow_units, is_complained_of, reading, target, visible};
pub use windows::windows_tick;
pub use wire::MissingPart;

/// The kind of these items in the trail and among deadlines.
pub const KIND: &str = "feedback";

/// The numbers of this room as they are shipped. The error is one sentence for the operator.
pub fn parameters() -> Result<FeedbackParameters, String> {
    serde_json::from_str(include_str!("../../../../data/feedback-parameters.json"))
        .map_err(|error| format!("feedback-parameters.json cannot be read: {error}"))
}

pub fn routes(config: &mut ServiceConfig) {
    // What has no id in its path comes first.
    intake::routes(config);
    citizen::routes(config);
    list::routes(config);
    export::routes(config);
    ledger::routes(config);
    retention::routes(config);
    read::routes(config);
    judge::routes(config);
    part::routes(config);
    handle::routes(config);
    publish::routes(config);
    correct::routes(config);
    sender::routes(config);
}
