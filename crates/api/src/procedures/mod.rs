//! The registry of administrative procedures: lists, search, single reads and imports.

mod import;
mod query;
mod routes;
mod rows;
mod wire;

pub use import::{ImportReport, ImportSettings, Outcome, import};
pub use routes::routes;
pub use rows::{Format, each_row};
