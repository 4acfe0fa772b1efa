//! Messages: what people find in their inbox, who subscribes to what, and what is on its way out.

mod deliveries;
mod inbox;
mod positions;
mod preferences;
mod webhooks;

pub use deliveries::{
    DeliveryRow, Lane, MAIL, Outbound, Tally, begin, deliveries, due, enqueue, fail, lane, open_lane, replay,
    rest, rested, settle, tally, tally_all,
};
pub use inbox::{NotificationRow, Unread, insert, list, mark_read, of_event, unread};
pub use positions::{advance, position};
pub use preferences::{PreferencesRow, preferences, set_preferences};
pub use webhooks::{WebhookRow, all_webhooks, create_webhook, live_webhooks, update_webhook, webhook};
