//! The registry of administrative procedures: procedures, their versions in time, lists and search.
//!
//! A procedure is (national code, variant). What a version says never changes once written; only its
//! end may be set, when the next one follows. Every such write takes the next registry revision, by
//! which caches and the search index learn of it. Long texts stand in a table of their own, and
//! nothing here parses them except the search index.

mod aftermath;
mod catalogue;
mod derive;
mod facet;
mod import;
mod legal;
mod links;
mod list;
mod prepare;
mod read;
mod search;
mod summary;

#[cfg(test)]
mod tests;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

pub use aftermath::{dead_references, file_arrived, missing_files};
pub use catalogue::{CatalogueFile, CatalogueRow, Fingerprint, each_in_force};
pub use derive::{Derived, ReferenceKind, derive_again, waits_for_derivation};
pub use facet::{Condition, Facet, FacetKind, Filter};
pub use import::{Conflict, ImportOptions, RowOutcome, import_batch};
pub use legal::{LegalDocumentRow, NamedDocument, document, documents, places, procedures_resting_on};
pub use links::{Link, named_by, naming};
pub use list::{After, count, ids_in_force, list};
pub use prepare::{Prepared, field_slug, prepare};
pub use read::{
    by_code, by_id, by_version_ids, ever_of_code, ever_of_id, fields, texts, unit_facets, version, versions,
};
pub use search::{Counted, Hit, Hits, Query, SearchIndex, query_words};
pub use summary::{FieldName, Gist, Summary};

use crate::schema::{fields as field_names, procedure_texts, procedure_versions, procedures};

/// The identity of a procedure.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = procedures, treat_none_as_default_value = false)]
pub struct ProcedureRow {
    pub id: String,
    pub national_code: Option<String>,
    pub variant: String,
    pub source_key: String,
    /// Slug of the place whose own version this is; none for the ministry's.
    pub locality: Option<String>,
    /// 0 the city's own, 1 the ministry's, 2 another place's.
    pub precedence: i32,
    pub created_at: NaiveDateTime,
}

/// One version of a procedure, without its long texts.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = procedure_versions, treat_none_as_default_value = false)]
pub struct VersionRow {
    pub id: String,
    pub procedure_id: String,
    pub number: i64,
    pub valid_from: NaiveDate,
    pub valid_to: NaiveDate,
    pub origin: String,
    pub sort_key: String,
    pub checksum: String,
    pub revision: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    /// A [`Summary`] as JSON.
    pub summary: String,
    /// The generation of the rules that derived facets and references.
    pub derived: i64,
}

impl VersionRow {
    /// What a list shows of it.
    pub fn summary(&self) -> Result<Summary, crate::Error> {
        Ok(serde_json::from_str(&self.summary)?)
    }
}

/// The long texts of a version, as JSON.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = procedure_texts, treat_none_as_default_value = false)]
pub struct TextsRow {
    pub version_id: String,
    /// A `kstt_domain::procedures::ProcedureContent`.
    pub content: String,
    /// The source row, as it came.
    pub source: String,
    /// The faults of the source row.
    pub faults: String,
}

/// A subject area (lĩnh vực).
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = field_names, treat_none_as_default_value = false)]
pub struct FieldRow {
    pub slug: String,
    pub name: String,
}

/// A procedure with the version in force on some day.
pub type ProcedureOnDay = (ProcedureRow, VersionRow);
