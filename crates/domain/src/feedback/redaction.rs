//! What in a text would show who someone is: names, telephone numbers, e-mail addresses, identity numbers.

use std::collections::HashSet;

use serde::Serialize;

use super::{Sender, numbers};
use crate::text::{self, Token};

crate::codes! {
    /// What shows who someone is.
    pub enum FindingKind : "finding_kind" {
        Name = "name", "Họ tên", "A name";
        Phone = "phone", "Số điện thoại", "A telephone number";
        Email = "email", "Thư điện tử", "An e-mail address";
        IdentityNumber = "identity_number", "Số giấy tờ tùy thân", "An identity number";
        Address = "address", "Địa chỉ", "An address";
    }
}

/// One place of a text that shows who someone is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PersonalFinding {
    pub kind: FindingKind,
    /// The words as they stand there.
    #[cfg_attr(feature = "schema", schema(max_length = 500))]
    pub text: String,
    /// Where they begin, in characters.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 100000))]
    pub at: usize,
}

/// Where something begins and ends in a text, and what it shows.
pub(super) type Found = (usize, usize, FindingKind);

/// Everything found, in the order of the text; nothing twice. The sender's name, address, telephone number and mail
/// address and the names of `people` are looked for as well, however they are written.
pub fn findings(content: &str, sender: Option<&Sender>, people: &[&str]) -> Vec<PersonalFinding> {
    let finding = |(from, to, kind): Found| PersonalFinding {
        kind,
        text: content[from..to].to_owned(),
        at: content[..from].chars().count(),
    };
    spans(content, sender, people).into_iter().map(finding).collect()
}

/// The text without what was found in it.
pub fn redact(content: &str, sender: Option<&Sender>, people: &[&str]) -> String {
    let mut out = String::with_capacity(content.len());
    let mut done = 0;
    for (from, to, _) in spans(content, sender, people) {
        out.push_str(&content[done..from]);
        out.push_str("[…]");
        done = to;
    }
    out.push_str(&content[done..]);
    out
}

/// What was found, in order; what overlaps is one.
fn spans(content: &str, sender: Option<&Sender>, people: &[&str]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    numbers::strange(content, &mut found);
    mails(content, &mut found);
    titled_names(content, &mut found);
    if let Some(phone) = sender.and_then(|sender| sender.phone.as_deref()) {
        numbers::known(content, phone, &mut found);
    }
    let own = sender.map(|sender| {
        let name = sender.name.as_deref().map(|name| (name, FindingKind::Name));
        let address = sender.address.as_deref().map(|address| (address, FindingKind::Address));
        let mail = sender.mail().map(|mail| (mail, FindingKind::Email));
        [name, address, mail]
    });
    let people = people.iter().map(|person| (*person, FindingKind::Name));
    let words = words(content);
    for (text, kind) in own.into_iter().flatten().flatten().chain(people) {
        found.extend(occurrences(&words, text).into_iter().map(|(from, to)| (from, to, kind)));
    }
    found.sort_by_key(|(from, to, _)| (*from, std::cmp::Reverse(*to)));
    joined(found)
}

fn joined(found: Vec<Found>) -> Vec<Found> {
    let mut joined: Vec<Found> = Vec::new();
    for (from, to, kind) in found {
        match joined.last_mut() {
            Some(last) if from < last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to, kind)),
        }
    }
    joined
}

fn mails(content: &str, found: &mut Vec<Found>) {
    for (at, _) in content.match_indices('@') {
        let is_part = |c: &char| c.is_ascii_alphanumeric() || "._%+-".contains(*c);
        let before: usize = content[..at].chars().rev().take_while(is_part).map(char::len_utf8).sum();
        let after: usize = content[at + 1..].chars().take_while(is_part).map(char::len_utf8).sum();
        let host = content[at + 1..at + 1 + after].trim_end_matches(['.', '-']);
        if before > 0 && host.contains('.') {
            found.push((at - before, at + 1 + host.len(), FindingKind::Email));
        }
    }
}

/// Words after which a person is named.
const TITLES: &[&str] =
    &["ông", "bà", "anh", "chị", "cô", "chú", "bác", "cán bộ", "đồng chí", "tên là", "tôi là"];

/// `ông Nguyễn Văn A`: a title, then at least two words in capitals.
fn titled_names(content: &str, found: &mut Vec<Found>) {
    let words: Vec<(usize, &str)> = content
        .split_whitespace()
        .map(|word| (word.as_ptr() as usize - content.as_ptr() as usize, word))
        .collect();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    for (index, (_, word)) in words.iter().enumerate() {
        let pair =
            format!("{} {}", index.checked_sub(1).map_or(String::new(), |i| bare(words[i].1)), bare(word));
        if !TITLES.contains(&bare(word).as_str()) && !TITLES.contains(&pair.as_str()) {
            continue;
        }
        let named = words[index + 1..]
            .iter()
            .take_while(|(_, word)| word.chars().next().is_some_and(char::is_uppercase));
        let mut names: Vec<&(usize, &str)> = Vec::new();
        for name in named.take(5) {
            names.push(name);
            if name.1.ends_with(['.', ',', ';', ':', '!', '?', ')']) {
                break;
            }
        }
        if let (true, Some(first), Some(last)) = (names.len() >= 2, names.first(), names.last()) {
            let end = last.1.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
            found.push((first.0, last.0 + end, FindingKind::Name));
        }
    }
}

/// The words of a text; of a code its pieces, as a name may stand right before a number.
fn words(content: &str) -> Vec<Token> {
    let tokens = text::tokens(content);
    let pieces: HashSet<usize> = tokens.iter().filter(|token| token.part).map(|token| token.start).collect();
    tokens.into_iter().filter(|token| token.part || !pieces.contains(&token.start)).collect()
}

/// Where the words of a text of at least four letters follow each other, whatever their case, their diacritics and
/// what is between them.
fn occurrences(words: &[Token], wanted: &str) -> Vec<(usize, usize)> {
    let wanted = self::words(wanted);
    let letters = wanted.iter().flat_map(|word| word.folded.chars()).filter(|c| c.is_alphabetic()).count();
    if letters < 4 {
        return Vec::new();
    }
    // By itself `mình` is not `Minh`.
    let is_alone = wanted.len() == 1;
    let is_same = |(word, wanted): (&Token, &Token)| {
        word.folded == wanted.folded && (!is_alone || word.exact == wanted.exact || word.exact == word.folded)
    };
    words
        .windows(wanted.len())
        .filter(|here| here.iter().zip(&wanted).all(is_same))
        .filter_map(|here| Some((here.first()?.start, here.last()?.end)))
        .collect()
}
