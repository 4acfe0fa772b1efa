//! Cutting text into words without losing where each one stood.

use super::{exact, fold_word, is_invisible};
use unicode_normalization::char::is_combining_mark;

/// One word of a text, or one code such as `1.001193` or `15/2020/TT-BTP`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Lower case, marks off: what a search without diacritics compares.
    pub folded: String,
    /// Lower case with its diacritics, in NFC: what an exact match compares.
    pub exact: String,
    /// Byte offset of the first byte in the input.
    pub start: usize,
    /// Byte offset after the last byte in the input.
    pub end: usize,
    /// True for a piece of a code that is itself a token: `2020` within `15/2020/TT-BTP`.
    pub part: bool,
}

/// The tokens of a text, in order. A code is given whole and then, marked as `part`, piece by piece,
/// so that both the whole and its pieces are found.
pub fn tokens(text: &str) -> Vec<Token> {
    let token = |(start, end, part): (usize, usize, bool)| {
        let written = &text[start..end];
        Token { folded: fold_word(written), exact: exact(written), start, end, part }
    };
    spans(text).into_iter().map(token).collect()
}

/// Start, end and `part` of every token.
pub(super) fn spans(text: &str) -> Vec<(usize, usize, bool)> {
    let mut found = Vec::new();
    for (start, end) in runs(text) {
        let pieces = plain_words(&text[start..end]);
        let is_code = pieces.len() > 1 && text[start..end].contains(|c: char| c.is_ascii_digit());
        if is_code {
            found.push((start, end, false));
        }
        found.extend(pieces.into_iter().map(|(from, to)| (start + from, start + to, is_code)));
    }
    found
}

/// The tokens of a text without the pieces of codes: what a query is made of.
pub fn words(text: &str) -> Vec<Token> {
    tokens(text).into_iter().filter(|token| !token.part).collect()
}

type Span = (usize, usize);

/// Longest spans of word characters, where `.`, `/` and `-` hold two word characters together.
fn runs(text: &str) -> Vec<Span> {
    let mut runs: Vec<Span> = Vec::new();
    let mut joined = false;
    for (start, end) in plain_words(text) {
        match runs.last_mut() {
            Some(last) if joined => last.1 = end,
            _ => runs.push((start, end)),
        }
        let mut after = text[end..].chars();
        joined = after.next().is_some_and(is_joiner) && after.next().is_some_and(starts_word);
    }
    runs
}

fn plain_words(text: &str) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut open = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match found.last_mut() {
            Some(last) if open && continues_word(c) => last.1 = end,
            // An invisible character belongs to the word only when more of the word follows it.
            Some(_) if open && is_invisible(c) => {}
            _ => {
                open = starts_word(c);
                if open {
                    found.push((at, end));
                }
            }
        }
    }
    found
}

fn starts_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || (c.is_alphanumeric() && !is_combining_mark(c))
}

fn continues_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

fn is_joiner(c: char) -> bool {
    matches!(c, '.' | '/' | '-')
}
