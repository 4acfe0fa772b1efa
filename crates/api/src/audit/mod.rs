//! The audit trail, the changes feed and the seals that hold them together.

mod changes;
mod list;
mod seal;
mod sight;

use utoipa_actix_web::service_config::ServiceConfig;

pub use seal::{Report, heads_file, seal_tick, stop_sealing, verify};
pub use sight::{FeedSight, sight};

pub fn routes(config: &mut ServiceConfig) {
    list::routes(config);
    changes::routes(config);
}
