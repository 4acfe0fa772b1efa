//! What the ledgers of national systems have in common: entries are confirmed by hand, by someone who saw them.

use chrono::{DateTime, Utc};
use kstt_domain::feedback::LedgerState;

use crate::http::{Faults, say};

/// What someone says was done there.
pub struct Entry<'a> {
    pub state: LedgerState,
    pub national_code: Option<&'a str>,
    pub entered_at: Option<DateTime<Utc>>,
    pub missing: Option<&'a str>,
    pub note: Option<&'a str>,
}

/// Its texts, normalised.
pub struct Noted {
    pub national_code: Option<String>,
    pub missing: Option<String>,
    pub note: Option<String>,
}

impl Entry<'_> {
    /// What is entered has a code and a moment that is not to come, and what is blocked names what is missing.
    pub fn noted(&self, faults: &mut Faults, now: DateTime<Utc>) -> Noted {
        let national_code = faults.optional_line("/national_code", self.national_code, 100);
        let missing = faults.optional_line("/missing", self.missing, 200);
        let note = faults.optional_line("/note", self.note, 1000);
        let mut need = |given: bool, pointer: &str| {
            if !given {
                faults.add(pointer, "missing", say("Cần nêu.", "It is needed."));
            }
        };
        if self.state == LedgerState::Entered {
            need(national_code.is_some(), "/national_code");
            need(self.entered_at.is_some(), "/entered_at");
        }
        need(self.state != LedgerState::Blocked || missing.is_some(), "/missing");
        if let Some(at) = self.entered_at {
            faults.past("/entered_at", at, now);
        }
        Noted { national_code, missing, note }
    }
}
