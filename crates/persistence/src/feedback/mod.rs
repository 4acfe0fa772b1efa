//! Feedback: items, their senders apart, what was said about them, and what is public.
//!
//! Senders are sealed before they come here; nothing else in this room holds more of them than an item's id.

mod entries;
mod facts;
mod ledger;
mod list;
mod public;
mod resembling;
mod search;
mod senders;
mod sight;
mod windows;
mod write;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::feedback::{FeedbackChannel, FeedbackClass, FeedbackState, GuidedTo};

pub use entries::{EntryRow, add_entry, entries};
pub use facts::{fill_facts, lacks_months, waits_for_facts};
pub use ledger::{LedgerRow, ledger, ledger_list, open_ledger, reopen_ledger, set_ledger};
pub use list::{Filter, by_code, by_ids, counts, find, list, parts};
pub use public::{PublicRow, publish, published, published_list, unpublish};
pub use resembling::{by_fingerprint, by_sender, remember_fingerprint};
pub use search::FeedbackIndex;
pub use senders::{SenderRow, erasable, erase, insert_sender, replace_sender, sender};
pub use sight::{ROOM, show_again, show_to};
pub use windows::{next_window, windows_due};
pub use write::{Changes, Receives, insert, retime, set_about, set_code, store};

use crate::Stored;
use crate::schema::feedback;

/// One item, or one part of an item that was split.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = feedback, treat_none_as_default_value = false)]
pub struct FeedbackRow {
    pub id: String,
    /// `PAKN.20190304.0001`; of a part `PAKN.20190304.0001/1`.
    pub code: String,
    /// The order of every list; writing sets it.
    pub sort_key: String,
    pub parent_id: Option<String>,
    pub state: Stored<FeedbackState>,
    pub class: Option<Stored<FeedbackClass>>,
    pub channel: Stored<FeedbackChannel>,
    pub title: String,
    pub content: String,
    /// Title and content for a unit that is itself complained of: JSON.
    pub redacted: Option<String>,
    pub procedure_code: Option<String>,
    pub field: Option<String>,
    /// The unit the sender named.
    pub named_unit_id: Option<String>,
    /// Whose conduct it is about.
    pub about_unit_id: Option<String>,
    pub about_person: Option<String>,
    /// Where in the city it was received first.
    pub place_unit_id: String,
    pub received_at: NaiveDateTime,
    pub registered_at: NaiveDateTime,
    /// When nothing of ND 20/2008 Art. 7 was missing any longer.
    pub valid_at: Option<NaiveDateTime>,
    pub handler_unit_id: String,
    pub handler_received_at: Option<NaiveDateTime>,
    pub officer_id: Option<String>,
    /// Codes, separated by blanks.
    pub grounds: String,
    pub guided_to: Option<Stored<GuidedTo>>,
    pub merged_into_id: Option<String>,
    pub answer: Option<String>,
    /// When the head of the unit approved the answer: the result exists.
    pub approved_at: Option<NaiveDateTime>,
    pub ended_at: Option<NaiveDateTime>,
    /// When the next span of seven days without an answer begins.
    pub next_window_at: Option<NaiveDateTime>,
    pub satisfied: Option<bool>,
    pub version: i64,
    pub updated_at: NaiveDateTime,
}

impl FeedbackRow {
    /// The place of an item in its lists: by the day its answer is due while something is to be done, and
    /// after all of these when it is over or no day is known yet.
    pub fn placed(mut self, due_on: Option<NaiveDate>) -> Self {
        let due_on = due_on.filter(|_| !self.state.0.is_over() && !self.state.0.is_answered());
        let day = due_on.map_or_else(|| "9999-12-31".to_owned(), |day| day.to_string());
        self.sort_key = format!("{day} {}", self.id);
        self
    }

    /// The id of the whole item, which has the sender.
    pub fn whole_id(&self) -> &str {
        self.parent_id.as_deref().unwrap_or(&self.id)
    }

    /// The unit whose people took it in by hand, and see it for that; nobody took in what came by itself.
    pub fn receiver(&self) -> Option<&str> {
        let by_itself = matches!(self.channel.0, FeedbackChannel::Portal | FeedbackChannel::NationalSystem);
        (!by_itself).then_some(self.place_unit_id.as_str())
    }

    /// The day its answer is due.
    pub fn due_on(&self) -> Option<NaiveDate> {
        let day = self.sort_key.split(' ').next()?;
        day.parse().ok().filter(|_| day != "9999-12-31")
    }
}
