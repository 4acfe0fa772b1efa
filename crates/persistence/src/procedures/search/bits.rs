//! A set of documents of one segment, a bit each.

/// Documents per block.
pub(super) const BLOCK: usize = 64;

/// A set of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub fn none(documents: u32) -> Self {
        Self(vec![0; (documents as usize).div_ceil(BLOCK)])
    }

    pub fn all(documents: u32) -> Self {
        Self(vec![u64::MAX; (documents as usize).div_ceil(BLOCK)])
    }

    /// How many documents are in both sets.
    pub fn shared(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).map(|(mine, theirs)| (mine & theirs).count_ones() as usize).sum()
    }

    pub fn len(&self) -> usize {
        self.0.iter().map(|block| block.count_ones() as usize).sum()
    }

    pub fn insert(&mut self, document: u32) {
        if let Some(block) = self.0.get_mut(document as usize / BLOCK) {
            *block |= 1 << (document as usize % BLOCK);
        }
    }

    /// The bits of the 64 documents from `at * 64` on.
    pub fn block(&self, at: usize) -> u64 {
        self.0.get(at).copied().unwrap_or_default()
    }

    pub fn blocks(&self) -> impl Iterator<Item = (usize, u64)> {
        self.0.iter().copied().enumerate()
    }

    pub fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    pub fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine &= theirs);
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|block| *block == 0)
    }
}

/// The positions of the bits set, lowest first.
pub(super) fn positions(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (bits != 0).then(|| {
            let position = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            position
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_inserted() {
        let mut bits = Bits::none(130);
        [0, 63, 64, 129].iter().for_each(|document| bits.insert(*document));
        let found: Vec<usize> =
            bits.blocks().flat_map(|(at, block)| positions(block).map(move |bit| at * BLOCK + bit)).collect();
        assert_eq!(found, [0, 63, 64, 129]);
        assert_eq!(bits.block(2), 0b10);
    }
}
