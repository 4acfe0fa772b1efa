//! Deadlines: the clocks of the law as data, and the moments they give.
//!
//! A rule of shape `term`, `fixed_date`, `recurring` or `immediate` gives an obligation its moments; the
//! other shapes are checked where they apply. How one that is pending stands is derived from its moments
//! and the moment asked, never stored.

mod codes;
mod deadline;
mod duty_period;
mod reminders;
mod rule;
mod rules;

#[cfg(test)]
mod tests;

pub use codes::{
    DateReading, ObligationOutcome, ObligationState, ResponsibleParty, RuleCertainty, RuleKind, RuleShape,
    Trigger,
};
pub use deadline::{Counting, Deadline, NoDeadline, Opening, Reading};
pub use duty_period::DutyPeriod;
pub use reminders::{Reminded, ReminderSchedule, ReminderSide, ReminderStep, Turn};
pub use rule::{Basis, Cutoff, DeadlineRule, Every, Timing, Words};
pub use rules::{RuleFault, RuleTable};
