//! What makes a rule sound, and the file that holds the rules.

use serde::Deserialize;

use super::{Cutoff, DeadlineRule, Every, RuleCertainty, Timing};
use crate::calendar::Term;

/// The rules as they are shipped.
#[derive(Debug, Clone, Deserialize)]
pub struct RuleTable {
    pub rules: Vec<DeadlineRule>,
}

/// What is wrong with a rule: a JSON Pointer into it and a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleFault {
    pub pointer: &'static str,
    pub code: &'static str,
}

impl DeadlineRule {
    /// Everything that is wrong with the rule.
    pub fn faults(&self) -> Vec<RuleFault> {
        let mut faults = Vec::new();
        let mut unless = |sound: bool, pointer, code| {
            if !sound {
                faults.push(RuleFault { pointer, code });
            }
        };
        let proper = self.valid_from.zip(self.valid_to).is_none_or(|(from, to)| from < to);
        unless(proper, "/valid_to", "ends_before_it_begins");
        unless(!self.responsible.is_empty(), "/responsible", "missing");
        let grounded = !self.basis.is_empty() || self.certainty == RuleCertainty::Design;
        unless(grounded, "/basis", "missing");
        let explained = self.certainty != RuleCertainty::Unverified || self.doubt.is_some();
        unless(explained, "/doubt", "missing");
        unless(self.soon_working_days <= 60, "/soon_working_days", "too_large");
        unless(self.timing.terms().iter().all(|term| term.check_amount().is_ok()), "/timing", "too_large");
        let (cutoffs, months) = self.timing.cutoffs();
        unless(!(months > 0 && cutoffs.is_empty()), "/timing", "missing");
        let in_period =
            |cutoff: &Cutoff| (1..=months).contains(&cutoff.month) && (1..=31).contains(&cutoff.day);
        unless(cutoffs.iter().all(in_period), "/timing", "outside_the_period");
        let kinds: Vec<_> = cutoffs.iter().flat_map(|cutoff| &cutoff.owed_by).collect();
        let once = kinds.iter().enumerate().all(|(at, kind)| !kinds[..at].contains(kind));
        unless(once, "/timing", "owed_twice");
        faults
    }
}

impl Timing {
    /// Whether dates of a period are named, and no event is counted from.
    pub fn is_of_dates(&self) -> bool {
        self.cutoffs().1 > 0
    }

    /// Whether the last day is named, for a period or by whoever asks, and no clock runs towards it.
    pub fn is_fixed(&self) -> bool {
        self.is_of_dates() || matches!(self, Self::Parameter { .. })
    }

    /// The cut-offs, and how many months their period has; none and 0 for other shapes.
    pub fn cutoffs(&self) -> (&[Cutoff], u32) {
        match self {
            Self::FixedDate { cutoffs } => (cutoffs, 12),
            Self::Recurring { every: Every::Quarter { cutoffs } } => (cutoffs, 3),
            Self::Recurring { every: Every::Month { cutoffs } } => (cutoffs, 1),
            _ => (&[], 0),
        }
    }

    fn terms(&self) -> Vec<&Term> {
        match self {
            Self::Term { term, other_reading } => {
                [Some(term), other_reading.as_ref()].into_iter().flatten().collect()
            }
            Self::Recurring { every: Every::Interval { term } } => vec![term],
            Self::Window { from, to } => from.iter().chain(to).collect(),
            _ => Vec::new(),
        }
    }
}
