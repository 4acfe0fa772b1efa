//! Rows and queries, one module per room, on SQLite and PostgreSQL.
//!
//! Functions per noun on a concrete connection; no repository traits. Every function that writes on
//! someone's behalf takes a [`kstt_domain::policy::Permit`] of its own action.

pub mod accounts;
pub mod analytics;
pub mod attachments;
pub mod audit;
pub mod calendar;
mod columns;
pub mod counters;
pub mod db;
pub mod documents;
pub mod dossiers;
mod error;
pub mod exports;
pub mod feedback;
mod hex;
pub mod idempotency;
mod index_storage;
pub mod installation;
pub mod leases;
pub mod notifications;
pub mod obligations;
pub mod procedures;
pub mod reports;
mod revision;
pub mod schema;
pub mod units;
mod visible;

pub use columns::Stored;
pub use db::{Conn, Db, Target};
pub use error::Error;
pub use hex::hex;
pub use revision::{Revision, revision};
pub use visible::{Page, Scope};

/// The backend of [`Conn`], for boxed queries.
pub type Backend = <Conn as diesel::Connection>::Backend;
