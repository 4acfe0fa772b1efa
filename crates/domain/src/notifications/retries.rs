//! When a message that did not arrive is tried again: data.

use chrono::TimeDelta;
use serde::Deserialize;

/// The schedules as they are shipped.
#[derive(Debug, Clone, Deserialize)]
pub struct RetryTable {
    pub webhook: Retries,
    pub email: Retries,
}

/// One schedule, in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Retries {
    /// The waits after each attempt that failed. After the last one a message is given up.
    waits: Vec<u32>,
    /// A receiver that fails again and again is never left alone for longer.
    longest_rest: u32,
}

impl Retries {
    /// How long to wait after so many failed attempts of one message; `None`: it is given up.
    pub fn after(&self, attempts: usize) -> Option<TimeDelta> {
        let wait = self.waits.get(attempts.checked_sub(1)?)?;
        Some(TimeDelta::seconds(i64::from(*wait)))
    }

    /// How long to leave a receiver alone that has failed so often in a row.
    pub fn rest(&self, failures: usize) -> TimeDelta {
        let wait = self.waits.get(failures.saturating_sub(1)).copied().unwrap_or(self.longest_rest);
        TimeDelta::seconds(i64::from(wait.min(self.longest_rest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_tried_for_days_and_then_given_up() {
        let table: RetryTable =
            serde_json::from_str(include_str!("../../../../data/delivery-retries.json")).unwrap();
        for retries in [&table.webhook, &table.email] {
            assert!(retries.waits.is_sorted() && retries.waits.len() >= 5);
            assert!(retries.after(0).is_none() && retries.after(1).is_some());
            assert_eq!(retries.after(retries.waits.len() + 1), None);
            assert_eq!(retries.rest(1000), TimeDelta::seconds(i64::from(retries.longest_rest)));
            assert!(retries.rest(1) < retries.rest(1000));
            let whole: u32 = retries.waits.iter().sum();
            assert!(whole >= 2 * 86_400, "given up after {whole} s");
        }
    }
}
