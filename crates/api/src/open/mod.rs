//! The registry of today as open data: files that anyone may take, made once a revision and day.

mod build;
mod catalogue;
mod cpsv;
mod routes;
mod serve;
mod spool;
mod table;

pub use routes::routes;
pub(crate) use spool::Spool;
