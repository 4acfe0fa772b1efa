//! Deadlines over HTTP: the rules, what each unit owes, why a date is what it is, and what follows when
//! the calendar or a moment is corrected.
//!
//! Rooms open and meet obligations in the transaction of their own change; how one that is pending stands
//! is derived from the moment asked.

mod act;
mod asked;
mod assign;
mod clocks;
mod duties;
mod follow;
mod ics;
mod known;
mod list;
mod preview;
mod produce;
mod read;
mod retime;
mod rules;
mod sight;
mod timing;
mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

pub use asked::asked_once;
pub use clocks::{Clocks, meet};
pub use follow::follow_units;
pub use known::{KnownRule, KnownRules};
pub use produce::{OpenedYear, open_due_year, open_year, units_on};
pub use timing::rule_of;

pub fn routes(config: &mut ServiceConfig) {
    rules::routes(config);
    list::routes(config);
    preview::routes(config);
    produce::routes(config);
    retime::routes(config);
    read::routes(config);
    act::routes(config);
    assign::routes(config);
    duties::routes(config);
}
