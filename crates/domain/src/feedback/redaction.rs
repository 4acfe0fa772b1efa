//! What in a text would show who someone is: names, telephone numbers, e-mail addresses, identity numbers.

use serde::Serialize;

use super::Sender;

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

/// Everything found, in the order of the text; nothing twice. `sender` and `people` are looked for by name.
pub fn findings(content: &str, sender: Option<&Sender>, people: &[&str]) -> Vec<PersonalFinding> {
    let mut found: Vec<(usize, usize, FindingKind)> = Vec::new();
    numbers(content, &mut found);
    mails(content, &mut found);
    titled_names(content, &mut found);
    let known = sender.map(|sender| {
        let name = sender.name.as_deref().map(|name| (name, FindingKind::Name));
        let address = sender.address.as_deref().map(|address| (address, FindingKind::Address));
        [name, address]
    });
    let people = people.iter().map(|person| (*person, FindingKind::Name));
    for (text, kind) in known.into_iter().flatten().flatten().chain(people) {
        let long_enough = text.chars().filter(|c| c.is_alphabetic()).count() >= 4;
        found.extend(occurrences(content, text).filter(|_| long_enough).map(|(from, to)| (from, to, kind)));
    }
    found.sort_by_key(|(from, to, _)| (*from, std::cmp::Reverse(*to)));
    let mut last = 0;
    found.retain(|(from, to, _)| {
        let fresh = *from >= last;
        last = if fresh { *to } else { last };
        fresh
    });
    let finding = |(from, to, kind): (usize, usize, FindingKind)| PersonalFinding {
        kind,
        text: content[from..to].to_owned(),
        at: content[..from].chars().count(),
    };
    found.into_iter().map(finding).collect()
}

/// The text without what was found in it.
pub fn redact(content: &str, sender: Option<&Sender>, people: &[&str]) -> String {
    let mut out = String::with_capacity(content.len());
    let mut rest = content;
    for finding in findings(content, sender, people) {
        let Some((before, after)) = rest.split_once(finding.text.as_str()) else { continue };
        out.push_str(before);
        out.push_str("[…]");
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Runs of digits, also in groups: 8 to 11 are a telephone number, 9 or 12 without groups an identity number.
fn numbers(content: &str, found: &mut Vec<(usize, usize, FindingKind)>) {
    let mut start: Option<(usize, usize, usize)> = None;
    let close = |run: Option<(usize, usize, usize)>, found: &mut Vec<(usize, usize, FindingKind)>| {
        let Some((from, to, digits)) = run else { return };
        let whole = &content[from..to];
        let solid = whole.bytes().all(|byte| byte.is_ascii_digit());
        let kind = match digits {
            12 => FindingKind::IdentityNumber,
            9 if solid && !whole.starts_with('0') => FindingKind::IdentityNumber,
            8..=11 if whole.starts_with(['0', '+']) || whole.starts_with("84") => FindingKind::Phone,
            _ => return,
        };
        found.push((from, to, kind));
    };
    for (at, c) in content.char_indices() {
        match (&mut start, c) {
            (Some((_, to, digits)), '0'..='9') => (*to, *digits) = (at + 1, *digits + 1),
            (None, '0'..='9' | '+') => start = Some((at, at + 1, usize::from(c != '+'))),
            // One separator within a number.
            (Some((_, to, _)), ' ' | '.' | '-') if at == *to => {}
            _ => close(start.take(), found),
        }
    }
    close(start, found);
}

fn mails(content: &str, found: &mut Vec<(usize, usize, FindingKind)>) {
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
fn titled_names(content: &str, found: &mut Vec<(usize, usize, FindingKind)>) {
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

/// Where a text stands, whatever its case.
fn occurrences<'a>(content: &'a str, wanted: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
    let wanted: Vec<char> = wanted.chars().flat_map(char::to_lowercase).collect();
    let starts: Vec<usize> = content.char_indices().map(|(at, _)| at).collect();
    starts.into_iter().filter_map(move |from| {
        let mut rest = content[from..].char_indices();
        for expected in &wanted {
            let (_, c) = rest.next()?;
            if !c.to_lowercase().eq(std::iter::once(*expected)) {
                return None;
            }
        }
        let to = rest.next().map_or(content.len(), |(at, _)| from + at);
        Some((from, to))
    })
}
