//! Numbers of the room that no law fixes: data.

use serde::Deserialize;

/// See `data/feedback-parameters.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct FeedbackParameters {
    /// An item of fewer words, or fewer characters, says nothing clear (ND 20/2008 Art. 7.1c).
    pub shortest_content_words: usize,
    pub shortest_content_characters: usize,
    pub longest_title_characters: usize,
    pub longest_content_characters: usize,
    /// For so many days after its end an item can be opened again.
    pub reopen_days: u64,
    /// Items are compared with those received in so many days before and after.
    pub resembling_days: u64,
    /// Texts whose fingerprints differ in no more bits resemble each other.
    pub resembling_distance: u32,
    /// Senders of items that ended so many days ago can be erased.
    pub keep_senders_days: u64,
    /// How often one address may send feedback in an hour.
    pub public_sends_an_hour: u32,
}
