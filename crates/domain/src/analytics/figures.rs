//! Figures: counts, averages, percentiles and ratios from groups of equal parts.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::codes::AnalyticsKind;

/// A figure as it is told: a whole number, or one with a decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    Whole(i64),
    Tenths(i64),
}

impl Figure {
    /// Ten times the figure, by which figures of one measure are ordered.
    pub fn tenths(self) -> i128 {
        match self {
            Self::Whole(value) => i128::from(value) * 10,
            Self::Tenths(value) => i128::from(value),
        }
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(value) => serializer.serialize_i64(*value),
            Self::Tenths(value) => serializer.serialize_f64(*value as f64 / 10.0),
        }
    }
}

/// How many there are of each weight: a number of days, or 1 for what is part of a ratio and 0 for the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<i64, i64>);

impl Tally {
    /// Adds some of a weight.
    pub fn add(&mut self, weight: i64, amount: i64) {
        let found = self.0.entry(weight).or_default();
        *found = found.saturating_add(amount);
    }

    /// Adds another tally.
    pub fn join(&mut self, other: &Self) {
        other.0.iter().for_each(|(weight, amount)| self.add(*weight, *amount));
    }

    fn amount(&self) -> i128 {
        self.0.values().map(|amount| i128::from(*amount)).sum()
    }

    fn weighed(&self) -> i128 {
        self.0.iter().map(|(weight, amount)| i128::from(*weight) * i128::from(*amount)).sum()
    }

    /// The figure of a kind; there is none of what nothing is known of, but for counts and sums.
    pub fn figure(&self, kind: AnalyticsKind, percentile: Option<i64>) -> Option<Figure> {
        let (amount, weighed) = (self.amount(), self.weighed());
        let narrow = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
        let rounded =
            |of: i128| (amount > 0).then(|| Figure::Tenths(narrow((2 * of + amount) / (2 * amount))));
        match kind {
            AnalyticsKind::Count | AnalyticsKind::Sum => Some(Figure::Whole(narrow(amount))),
            AnalyticsKind::Average => rounded(10 * weighed),
            AnalyticsKind::Ratio => rounded(1000 * weighed),
            AnalyticsKind::Percentile => self.nearest(percentile?).map(Figure::Whole),
        }
    }

    /// The weight at the nearest rank: the first that so many in a hundred do not exceed.
    fn nearest(&self, percentile: i64) -> Option<i64> {
        let rank = (self.amount() * i128::from(percentile) + 99) / 100;
        let mut seen = 0;
        self.0.iter().find_map(|(weight, amount)| {
            seen += i128::from(*amount);
            (seen >= rank && seen > 0).then_some(*weight)
        })
    }
}
