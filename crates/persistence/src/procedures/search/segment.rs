//! Searching one segment of the index.
//!
//! Every term the query touches becomes a set of documents; sets are combined 64 documents at a time
//! and only the best documents are looked up. So the cost hardly depends on how common a word is.

use std::cmp::Reverse;
use std::ops::Bound;

use chrono::{NaiveDate, NaiveDateTime};
use tantivy::columnar::StrColumn;
use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{InvertedIndexReader, SegmentReader, TantivyError};

use super::bits::{BLOCK, Bits, positions};
use super::document::{MAX_OPENING, PLACE_SEPARATOR, facet_term, opening, whole_name};
use super::layout::{Layout, column};
use super::score::{Findings, Tier, points};
use super::words::{Wording, joined};
use super::{Hit, Query, day_number};
use crate::procedures::{Condition, FacetKind};

/// A document worth showing. Better ones are lower.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    score: Reverse<u64>,
    /// Sort key and version id.
    place: String,
}

impl From<Candidate> for Hit {
    fn from(candidate: Candidate) -> Self {
        let (sort_key, version_id) =
            candidate.place.split_once(PLACE_SEPARATOR).unwrap_or((&candidate.place, ""));
        Self { score: candidate.score.0, sort_key: sort_key.to_owned(), version_id: version_id.to_owned() }
    }
}

/// One segment.
pub(super) struct Segment<'a> {
    pub reader: &'a SegmentReader,
    pub layout: &'a Layout,
}

