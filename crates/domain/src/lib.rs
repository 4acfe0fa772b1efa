//! The rules of administrative procedure control (kiểm soát thủ tục hành chính).
//!
//! Everything here is a plain function of its arguments: no I/O, no clock, no database, no random
//! numbers. Moments and identifiers are passed in.

pub mod analytics;
pub mod attachments;
pub mod calendar;
pub mod codes;
pub mod dossiers;
pub mod exports;
pub mod feedback;
pub mod notifications;
pub mod obligations;
pub mod period;
pub mod policy;
pub mod procedures;
pub mod reports;
pub mod text;
pub mod units;
