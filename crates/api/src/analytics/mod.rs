//! Analytics: measures by dimensions, narrowed, for whatever units the caller sees. One grouped count of the
//! database for each question; scope is set here and no question widens it.

mod answer;
mod catalogue;
mod check;
mod count;
mod routes;
mod units;
mod wire;

pub use routes::routes;
pub use wire::{AnalyticsQuery, AnalyticsResult};
