//! Counting: how many procedures have which facets, without reading any of them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use tantivy::Searcher;

use super::SearchIndex;
use super::bits::Bits;
use super::layout::Layout;
use super::segment::Segment;
use super::words::Wording;
use crate::Error;
use crate::procedures::{Condition, FacetKind, Filter};

/// The procedures in force on a day that a list or a search would find, to be counted.
pub struct Counted<'i> {
    searcher: Searcher,
    layout: &'i Layout,
    /// Per segment.
    found: Vec<Bits>,
}

impl SearchIndex {
    /// The procedures that `text` and `filter` find on `day`.
    pub fn counted(&self, text: Option<&str>, day: NaiveDate, filter: &Filter) -> Result<Counted<'_>, Error> {
        let wording = text.map(Wording::of);
        let nothing = wording.as_ref().is_some_and(|wording| wording.words.is_empty());
        let searcher = self.reader.searcher();
        let mut found = Vec::new();
        for reader in searcher.segment_readers() {
            let segment = Segment { reader, layout: &self.layout };
            found.push(match nothing {
                true => Bits::none(reader.max_doc()),
                false => segment.in_force(wording.as_ref(), day, filter.updated_since)?,
            });
        }
        let all = Counted { searcher, layout: &self.layout, found };
        filter.conditions.iter().try_fold(all, |counted, condition| counted.narrowed(condition))
    }
}

impl Counted<'_> {
    /// Those that meet the condition as well.
    pub fn narrowed(&self, condition: &Condition) -> Result<Self, Error> {
        let mut found = self.found.clone();
        for (segment, bits) in self.segments().zip(&mut found) {
            bits.keep(&segment.meeting(condition)?);
        }
        Ok(Self { searcher: self.searcher.clone(), layout: self.layout, found })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.found.iter().map(Bits::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many have each value of a kind of facet; values that none has are left out.
    pub fn by(&self, kind: FacetKind) -> Result<BTreeMap<String, usize>, Error> {
        let mut counts = BTreeMap::new();
        for (segment, found) in self.segments().zip(&self.found) {
            segment.values(kind, &mut |value, documents| {
                let shared = documents.shared(found);
                if shared > 0 {
                    *counts.entry(value.to_owned()).or_default() += shared;
                }
            })?;
        }
        Ok(counts)
    }

    fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        self.searcher.segment_readers().iter().map(|reader| Segment { reader, layout: self.layout })
    }
}
