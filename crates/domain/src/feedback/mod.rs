//! Feedback and recommendations (phản ánh, kiến nghị): what may be received, how an item goes from its
//! receipt to a published answer, and what must not be shown of whom.

mod admissibility;
mod codes;
mod numbers;
mod parameters;
mod redaction;
mod resemblance;
mod sample;
mod states;

#[cfg(test)]
mod tests;

pub use admissibility::{Letter, Sender, grounds};
pub use codes::{
    CitizenAct, FeedbackChannel, FeedbackClass, FeedbackState, GuidedTo, LedgerState, RefusalGround,
};
pub use parameters::FeedbackParameters;
pub use redaction::{FindingKind, PersonalFinding, findings, redact};
pub use resemblance::{BANDS, Fingerprint, fingerprint};
pub use sample::{SampleItem, sample};
pub use states::{FeedbackEvent, NoSuchMove, next};
