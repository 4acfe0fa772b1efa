//! The operations of the room.

use utoipa_actix_web::service_config::ServiceConfig;

use super::{correct, export, import, list, read};

pub fn routes(config: &mut ServiceConfig) {
    // What has no id in its path comes first.
    list::routes(config);
    export::routes(config);
    import::routes(config);
    read::routes(config);
    correct::routes(config);
}
