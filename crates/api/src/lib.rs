//! The HTTP contract of kstt: routes, wire shapes and the work behind them.
//!
//! `edge` is what every request passes on its way in and out, `http` the vocabulary handlers are
//! written in, and each other module is a room with `routes`, `wire` and, where it writes, `work`.

pub mod accounts;
mod analytics;
pub mod app;
mod attachments;
pub mod audit;
pub mod calendar;
pub mod clock;
pub mod codes;
pub mod config;
pub mod contract;
mod counted;
mod documents;
mod dossiers;
mod edge;
mod export;
mod feedback;
mod http;
pub mod keys;
mod ledger;
pub mod mode;
mod notifications;
mod obligations;
mod observe;
mod open;
pub mod procedures;
mod remember;
mod reports;
pub mod seed;
mod sight;
pub mod units;
pub mod worker;

pub use app::App;
pub use config::Config;
pub use contract::serve;
pub use counted::counted;
pub use http::{ApiError, Halt, Tx};
