//! What the registry shows. Content is passed through as it was stored, never parsed again.

use chrono::NaiveDate;
use kstt_domain::period::{known_end, known_start};
use kstt_domain::procedures::{
    ChannelKind, Level, Locality, ProcedureContent, ServiceLevel, SubjectKind, TimeLimit,
};
use kstt_persistence::procedures::{ProcedureOnDay, ProcedureRow, TextsRow, VersionRow};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::find::href;
use super::links::LinksView;
use super::settlers::SettlingUnit;
use crate::http::ApiError;

/// A procedure in a list. The stored summary has exactly these keys.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureItem {
    /// UUID of the procedure.
    #[schema(max_length = 36)]
    pub id: String,
    /// UUID of the version in force.
    #[schema(max_length = 36)]
    pub version_id: String,
    /// Number of the version, from 1.
    #[schema(format = "int64", minimum = 1, maximum = 1_000_000)]
    pub number: i64,
    /// How the version came to be.
    #[schema(max_length = 20, example = "import")]
    pub origin: String,
    /// First day it holds; null when open.
    pub valid_from: Option<NaiveDate>,
    /// First day it no longer holds; null when open.
    pub valid_to: Option<NaiveDate>,
    /// Code in the national database, such as 1.001193.
    #[schema(max_length = 60)]
    pub national_code: Option<String>,
    #[schema(max_length = 60)]
    pub local_code: Option<String>,
    /// Locality and levels, such as `can-tho-commune`; `bo-…` is the ministry's own.
    #[schema(max_length = 200)]
    pub variant: String,
    /// Null for the ministry's own.
    pub locality: Option<Locality>,
    #[schema(max_length = 30_000)]
    pub name: String,
    pub field: Option<FieldItem>,
    #[schema(max_items = 10)]
    pub levels: Vec<Level>,
    #[schema(max_items = 10)]
    pub channels: Vec<ChannelKind>,
    pub service_level: Option<ServiceLevel>,
    #[schema(max_items = 50)]
    pub subjects: Vec<SubjectKind>,
    #[schema(max_length = 300)]
    pub settling_agency: Option<String>,
    pub time_limit: Option<TimeLimit>,
    /// Only in searches: where the words were found.
    #[schema(nullable = false)]
    pub snippet: Option<SnippetView>,
}

/// A subject area.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldItem {
    #[schema(max_length = 120)]
    pub slug: String,
    #[schema(max_length = 1000)]
    pub name: String,
}

/// A piece of text with the words that were searched for.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnippetView {
    #[schema(max_items = 500)]
    pub segments: Vec<SegmentView>,
    /// Text was left out before.
    pub cut_before: bool,
    /// Text was left out after.
    pub cut_after: bool,
}

/// A run of text that is, or is not, a word that was searched for.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentView {
    #[schema(max_length = 1000)]
    pub text: String,
    pub hit: bool,
}

impl SnippetView {
    /// The words of `query` as they stand in `name`.
    pub fn of(name: &str, query_words: &[String]) -> Self {
        let words: Vec<&str> = query_words.iter().map(String::as_str).collect();
        let snippet = kstt_domain::text::highlight(name, &words);
        let segments =
            snippet.segments.into_iter().map(|piece| SegmentView { text: piece.text, hit: piece.hit });
        Self { segments: segments.collect(), cut_before: snippet.cut_before, cut_after: snippet.cut_after }
    }
}

/// A stored summary, passed through; in a search with a snippet beside it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum StoredItem {
    Listed(Box<RawValue>),
    Found {
        #[serde(flatten)]
        summary: serde_json::Map<String, serde_json::Value>,
        snippet: SnippetView,
    },
}

impl StoredItem {
    /// An item of a list.
    pub fn listed(summary: String) -> Result<Self, ApiError> {
        Ok(Self::Listed(raw(summary)?))
    }

