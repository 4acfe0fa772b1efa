//! Dossiers (hồ sơ thủ tục hành chính): so far the counts of them that existing one-stop systems supply.

mod codes;
mod counts;
mod period;

#[cfg(test)]
mod tests;

pub use crate::reports::DossierStatus;
pub use codes::{CountChannel, CountFault, DossierCause};
pub use counts::{CauseCounts, Counts, Found, MOST, StatusCounts};
pub use period::{CountPeriod, LONGEST_DAYS};
