//! A deadline rule as it is written down: data, never code.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{ResponsibleParty, RuleCertainty, RuleKind, RuleShape, Trigger};
use crate::calendar::{Term, TermUnit};
use crate::units::UnitKind;

/// One clock of the law, as it holds in one regime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeadlineRule {
    /// `K-44`.
    #[cfg_attr(
        feature = "schema",
        schema(max_length = 10, example = "K-44", pattern = "^K-[0-9]{2}[a-z]?$")
    )]
    pub id: String,
    /// The body of law it belongs to: the year it began.
    #[cfg_attr(feature = "schema", schema(max_length = 10, example = "2019"))]
    pub regime: String,
    /// The first day it holds; absent: since before the product's first year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// The first day it no longer holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// What has to be done.
    pub title: Words,
    pub trigger: Trigger,
    pub responsible: Vec<ResponsibleParty>,
    pub kind: RuleKind,
    /// What follows, or what the duty produces.
    pub consequence: Words,
    pub basis: Vec<Basis>,
    pub certainty: RuleCertainty,
    /// Whether the law leaves the numbers open, so that an administrator may set them from a date.
    #[serde(default)]
    pub open: bool,
    /// What is doubtful, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Words>,
    /// A row is due soon from this many working days before it warns.
    #[serde(default = "three")]
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 60))]
    pub soon_working_days: u32,
    pub timing: Timing,
}

fn three() -> u32 {
    3
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Words {
    #[cfg_attr(feature = "schema", schema(max_length = 500))]
    pub vi: String,
    #[cfg_attr(feature = "schema", schema(max_length = 500))]
    pub en: String,
}

/// Where a rule is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Basis {
    #[cfg_attr(feature = "schema", schema(max_length = 100, example = "63/2010/NĐ-CP"))]
    pub document: String,
    /// Article, clause and point as people write them; absent when the whole document is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 100, example = "Điều 15"))]
    pub place: Option<String>,
}

/// When the deadline is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "shape", rename_all = "snake_case", deny_unknown_fields)]
pub enum Timing {
    /// A length of time from the trigger.
    Term {
        term: Term,
        /// Another way to count where the text is doubtful; it warns and does not decide.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        other_reading: Option<Term>,
    },
    /// Days of the year the trigger names.
    FixedDate { cutoffs: Vec<Cutoff> },
    /// Days of each period, or every so often.
    Recurring { every: Every },
    /// On the day of the trigger.
    Immediate,
    /// An act is allowed from `from` to `to`.
    Window {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Term>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Term>,
    },
    /// At most so often.
    CountLimit {
        #[cfg_attr(feature = "schema", schema(maximum = 1000))]
        at_most: u32,
    },
    /// Set by someone, in this unit if it has one.
    Parameter {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<TermUnit>,
    },
}

/// How a recurring duty comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "rhythm", rename_all = "snake_case", deny_unknown_fields)]
pub enum Every {
    Quarter {
        cutoffs: Vec<Cutoff>,
    },
    Month {
        cutoffs: Vec<Cutoff>,
    },
    /// Again and again after the trigger, until it is done.
    Interval {
        term: Term,
    },
}

/// A last day within a period, for units of some kinds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Cutoff {
    /// Kinds of units that owe it; empty when it is not owed by units.
    pub owed_by: Vec<UnitKind>,
    /// The month within the period, 1 being its first.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 12))]
    pub month: u32,
    /// The day of that month; the last one when the month is shorter.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 31))]
    pub day: u32,
    /// Whether that day itself is still in time. "Trước ngày 20" can be read both ways.
    pub inclusive: bool,
}

impl Timing {
    /// The shape, as lists name it.
    pub fn shape(&self) -> RuleShape {
        match self {
            Self::Term { .. } => RuleShape::Term,
            Self::FixedDate { .. } => RuleShape::FixedDate,
            Self::Recurring { .. } => RuleShape::Recurring,
            Self::Immediate => RuleShape::Immediate,
            Self::Window { .. } => RuleShape::Window,
            Self::CountLimit { .. } => RuleShape::CountLimit,
            Self::Parameter { .. } => RuleShape::Parameter,
        }
    }
}