impl Segment<'_> {
    /// The best documents after the query's place, best first, and the number of all that match.
    pub fn search(&self, wording: &Wording, query: &Query<'_>) -> tantivy::Result<(Vec<Candidate>, usize)> {
        let findings = self.findings(wording)?;
        let matched = self.matched(&findings, query)?;
        if matched.is_empty() {
            return Ok((Vec::new(), 0));
        }
        let (mut ranked, total) = self.ranked(&findings, &matched, query)?;
        if ranked.len() > query.limit && query.limit > 0 {
            ranked.select_nth_unstable(query.limit - 1);
        }
        ranked.truncate(query.limit);
        ranked.sort_unstable();
        let places = self.places()?;
        let candidate = |(score, ordinal): Ranked| {
            let mut place = String::new();
            places.ord_to_str(ordinal, &mut place)?;
            Ok(Candidate { score, place })
        };
        Ok((ranked.into_iter().map(candidate).collect::<tantivy::Result<_>>()?, total))
    }

    fn findings(&self, wording: &Wording) -> tantivy::Result<Findings> {
        let layout = self.layout;
        let words = &wording.words;
        Ok(Findings {
            words: words
                .iter()
                .map(|word| self.tiers(&word.folded, wording.spelled.then_some(&word.exact)))
                .collect::<tantivy::Result<_>>()?,
            pairs: words
                .windows(2)
                .map(|pair| self.beginning_with(layout.pair, &joined(pair)))
                .collect::<tantivy::Result<_>>()?,
            beginning: match words.len() {
                ..=MAX_OPENING => self.beginning_with(layout.opening, &opening(words))?,
                _ => Bits::none(self.reader.max_doc()),
            },
            whole: self.equal_to(layout.opening, &whole_name(words))?,
        })
    }

    /// Where a word stands. `spelled` is the word with its diacritics, if those matter.
    fn tiers(&self, folded: &str, spelled: Option<&String>) -> tantivy::Result<Vec<Tier>> {
        let Layout { code, name, spelling, keyword, other, .. } = *self.layout;
        let whole = |field, points| self.equal_to(field, folded).map(|documents| Tier { points, documents });
        let begun =
            |field, points| self.beginning_with(field, folded).map(|documents| Tier { points, documents });
        let mut tiers = vec![whole(code, points::WHOLE_CODE)?];
        if let Some(word) = spelled {
            let documents = self.equal_to(spelling, word)?;
            tiers.push(Tier { points: points::NAME_SPELLED, documents });
            let documents = self.beginning_with(spelling, word)?;
            tiers.push(Tier { points: points::NAME_SPELLED_BEGINNING, documents });
        }
        tiers.push(whole(name, points::NAME)?);
        tiers.push(begun(name, points::NAME_BEGINNING)?);
        tiers.push(begun(code, points::CODE_BEGINNING)?);
        tiers.push(whole(keyword, points::KEYWORD)?);
        tiers.push(begun(keyword, points::KEYWORD_BEGINNING)?);
        tiers.push(whole(other, points::OTHER)?);
        tiers.push(begun(other, points::OTHER_BEGINNING)?);
        Ok(tiers)
    }

    /// Living documents that have every word and every facet; their days are not looked at yet.
    fn matched(&self, findings: &Findings, query: &Query<'_>) -> tantivy::Result<Bits> {
        let mut matched = Bits::none(self.reader.max_doc());
        self.reader.doc_ids_alive().for_each(|document| matched.insert(document));
        matched.keep(&self.having(findings));
        for condition in &query.filter.conditions {
            matched.keep(&self.meeting(condition)?);
        }
        Ok(matched)
    }

    /// Documents on which one of the values stands.
    pub fn meeting(&self, condition: &Condition) -> tantivy::Result<Bits> {
        let mut documents = Bits::none(self.reader.max_doc());
        for value in &condition.values {
            documents.add(&self.equal_to(self.layout.facet, &facet_term(condition.kind.code(), value))?);
        }
        Ok(documents)
    }

    /// Living documents in force on `day` that have every word, written since a moment if one is given.
    pub fn in_force(
        &self,
        wording: Option<&Wording>,
        day: NaiveDate,
        since: Option<NaiveDateTime>,
    ) -> tantivy::Result<Bits> {
        let mut alive = Bits::none(self.reader.max_doc());
        self.reader.doc_ids_alive().for_each(|document| alive.insert(document));
        if let Some(wording) = wording {
            alive.keep(&self.having(&self.findings(wording)?));
        }
        let in_force = self.days(day, since)?;
        let mut wanted = Bits::none(self.reader.max_doc());
        for (at, block) in alive.blocks() {
            for document in positions(block).map(|position| (at * BLOCK + position) as u32) {
                if in_force(document) {
                    wanted.insert(document);
                }
            }
        }
        Ok(wanted)
    }

    /// Every value of a kind of facet, with the documents it stands on.
    pub fn values(&self, kind: FacetKind, visit: &mut impl FnMut(&str, &Bits)) -> tantivy::Result<()> {
        let index = self.reader.inverted_index(self.layout.facet)?;
        let prefix = facet_term(kind.code(), "");
        let mut terms = index.terms().range().ge(&prefix).into_stream()?;
        while terms.advance() && terms.key().starts_with(prefix.as_bytes()) {
            let mut documents = Bits::none(self.reader.max_doc());
            collect(&index, terms.value(), &mut documents)?;
            let value = std::str::from_utf8(&terms.key()[prefix.len()..]).unwrap_or_default();
            visit(value, &documents);
        }
        Ok(())
    }

    /// Documents that have every word.
    fn having(&self, findings: &Findings) -> Bits {
        let mut all = Bits::all(self.reader.max_doc());
        for tiers in &findings.words {
            let mut anywhere = Bits::none(self.reader.max_doc());
            tiers.iter().for_each(|tier| anywhere.add(&tier.documents));
            all.keep(&anywhere);
        }
        all
    }

    /// Whether a document is in force on the day, and was written since the moment.
    fn days(
        &self,
        day: NaiveDate,
        since: Option<NaiveDateTime>,
    ) -> tantivy::Result<impl Fn(u32) -> bool + use<>> {
        let columns = self.reader.fast_fields();
        let valid_from = columns.column_first_or_default::<i64>(column::VALID_FROM)?;
        let valid_to = columns.column_first_or_default::<i64>(column::VALID_TO)?;
        let updated_at = columns.column_first_or_default::<i64>(column::UPDATED_AT)?;
        let day = day_number(day);
        let since = since.map(|moment| moment.and_utc().timestamp_micros());
        Ok(move |document: u32| {
            valid_from.get_val(document) <= day
                && day < valid_to.get_val(document)
                && since.is_none_or(|since| updated_at.get_val(document) >= since)
        })
    }

    /// All matches in force on the day, scored, those after the query's place; and how many match.
    fn ranked(
        &self,
        findings: &Findings,
        matched: &Bits,
        query: &Query<'_>,
    ) -> tantivy::Result<(Vec<Ranked>, usize)> {
        let brevity = self.reader.fast_fields().column_first_or_default::<u64>(column::BREVITY)?;
        let ordinals = self.places()?.ords().clone().first_or_default_col(0);
        let wanted = self.days(query.day, query.filter.updated_since)?;
        let first = self.first_after(query)?;
        let mut ranked = Vec::new();
        let mut total = 0;
        for (at, block) in matched.blocks().filter(|(_, block)| *block != 0) {
            let scores = findings.scores(at, block);
            for position in positions(block) {
                let document = (at * BLOCK + position) as u32;
                if wanted(document) {
                    total += 1;
                    let score = scores[position] + brevity.get_val(document);
                    let rank = (Reverse(score), ordinals.get_val(document));
                    if first.is_none_or(|first| rank >= first) {
                        ranked.push(rank);
                    }
                }
            }
        }
        Ok((ranked, total))
    }

    /// The lowest rank a document may have to come after the last hit seen.
    fn first_after(&self, query: &Query<'_>) -> tantivy::Result<Option<Ranked>> {
        let Some(hit) = query.after else { return Ok(None) };
        let place = format!("{}{PLACE_SEPARATOR}{}", hit.sort_key, hit.version_id);
        let places = self.places()?;
        let (bound, _) =
            places.dictionary().term_bounds_to_ord(Bound::Excluded(place.as_bytes()), Bound::Unbounded)?;
        let ordinal = match bound {
            Bound::Included(ordinal) => ordinal,
            Bound::Excluded(ordinal) => ordinal + 1,
            Bound::Unbounded => 0,
        };
        Ok(Some((Reverse(hit.score), ordinal)))
    }

    fn places(&self) -> tantivy::Result<StrColumn> {
        let missing = || TantivyError::SchemaError(format!("no column {}", column::PLACE));
        self.reader.fast_fields().str(column::PLACE)?.ok_or_else(missing)
    }

    /// The documents that have `term` in `field`.
    fn equal_to(&self, field: Field, term: &str) -> tantivy::Result<Bits> {
        let mut documents = Bits::none(self.reader.max_doc());
        let index = self.reader.inverted_index(field)?;
        if let Some(info) = index.terms().get(term)? {
            collect(&index, &info, &mut documents)?;
        }
        Ok(documents)
    }

    /// The documents that have a term beginning with `prefix` in `field`.
    fn beginning_with(&self, field: Field, prefix: &str) -> tantivy::Result<Bits> {
        let mut documents = Bits::none(self.reader.max_doc());
        let index = self.reader.inverted_index(field)?;
        let mut terms = index.terms().range().ge(prefix).into_stream()?;
        while terms.advance() && terms.key().starts_with(prefix.as_bytes()) {
            collect(&index, terms.value(), &mut documents)?;
        }
        Ok(documents)
    }
}

/// Score and ordinal of the place: lower is better.
type Ranked = (Reverse<u64>, u64);

fn collect(index: &InvertedIndexReader, term: &TermInfo, documents: &mut Bits) -> tantivy::Result<()> {
    let mut postings = index.read_block_postings_from_terminfo(term, IndexRecordOption::Basic)?;
    while !postings.docs().is_empty() {
        postings.docs().iter().for_each(|document| documents.insert(*document));
        postings.advance();
    }
    Ok(())
}
