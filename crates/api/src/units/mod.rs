//! Units in time over HTTP: who exists on a day, below whom, what became of whom, and who the focal
//! officers are.
//!
//! A change never rewrites what held before its day; `reshape` holds the changes that move things
//! from one unit to another, each with a rehearsal. Refusals come in one order: permission,
//! existence, `If-Match`, content, state.

mod check;
mod focal;
mod known;
mod reshape;
mod routes;
mod view;
mod wire;
mod work;

use utoipa_actix_web::service_config::ServiceConfig;

pub use check::Named;
pub use known::KnownUnits;

pub fn routes(config: &mut ServiceConfig) {
    routes::routes(config);
    reshape::routes(config);
    focal::routes(config);
}
