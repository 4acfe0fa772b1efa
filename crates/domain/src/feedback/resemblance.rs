//! Whether two texts say nearly the same: simhash over runs of three words, compared by bands.
//!
//! Two fingerprints that differ in at most `BANDS - 1` bits agree in at least one band, so candidates are
//! found by equality.

use crate::text;

/// Bands of a fingerprint, 16 bits each.
pub const BANDS: usize = 4;

/// What is kept of a text to compare it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// The bands, each with its place in the upper bits so that bands of different places differ.
    pub fn bands(self) -> [i64; BANDS] {
        [0, 1, 2, 3].map(|place| {
            let band = (self.0 >> (16 * place)) & 0xffff;
            i64::try_from((place << 16) | band).unwrap_or_default()
        })
    }

    /// In how many bits two differ.
    pub fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }
}

/// The fingerprint of a text. Case, diacritics, punctuation and Unicode form do not matter.
pub fn fingerprint(content: &str) -> Fingerprint {
    let words: Vec<String> = text::words(content).into_iter().map(|word| word.folded).collect();
    let mut votes = [0i32; 64];
    let runs = words.windows(3.min(words.len().max(1)));
    for run in runs {
        let hash = fnv(&run.join(" "));
        for (bit, vote) in votes.iter_mut().enumerate() {
            *vote += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    Fingerprint(
        votes.iter().enumerate().filter(|(_, vote)| **vote > 0).fold(0, |bits, (bit, _)| bits | 1 << bit),
    )
}

/// FNV-1a, then mixed: a hash that is the same on every machine and in every release.
fn fnv(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ mixed >> 33
}
