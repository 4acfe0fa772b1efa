//! What the index holds of one version.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime};
use kstt_domain::procedures::root_code;
use kstt_domain::text::{Token, fold, tokens, words};
use serde::Deserialize;
use tantivy::TantivyDocument;
use tantivy::schema::Field;

use super::day_number;
use super::layout::{Layout, column};
use super::words::{joined, meaningful};

/// Between sort key and id; lower than anything in either.
pub(super) const PLACE_SEPARATOR: char = '\u{0}';
/// How many of a name's first words are looked at to see what it begins with.
pub(super) const MAX_OPENING: usize = 8;
/// The brevity of an empty name.
const MAX_BREVITY: usize = 255;

/// The parts of a content that are searched; other parts, and parts that are missing, do not matter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Searched {
    pub name: String,
    pub national_code: Option<String>,
    pub local_code: Option<String>,
    pub field: Option<String>,
    pub keywords: Vec<String>,
    pub dossier: SearchedDossier,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SearchedDossier {
    pub cases: Vec<SearchedCase>,
    pub components_text: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SearchedCase {
    pub components: Vec<SearchedComponent>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SearchedComponent {
    pub name: String,
}

/// A version as the database gives it to the index.
#[derive(Debug)]
pub(super) struct Entry {
    pub version_id: String,
    pub sort_key: String,
    pub valid_from: NaiveDate,
    pub valid_to: NaiveDate,
    pub updated_at: NaiveDateTime,
    /// As [`facet_term`]s.
    pub facets: Vec<String>,
    pub searched: Searched,
}

/// A facet as one term.
pub(super) fn facet_term(kind: &str, value: &str) -> String {
    format!("{kind}={value}")
}

/// The first words of a name as one term. The number in front keeps prefixes of it from meeting
/// longer openings.
pub(super) fn opening(first_words: &[Token]) -> String {
    format!("{} {}", first_words.len(), joined(first_words))
}

/// A whole name as one term.
pub(super) fn whole_name(words: &[Token]) -> String {
    format!("= {}", joined(words).chars().take(500).collect::<String>())
}

impl Layout {
    /// The document of a version.
    pub fn document(&self, entry: &Entry) -> tantivy::Result<TantivyDocument> {
        let searched = &entry.searched;
        let mut document = TantivyDocument::default();
        let mut add = |field: Field, terms: BTreeSet<String>| {
            terms.iter().for_each(|term| document.add_text(field, term));
        };
        let name = tokens(&searched.name);
        let name_words = words(&searched.name);
        let said = meaningful(&name_words);
        add(self.name, name.iter().map(|token| token.folded.clone()).collect());
        add(self.spelling, name.into_iter().map(|token| token.exact).collect());
        add(self.pair, name_words.windows(2).map(joined).collect());
        let openings = (1..=said.len().min(MAX_OPENING)).map(|length| opening(&said[..length]));
        add(self.opening, openings.chain([whole_name(said)]).collect());
        add(self.code, searched.codes());
        add(self.keyword, folded(searched.keywords.iter()));
        add(self.other, folded(searched.other_texts()));
        add(self.facet, entry.facets.iter().cloned().collect());
        document.add_text(self.version_id, &entry.version_id);

        let schema = &self.schema;
        document.add_i64(schema.get_field(column::VALID_FROM)?, day_number(entry.valid_from));
        document.add_i64(schema.get_field(column::VALID_TO)?, day_number(entry.valid_to));
        document
            .add_i64(schema.get_field(column::UPDATED_AT)?, entry.updated_at.and_utc().timestamp_micros());
        document.add_u64(schema.get_field(column::BREVITY)?, MAX_BREVITY.saturating_sub(said.len()) as u64);
        let place = format!("{}{PLACE_SEPARATOR}{}", entry.sort_key, entry.version_id);
        document.add_text(schema.get_field(column::PLACE)?, place);
        Ok(document)
    }
}

impl Searched {
    fn codes(&self) -> BTreeSet<String> {
        let mut codes = BTreeSet::new();
        for code in self.stated_codes() {
            codes.insert(fold(code));
            if let Some(root) = root_code(code) {
                codes.insert(root.to_owned());
                codes.extend(root.split('.').skip(1).map(str::to_owned));
            }
        }
        codes
    }

    fn stated_codes(&self) -> impl Iterator<Item = &String> {
        self.national_code.iter().chain(&self.local_code)
    }

    fn other_texts(&self) -> impl Iterator<Item = &String> {
        let components = self.dossier.cases.iter().flat_map(|case| &case.components);
        let texts = components.map(|component| &component.name).chain(&self.dossier.components_text);
        self.stated_codes().chain(&self.field).chain(texts)
    }
}

fn folded<'a>(texts: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    texts.flat_map(|text| tokens(text)).map(|token| token.folded).collect()
}