    /// An item of a search; `query_words` are highlighted in its name.
    pub fn found(summary: &str, query_words: &[String]) -> Result<Self, ApiError> {
        let summary: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(summary).map_err(kstt_persistence::Error::from)?;
        let name = summary.get("name").and_then(serde_json::Value::as_str).unwrap_or_default();
        let snippet = SnippetView::of(name, query_words);
        Ok(Self::Found { summary, snippet })
    }
}

/// Stored JSON, to be passed through.
fn raw(json: String) -> Result<Box<RawValue>, ApiError> {
    Ok(RawValue::from_string(json).map_err(kstt_persistence::Error::from)?)
}

/// Another variant of the same code.
#[derive(Debug, Serialize, ToSchema)]
pub struct VariantItem {
    /// UUID of the procedure.
    #[schema(max_length = 36)]
    pub id: String,
    #[schema(max_length = 200)]
    pub variant: String,
    /// Slug of the place; null for the ministry's own.
    #[schema(max_length = 120)]
    pub locality: Option<String>,
    /// Where to read it.
    #[schema(max_length = 300)]
    pub href: String,
}

impl VariantItem {
    /// The item of a procedure on a day.
    pub fn of((procedure, version): &ProcedureOnDay) -> Result<Self, ApiError> {
        Ok(Self {
            id: procedure.id.clone(),
            variant: version.summary()?.gist.variant,
            locality: procedure.locality.clone(),
            href: href(procedure),
        })
    }
}

/// A procedure with everything the registry knows of the version in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedureView {
    /// UUID of the procedure.
    #[schema(max_length = 36)]
    pub id: String,
    #[schema(max_length = 60)]
    pub national_code: Option<String>,
    #[schema(max_length = 200)]
    pub variant: String,
    /// Slug of the place; null for the ministry's own.
    #[schema(max_length = 120)]
    pub locality: Option<String>,
    /// UUID of the version.
    #[schema(max_length = 36)]
    pub version_id: String,
    /// Number of the version, from 1.
    #[schema(format = "int64", minimum = 1, maximum = 1_000_000)]
    pub number: i64,
    #[schema(max_length = 20, example = "import")]
    pub origin: String,
    /// First day it holds; null when open.
    pub valid_from: Option<NaiveDate>,
    /// First day it no longer holds; null when open.
    pub valid_to: Option<NaiveDate>,
    /// Every constituent part (ND 63/2010 Art. 8.2), each with the source's words beside.
    #[schema(value_type = ProcedureContent)]
    pub content: Box<RawValue>,
    /// What is missing or doubtful.
    #[schema(value_type = Vec<kstt_domain::procedures::Fault>, max_items = 500)]
    pub faults: Box<RawValue>,
    /// The units that settle it on the day.
    #[schema(max_items = 500)]
    pub settled_by: Vec<SettlingUnit>,
    /// Procedures it names, and those that name it.
    pub links: LinksView,
    /// All variants of the code in force, the city's own first.
    #[schema(max_items = 1000)]
    pub variants: Vec<VariantItem>,
}

/// What a view shows beside the version itself.
#[derive(Debug, Default)]
pub struct Surroundings {
    pub settled_by: Vec<SettlingUnit>,
    pub links: LinksView,
    pub variants: Vec<VariantItem>,
}

impl ProcedureView {
    /// The view of a version.
    pub fn of(
        procedure: ProcedureRow,
        version: VersionRow,
        texts: TextsRow,
        around: Surroundings,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            id: procedure.id,
            national_code: procedure.national_code,
            variant: version.summary()?.gist.variant,
            locality: procedure.locality,
            version_id: version.id,
            number: version.number,
            origin: version.origin,
            valid_from: known_start(version.valid_from),
            valid_to: known_end(version.valid_to),
            content: raw(texts.content)?,
            faults: raw(texts.faults)?,
            settled_by: around.settled_by,
            links: around.links,
            variants: around.variants,
        })
    }
}
