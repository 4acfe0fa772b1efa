//! How good a match is: an integer, the same on every machine and in every segmentation of the index.
//!
//! A score has three parts, each only deciding when those above it are equal: the points of all
//! words, each by the best place it was found in; how far the name says the words as the query does;
//! how short the name is.

use super::bits::{BLOCK, Bits, positions};

/// Where a word may be found and what that is worth, best first.
pub(super) mod points {
    /// More than all words of a query can be worth in names.
    pub const WHOLE_CODE: u32 = 10_000;
    pub const NAME_SPELLED: u32 = 40;
    pub const NAME_SPELLED_BEGINNING: u32 = 36;
    pub const NAME: u32 = 30;
    pub const NAME_BEGINNING: u32 = 26;
    pub const CODE_BEGINNING: u32 = 20;
    pub const KEYWORD: u32 = 16;
    pub const KEYWORD_BEGINNING: u32 = 12;
    pub const OTHER: u32 = 6;
    pub const OTHER_BEGINNING: u32 = 4;
}

/// The documents that have a word in one place.
pub(super) struct Tier {
    pub points: u32,
    pub documents: Bits,
}

/// All a segment knows of a query.
pub(super) struct Findings {
    /// Per word its tiers, highest points first.
    pub words: Vec<Vec<Tier>>,
    /// Per two adjacent words of the query, the documents whose name has them adjacent too.
    pub pairs: Vec<Bits>,
    /// Documents whose name begins with the query.
    pub beginning: Bits,
    /// Documents whose name is the query.
    pub whole: Bits,
}

impl Findings {
    /// The scores of the 64 documents of a block, as far as they are in `matched`; without brevity.
    pub fn scores(&self, at: usize, matched: u64) -> [u64; BLOCK] {
        let mut scores = [0; BLOCK];
        let mut reward = |documents: u64, value: u64| {
            positions(documents).for_each(|position| scores[position] += value);
        };
        for tiers in &self.words {
            let mut open = matched;
            for tier in tiers {
                let hits = open & tier.documents.block(at);
                reward(hits, u64::from(tier.points) << 16);
                open &= !hits;
            }
        }
        for pair in &self.pairs {
            reward(matched & pair.block(at), 4 << 8);
        }
        reward(matched & self.beginning.block(at), 1 << 8);
        reward(matched & self.whole.block(at), 1 << 8);
        scores
    }
}
