//! Periodic reports: filled from records as far as there are any, corrected with a reason, submitted before the
//! cut-off, checked, added up and frozen.
//!
//! What is owed is an obligation for each unit, form and period; a report is what was said in it, revision by
//! revision. A figure is counted and listed by the same conditions (`measure`, `records`).

mod act;
mod book;
mod cells;
mod checks;
mod dossiers;
mod export;
mod fill;
mod forms;
mod held;
mod judge;
mod ledger;
mod list;
mod measure;
mod open;
mod periods;
mod read;
mod records;
mod rollup;
mod sight;
mod status;
mod submit;
mod sum;
mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

pub use forms::seed as seed_forms;
pub use sight::{open as open_for, seen};
pub use wire::CellOrigin;

pub use open::{begin, forgo, forms_of, open_office, open_periods, subject_of};

/// The kind of a report in the trail.
const KIND: &str = "report";
/// The kind of what a unit owes for a period, form by form.
pub const OWED: &str = "periodic_report";
/// The kind of what the city owes for a period (ND 09/2019 Art. 13).
pub const OF_CITY: &str = "city_report";

pub fn routes(config: &mut ServiceConfig) {
    forms::routes(config);
    periods::routes(config);
    status::routes(config);
    rollup::routes(config);
    book::routes(config);
    ledger::routes(config);
    list::routes(config);
    read::routes(config);
    fill::routes(config);
    submit::routes(config);
    judge::routes(config);
    records::routes(config);
    export::routes(config);
}
