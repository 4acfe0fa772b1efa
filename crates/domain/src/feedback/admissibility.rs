//! What may be received: the requirements of ND 20/2008 Art. 7.

use serde::{Deserialize, Serialize};

use super::{FeedbackParameters, RefusalGround};
use crate::text;

/// Who sent an item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = FeedbackSender))]
#[serde(deny_unknown_fields)]
pub struct Sender {
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 200, example = "Nguyễn Văn An"))]
    pub name: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 500, example = "Phường Cái Khế, quận Ninh Kiều"))]
    pub address: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 40, example = "0900 000 001"))]
    pub phone: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 200, example = "an@example.com"))]
    pub email: Option<String>,
}

impl Sender {
    /// Each part cleaned; what is blank is not there.
    pub fn cleaned(self) -> Self {
        let clean = |part: Option<String>| {
            let part = text::normalize(&part?).split_whitespace().collect::<Vec<_>>().join(" ");
            Some(part).filter(|part| !part.is_empty())
        };
        Self {
            name: clean(self.name),
            address: clean(self.address),
            phone: clean(self.phone),
            email: clean(self.email),
        }
    }

    /// The digits of the telephone number; none if it cannot be one.
    pub fn phone_digits(&self) -> Option<String> {
        let digits: String = self.phone.as_deref()?.chars().filter(char::is_ascii_digit).collect();
        (8..=15).contains(&digits.len()).then_some(digits)
    }

    /// The address of electronic mail, if it can be one.
    pub fn mail(&self) -> Option<&str> {
        self.email.as_deref().filter(|email| {
            let Some((name, host)) = email.split_once('@') else { return false };
            !name.is_empty() && host.contains('.') && !host.contains('@') && !email.contains(' ')
        })
    }
}

/// An item as it came, cleaned.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    pub title: &'a str,
    pub content: &'a str,
    pub sender: &'a Sender,
}

/// Every ground on which an item may not be received; none: it is admissible. A title may stand for
/// nothing: clarity is judged by the content.
pub fn grounds(letter: Letter<'_>, parameters: &FeedbackParameters) -> Vec<RefusalGround> {
    let mut found = Vec::new();
    let words = text::words(letter.content);
    let characters = letter.content.chars().filter(|c| c.is_alphanumeric()).count();
    if is_foreign(letter.content) {
        found.push(RefusalGround::NotVietnamese);
    }
    if words.len() < parameters.shortest_content_words || characters < parameters.shortest_content_characters
    {
        found.push(RefusalGround::Unclear);
    }
    let sender = letter.sender;
    if sender.name.as_deref().is_none_or(|name| text::words(name).is_empty()) {
        found.push(RefusalGround::NameMissing);
    }
    if sender.address.as_deref().is_none_or(|address| text::words(address).is_empty()) {
        found.push(RefusalGround::AddressMissing);
    }
    if sender.phone_digits().is_none() && sender.mail().is_none() {
        found.push(RefusalGround::ContactMissing);
    }
    found
}

/// Words that English texts cannot do without, and Vietnamese ones have none of.
const ENGLISH: &[&str] = &[
    "the", "and", "is", "are", "was", "were", "have", "has", "this", "that", "with", "for", "of", "to", "my",
    "not",
];

/// Whether a text is surely in another language: in another script, or without one Vietnamese letter and
/// full of English words. Vietnamese without diacritics, or with the keys of Telex, is Vietnamese.
fn is_foreign(content: &str) -> bool {
    let letters: Vec<char> = content.chars().filter(|c| c.is_alphabetic()).collect();
    let latin = letters
        .iter()
        .filter(|c| ('\u{41}'..='\u{24f}').contains(*c) || ('\u{1e00}'..='\u{1eff}').contains(*c));
    if latin.count() * 2 < letters.len() {
        return true;
    }
    if letters.iter().any(|c| !c.is_ascii()) {
        return false;
    }
    let words = text::words(content);
    let english = words.iter().filter(|word| ENGLISH.contains(&word.folded.as_str())).count();
    english >= 3 && english * 7 >= words.len()
}
