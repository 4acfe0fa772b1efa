//! One administrative procedure (thủ tục hành chính) as structured data, and the parser that makes it
//! from a source row.
//!
//! The model holds every constituent part of Decree 63/2010/NĐ-CP Art. 8.2. The parser never drops a
//! source's words and never invents a value: what does not parse stays as text beside an empty value,
//! with a [`Fault`] that says so.

mod completeness;
mod content;
mod dossier;
mod fault;
mod files;
mod legal;
mod lists;
mod national_code;
mod parse;
mod part;
mod settling;
mod source;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use completeness::{Finding, FindingCode, MAX_FINDINGS, findings};
pub use content::*;
pub use dossier::*;
pub use fault::{Fault, FaultCode, FaultSeverity};
pub use files::*;
pub use legal::document_key_prefix;
pub use lists::*;
pub use national_code::{is_national_code, root_code};
pub use parse::{
    Identity, Locality, MAX_FAULTS, MAX_ITEMS, MAX_ROW_CHARS, MAX_TEXT_CHARS, Parsed, Provenance, parse,
};
pub use part::Part;
pub use settling::{ALL_COMMUNES, ALL_DISTRICTS, KnownUnit, SETTLING_GROUPS, SettlingGroup, settling_units};
pub use source::*;
