//! The extract of a text that shows best why it was found.

use super::tokens::spans;
use super::{fold, fold_word};
use serde::{Deserialize, Serialize};

/// Length of a snippet in characters.
const SNIPPET_CHARS: usize = 200;
/// Characters shown before the first match, when there is text before it.
const LEAD_CHARS: usize = 40;

/// An extract of a text, cut into matching and other segments. Plain text: whoever prints it as HTML
/// must escape it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Snippet {
    /// The extract; the texts joined are a substring of the original.
    pub segments: Vec<Segment>,
    /// True when the original has text before the extract.
    pub cut_before: bool,
    /// True when the original has text after the extract.
    pub cut_after: bool,
}

/// A piece of a [`Snippet`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Segment {
    pub text: String,
    /// True when the piece matched the query.
    pub hit: bool,
}

/// A match: characters and bytes it covers, and the query word it answers.
struct Hit {
    start: usize,
    end: usize,
    first_char: usize,
    word: usize,
}

/// The extract of about 200 characters that holds most of the query words. A query word matches every
/// token whose folded form begins with it. Without a match the extract is the beginning of the text.
pub fn highlight(text: &str, query_words: &[&str]) -> Snippet {
    let wanted: Vec<String> = query_words.iter().map(|w| fold(w)).filter(|w| !w.is_empty()).collect();
    let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let char_of = |byte: usize| boundaries.partition_point(|&b| b < byte);
    let hit = |(start, end, _part)| {
        let folded = fold_word(&text[start..end]);
        let word = wanted.iter().position(|word| folded.starts_with(word.as_str()))?;
        Some(Hit { start, end, first_char: char_of(start), word })
    };
    let hits: Vec<Hit> = spans(text).into_iter().filter_map(hit).collect();

    let first_char = best_start(&hits, wanted.len());
    let (from, to) = extent(text, &boundaries, first_char);
    Snippet { segments: segments(text, from, to, &hits), cut_before: from > 0, cut_after: to < text.len() }
}

/// Character position of the first match of the window with most distinct query words, then most
/// matches, then the earliest.
fn best_start(hits: &[Hit], words: usize) -> usize {
    let mut counts = vec![0usize; words];
    let (mut distinct, mut left) = (0, 0);
    let mut best = (0, 0, 0);
    for right in 0..hits.len() {
        counts[hits[right].word] += 1;
        distinct += usize::from(counts[hits[right].word] == 1);
        while hits[right].first_char - hits[left].first_char > SNIPPET_CHARS - LEAD_CHARS {
            counts[hits[left].word] -= 1;
            distinct -= usize::from(counts[hits[left].word] == 0);
            left += 1;
        }
        let total = right - left + 1;
        if (distinct, total) > (best.0, best.1) {
            best = (distinct, total, hits[left].first_char);
        }
    }
    best.2
}

/// Byte range of the extract, begun and ended between words where white space allows it.
fn extent(text: &str, boundaries: &[usize], first_char: usize) -> (usize, usize) {
    let chars = boundaries.len() - 1;
    let last_start = chars.saturating_sub(SNIPPET_CHARS);
    let start = first_char.saturating_sub(LEAD_CHARS).min(last_start);
    let end = (start + SNIPPET_CHARS).min(chars);
    let match_at = boundaries[first_char.min(chars)];

    let mut from = boundaries[start];
    if start > 0 {
        let next_word = text[from..match_at].find(char::is_whitespace);
        from += next_word.map_or(0, |gap| gap + text[from + gap..].chars().next().map_or(0, char::len_utf8));
    }
    let mut to = boundaries[end];
    if end < chars {
        let half = boundaries[start + (end - start) / 2].max(match_at);
        to = text[half..to].rfind(char::is_whitespace).map_or(to, |gap| half + gap);
    }
    (from, to)
}

fn segments(text: &str, from: usize, to: usize, hits: &[Hit]) -> Vec<Segment> {
    let mut found = Vec::new();
    let mut push = |start: usize, end: usize, hit: bool| {
        if start < end {
            found.push(Segment { text: text[start..end].to_owned(), hit });
        }
    };
    let mut done = from;
    for hit in hits {
        let (start, end) = (hit.start.max(done), hit.end.min(to));
        if start < end {
            push(done, start, false);
            push(start, end, true);
            done = end;
        }
    }
    push(done, to, false);
    found
}
