//! Reading texts and lists within limits, and collecting faults on the way.

use crate::procedures::fault::{Fault, FaultCode};
use crate::text::normalize;

/// Longest text of a row, in characters; the longest found in practice has about 9,000.
pub const MAX_TEXT_CHARS: usize = 30_000;
/// All texts of a row together, in characters; the longest row found in practice has about 60,000.
pub const MAX_ROW_CHARS: usize = 600_000;
/// Longest list of a row; the longest found in practice has 84 items.
pub const MAX_ITEMS: usize = 1_000;
/// Faults reported of one row.
pub const MAX_FAULTS: usize = 500;

/// Reads the texts of one row.
#[derive(Default)]
pub(super) struct Reader {
    faults: Vec<Fault>,
    chars_read: usize,
}

impl Reader {
    pub(super) fn fault(&mut self, pointer: &str, code: FaultCode, words: &str) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault::new(pointer, code, words));
        }
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// The cleaned text; none when nothing visible is left.
    pub(super) fn text(&mut self, pointer: &str, raw: &str) -> Option<String> {
        let left = MAX_TEXT_CHARS.min(MAX_ROW_CHARS - self.chars_read);
        let within = match raw.char_indices().nth(left) {
            Some((at, _)) => {
                self.fault(pointer, FaultCode::TextTooLong, raw);
                &raw[..at]
            }
            None => raw,
        };
        self.chars_read += within.chars().count();
        Some(normalize(within)).filter(|text| !text.is_empty())
    }

    pub(super) fn optional(&mut self, pointer: &str, raw: &Option<String>) -> Option<String> {
        self.text(pointer, raw.as_deref()?)
    }

    /// The cleaned texts of a list, empty ones left out.
    pub(super) fn texts(&mut self, pointer: &str, raw: &[String]) -> Vec<String> {
        self.items(pointer, raw).filter_map(|(pointer, text)| self.text(&pointer, text)).collect()
    }

    /// The items of a list with their pointers, up to the limit.
    pub(super) fn items<'a, T>(
        &mut self,
        pointer: &str,
        raw: &'a [T],
    ) -> impl Iterator<Item = (String, &'a T)> + use<'a, T> {
        if raw.len() > MAX_ITEMS {
            self.fault(pointer, FaultCode::TooManyItems, "");
        }
        let pointer = pointer.to_owned();
        raw.iter().take(MAX_ITEMS).enumerate().map(move |(at, item)| (format!("{pointer}/{at}"), item))
    }

    pub(super) fn unknown_keys(&mut self, pointer: &str, names: &[String]) {
        for name in names {
            self.fault(pointer, FaultCode::UnknownKey, name);
        }
    }
}
