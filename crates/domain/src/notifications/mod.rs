//! Messages to people and machines: who is told, what a subscription hears, and when a message that did
//! not arrive is tried again.

mod codes;
mod events;
mod retries;

pub use codes::{Audience, DeliveryState, NoticeKind};
pub use events::{EventPattern, UnknownEvent};
pub use retries::{Retries, RetryTable};
