//! Deadlines as rows: rules in versions, obligations, and who sees them.
//!
//! What has become of an obligation is stored with it; how one that is pending stands is not: `standing`
//! tells it from the row and the moment asked.

mod feeds;
mod list;
mod reminders;
mod rules;
mod sight;
mod standing;
mod write;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::obligations::ObligationOutcome;

pub use feeds::{FeedRow, feed_of_token, feeds_of, give_feed, revoke_feed};
pub use list::{Filter, counts, find, list, pauses, pending_after};
pub use reminders::{dealt_with, note_reminder, remind_again, reminded_with, to_remind};
pub use rules::{
    NewRuleVersion, RuleRow, all_rules, insert_rule, publish_rule, rule, rule_on, rule_versions, rules_on,
};
pub use sight::{ROOM, show_again};
pub use standing::state_of;
pub use write::{
    Moments, about, assign, cancel, hand_over, insert, is_produced, let_off_since, meet, of_subject, of_unit,
    resume, retime, subjects_of, suspend,
};

use crate::Stored;
use crate::schema::{obligation_pauses, obligations};

/// Something a unit has to do, and until when.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = obligations, treat_none_as_default_value = false)]
pub struct ObligationRow {
    pub id: String,
    /// The last lawful day and the id: the order of every list.
    pub sort_key: String,
    pub rule: String,
    pub rule_version: i64,
    pub subject_kind: String,
    pub subject_id: String,
    pub unit_id: String,
    /// Tells several obligations of one rule and subject apart, from 1.
    pub sequence: i64,
    pub officer_id: Option<String>,
    pub trigger_at: NaiveDateTime,
    pub soon_at: NaiveDateTime,
    pub warn_at: NaiveDateTime,
    pub due_at: NaiveDateTime,
    pub due_on: NaiveDate,
    pub calendar_version: i64,
    pub paused_at: Option<NaiveDateTime>,
    pub met_at: Option<NaiveDateTime>,
    pub cancelled_at: Option<NaiveDateTime>,
    /// Follows from the moments before it; writing sets it.
    pub outcome: Stored<ObligationOutcome>,
    /// What was said when it was met or cancelled.
    pub note: Option<String>,
    /// When to look again whether someone is to be reminded; writing sets it.
    pub remind_at: Option<NaiveDateTime>,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

impl ObligationRow {
    /// What is new: nothing was done yet, and nobody has it. It is the first of its rule and subject.
    pub fn fresh(
        id: String,
        rule: &str,
        (subject_kind, subject_id): (&str, &str),
        unit_id: &str,
        moments: &Moments,
        now: NaiveDateTime,
    ) -> Self {
        Self {
            sort_key: Self::sort_key(moments.due_on, &id),
            id,
            rule: rule.to_owned(),
            rule_version: moments.rule_version,
            subject_kind: subject_kind.to_owned(),
            subject_id: subject_id.to_owned(),
            unit_id: unit_id.to_owned(),
            sequence: 1,
            officer_id: None,
            trigger_at: moments.trigger_at,
            soon_at: moments.soon_at,
            warn_at: moments.warn_at,
            due_at: moments.due_at,
            due_on: moments.due_on,
            calendar_version: moments.calendar_version,
            paused_at: None,
            met_at: None,
            cancelled_at: None,
            outcome: Stored(ObligationOutcome::Pending),
            note: None,
            remind_at: Some(now),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// The same, done as soon as it was owed.
    pub fn done(mut self, met_at: NaiveDateTime) -> Self {
        self.met_at = Some(met_at);
        self.outcome = Stored(self.judged());
        self.remind_at = None;
        self
    }

    /// The place of an obligation in its lists.
    pub fn sort_key(due_on: NaiveDate, id: &str) -> String {
        format!("{due_on} {id}")
    }

    /// Whether something is still to be done.
    pub fn is_pending(&self) -> bool {
        matches!(self.outcome.0, ObligationOutcome::Pending | ObligationOutcome::Suspended)
    }

    /// What became of it, by its moments.
    fn judged(&self) -> ObligationOutcome {
        match (self.cancelled_at, self.met_at) {
            (Some(_), _) => ObligationOutcome::Cancelled,
            (None, None) if self.paused_at.is_some() => ObligationOutcome::Suspended,
            (None, None) => ObligationOutcome::Pending,
            (None, Some(met_at)) if met_at < self.due_at => ObligationOutcome::Met,
            (None, Some(_)) => ObligationOutcome::Late,
        }
    }
}

/// A span in which a clock stood still.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = obligation_pauses, treat_none_as_default_value = false)]
pub struct PauseRow {
    pub id: String,
    pub obligation_id: String,
    pub stopped_at: NaiveDateTime,
    pub resumed_at: Option<NaiveDateTime>,
    pub reason: String,
}
