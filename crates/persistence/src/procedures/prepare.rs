//! From a parsed row to everything the store writes of it.

use chrono::NaiveDate;
use kstt_domain::procedures::{KnownUnit, Parsed};
use kstt_domain::text;
use sha2::{Digest, Sha256};

use super::{Derived, Gist};
use crate::{Error, hex};

/// Bytes kept of a sort key: an index row of PostgreSQL holds less than 2,704.
const MAX_SORT_KEY_BYTES: usize = 600;
const MAX_SLUG_BYTES: usize = 120;

/// A row ready to be stored.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// By this the same row is found again: `code~variant`, else the row's key in its source.
    pub source_key: String,
    pub gist: Gist,
    pub sort_key: String,
    pub derived: Derived,
    pub content: String,
    pub source: String,
    pub faults: String,
    /// SHA-256 of the content, hexadecimal.
    pub checksum: String,
    /// From when the version holds, as the row itself states it.
    pub valid_from: Option<NaiveDate>,
}

/// Prepares a row. `source` is the row as it came, as JSON; `units` are those that agencies' words may
/// name.
pub fn prepare(parsed: &Parsed, source: String, units: &[KnownUnit]) -> Result<Prepared, Error> {
    let content = serde_json::to_string(&parsed.content)?;
    let checksum = sha256(&content);
    let gist = Gist::of(parsed);
    Ok(Prepared {
        source_key: source_key(parsed, &checksum),
        sort_key: cut(text::sort_key(&gist.name), MAX_SORT_KEY_BYTES),
        derived: Derived::of(&gist, &parsed.content, units),
        gist,
        content,
        source,
        faults: serde_json::to_string(&parsed.faults)?,
        checksum,
        valid_from: parsed.content.valid_from.as_ref().and_then(|stated| stated.date),
    })
}

/// The slug of a subject area: its words, folded and joined by hyphens.
pub fn field_slug(name: &str) -> String {
    let words: Vec<String> = text::words(name).into_iter().map(|word| word.folded).collect();
    cut(words.join("-"), MAX_SLUG_BYTES)
}

/// A national code begins with a digit, so that the three forms never meet.
fn source_key(parsed: &Parsed, checksum: &str) -> String {
    match (&parsed.identity.national_code, &parsed.provenance.row_id) {
        (Some(code), _) => format!("{code}~{}", parsed.identity.variant),
        (None, Some(row_id)) if row_id.len() <= MAX_SLUG_BYTES => format!("row:{row_id}"),
        (None, Some(row_id)) => format!("row:{}", sha256(row_id)),
        (None, None) => format!("content:{checksum}"),
    }
}

fn sha256(text: &str) -> String {
    hex(Sha256::digest(text))
}

/// At most `bytes` of a text, whole characters only.
fn cut(mut text: String, bytes: usize) -> String {
    let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= bytes).last();
    text.truncate(end.unwrap_or_default());
    text
}
