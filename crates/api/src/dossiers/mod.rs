//! Dossiers over HTTP: so far the counts of them that one-stop systems supply. Records come in bulk; one that is
//! stored changes only for a reason, which the trail keeps with what was there before.

mod correct;
mod export;
mod given;
mod import;
mod list;
mod read;
mod routes;
mod sight;
mod wire;

/// The kind of a record in the trail.
pub const KIND: &str = "dossier_count";
/// The kind of what came in for one unit at once.
pub const KIND_OF_MANY: &str = "unit_dossier_counts";

pub use routes::routes;
