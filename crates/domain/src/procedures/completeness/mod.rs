//! Whether a procedure says all that it must say before it may be published.
//!
//! Findings come from the content alone. Decree 63/2010/NĐ-CP Art. 8.2 asks for parts a–g always and for
//! the parts of point h where they exist, so that each of those needs a value or the words that there is
//! none. Nothing is mended here, and a doubt never counts as a fact.

mod bases;
mod code;
mod doubles;
mod missing;
mod steps;
mod times;
mod wording;

#[cfg(test)]
mod tests;

pub use code::FindingCode;

use super::content::ProcedureContent;
use super::fault::FaultSeverity;
use super::part::Part;
use crate::codes::Code;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Findings reported of one content.
pub const MAX_FINDINGS: usize = 200;
/// Characters of the content quoted in a finding.
const QUOTE_CHARS: usize = 120;

/// One thing missing or doubtful in a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Finding {
    pub code: FindingCode,
    pub severity: FaultSeverity,
    pub part: Part,
    /// JSON pointer into the content.
    pub pointer: String,
    /// The article that asks for it, in Vietnamese.
    pub article: String,
    pub detail_vi: String,
    pub detail_en: String,
}

impl Finding {
    /// A finding at `pointer`; `words` are the content's words there, empty when there are none.
    fn new(code: FindingCode, pointer: &str, words: &str) -> Self {
        let within = Part::of_pointer(pointer).unwrap_or(code.part());
        let (part, article) = match code {
            FindingCode::PlaceholderText => (within, code::article_of(within)),
            FindingCode::FileMissing => (within, code.article()),
            _ => (code.part(), code.article()),
        };
        let quote: String = words.chars().take(QUOTE_CHARS).collect();
        let quote = if quote.is_empty() { quote } else { format!(": “{quote}”") };
        Self {
            code,
            severity: code.severity(),
            part,
            pointer: pointer.to_owned(),
            article: article.to_owned(),
            detail_vi: format!("{}{quote}", code.label_vi()),
            detail_en: format!("{}{quote}", code.label_en()),
        }
    }

    /// A reference to the procedure `code` that is not there or no longer in force.
    pub fn dead_reference(pointer: &str, code: &str) -> Self {
        Self::new(FindingCode::DeadReference, pointer, code)
    }

    /// A reference to the file `name` whose bytes are not there.
    pub fn file_missing(pointer: &str, name: &str) -> Self {
        Self::new(FindingCode::FileMissing, pointer, name)
    }
}

/// All findings about a content, by part and place, at most [`MAX_FINDINGS`]; the gravest are kept.
pub fn findings(content: &ProcedureContent) -> Vec<Finding> {
    let mut found = Findings::default();
    missing::check(&mut found, content);
    wording::check(&mut found, content);
    doubles::check(&mut found, content);
    times::check(&mut found, content);
    steps::check(&mut found, content);
    bases::check(&mut found, content);
    found.into_sorted()
}

/// Findings with how many of their code came before them.
#[derive(Default)]
struct Findings {
    found: Vec<(usize, Finding)>,
    counts: BTreeMap<FindingCode, usize>,
}

impl Findings {
    fn add(&mut self, code: FindingCode, pointer: &str, words: &str) {
        let count = self.counts.entry(code).or_default();
        if *count < MAX_FINDINGS {
            self.found.push((*count, Finding::new(code, pointer, words)));
            *count += 1;
        }
    }

    /// The first of every code outlives the many of one.
    fn into_sorted(mut self) -> Vec<Finding> {
        self.found.sort_by_cached_key(|(nth, finding)| (finding.severity, *nth, place(finding)));
        self.found.truncate(MAX_FINDINGS);
        self.found.sort_by_cached_key(|(_, finding)| place(finding));
        self.found.into_iter().map(|(_, finding)| finding).collect()
    }
}

/// Where a finding stands: item 10 of a list comes after item 9.
fn place(finding: &Finding) -> (Part, String, FindingCode) {
    let padded = |segment: &str| match segment.bytes().all(|b| b.is_ascii_digit()) {
        true => format!("{segment:0>8}"),
        false => segment.to_owned(),
    };
    let pointer: Vec<String> = finding.pointer.split('/').map(padded).collect();
    (finding.part, pointer.join("/"), finding.code)
}
