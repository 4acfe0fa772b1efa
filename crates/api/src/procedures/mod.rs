//! The registry of administrative procedures: lists, search, single reads, versions, completeness, legal
//! documents and imports.

mod completeness;
mod diff;
mod facets;
mod find;
mod import;
mod legal;
mod links;
mod list;
mod query;
mod read;
mod routes;
mod rows;
mod settlers;
mod versions;
mod wire;

pub use completeness::CountBy;
pub use diff::ChangeKind;
pub use import::{CITY_NAME, ImportReport, ImportSettings, Outcome, import, known_units};
pub use links::LinkState;
pub use routes::routes;
pub use rows::{Format, each_row};
pub(crate) use settlers::{KnownSettlers, Settlers, SettlingUnit};
