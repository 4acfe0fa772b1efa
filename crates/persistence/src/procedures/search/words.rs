//! The words of names and queries, without those that say nothing.

use kstt_domain::text::{Token, words};

/// How nearly every name may begin, folded; the longest first.
const NOISE: [&[&str]; 2] = [&["thu", "tuc", "hanh", "chinh"], &["thu", "tuc"]];
/// More words than this make a query slower, not better.
const MAX_WORDS: usize = 16;

/// A query, cut into words.
#[derive(Debug)]
pub(super) struct Wording {
    pub words: Vec<Token>,
    /// Whether the query was typed with diacritics: if not, names are not told apart by theirs.
    pub spelled: bool,
}

impl Wording {
    /// The words of a query, without "thủ tục" or "thủ tục hành chính" before others.
    pub fn of(text: &str) -> Self {
        let words: Vec<Token> = meaningful(&words(text)).iter().take(MAX_WORDS).cloned().collect();
        let spelled = words.iter().any(|word| word.exact != word.folded);
        Self { words, spelled }
    }
}

/// The folded words by which a search for `text` finds: what to highlight in a hit.
pub fn query_words(text: &str) -> Vec<String> {
    Wording::of(text).words.into_iter().map(|word| word.folded).collect()
}

/// `words` without the noise at their beginning, unless nothing else is there.
pub(super) fn meaningful(words: &[Token]) -> &[Token] {
    let begins_with = |noise: &[&str]| {
        words.len() > noise.len() && noise.iter().zip(words).all(|(n, word)| word.folded == *n)
    };
    match NOISE.iter().find(|noise| begins_with(noise)) {
        Some(noise) => &words[noise.len()..],
        None => words,
    }
}

/// `words` folded, joined by spaces.
pub(super) fn joined(words: &[Token]) -> String {
    words.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ")
}
