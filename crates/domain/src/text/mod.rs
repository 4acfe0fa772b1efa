//! Vietnamese text: one way to clean, to fold, to cut into words, to highlight and to order.
//!
//! Search, ordering and comparison all rest on [`fold`], so that a citizen who types without
//! diacritics, in capitals or in decomposed Unicode finds the same procedure. Folding is for
//! comparison only: folded text must never be stored or shown in place of what was written.

mod highlight;
mod tokens;

#[cfg(test)]
mod tests;

pub use highlight::{Segment, Snippet, highlight};
pub use tokens::{Token, tokens, words};

use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Cleans text that came from outside.
///
/// The result is in NFC and trimmed. Zero-width and bidirectional format characters are dropped, and
/// so are control characters (NUL among them, which PostgreSQL refuses in text), except tab and line
/// feed. Every other line ending becomes a line feed. Nothing visible is changed.
pub fn normalize(text: &str) -> String {
    let unix_lines = text.replace("\r\n", "\n");
    to_nfc(unix_lines.chars().filter_map(visible_char).collect()).trim().to_owned()
}

/// NFC, at no cost for text that is in NFC already, as nearly all text is.
fn to_nfc(text: String) -> String {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text
    } else {
        text.nfc().collect()
    }
}

fn visible_char(c: char) -> Option<char> {
    match c {
        '\r' | '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\n' | '\t' => Some(c),
        _ if c.is_control() || is_invisible(c) => None,
        _ => Some(c),
    }
}

/// Zero-width, bidirectional and other format characters that a reader cannot see.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The form under which texts are compared: lower case, đ as d, marks off, runs of white space as one
/// space, none at the ends.
pub fn fold(text: &str) -> String {
    text.split_whitespace().map(fold_word).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn fold_word(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().filter_map(visible_char) {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
            continue;
        }
        decompose_canonical(c, |base| {
            let letters = base.to_lowercase().filter(|c| !is_combining_mark(*c));
            folded.extend(letters.map(|c| if c == 'đ' { 'd' } else { c }));
        });
    }
    to_nfc(folded)
}

/// Lower case in NFC without invisible characters: equal for the same spelling, diacritics included.
fn exact(text: &str) -> String {
    to_nfc(text.chars().filter_map(visible_char).flat_map(char::to_lowercase).collect())
}

/// A key whose byte order sorts Vietnamese names the same way on every database and platform.
///
/// Names are ordered by their folded form; names that fold alike are told apart by their diacritics.
/// The two halves are joined by U+001F, which is lower than any letter or space.
pub fn sort_key(name: &str) -> String {
    format!("{}\u{1f}{}", fold(name), exact(name.trim()))
}
