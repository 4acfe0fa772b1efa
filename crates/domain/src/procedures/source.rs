//! The shape of one source row: the reference data's, with the optional richer keys of our own registry.
//!
//! Types are strict, so that a row with a wrong type is one row error. Every key may be missing or
//! null; a key that is not known is reported, not refused.

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// Unknown keys remembered of one object.
const MAX_UNKNOWN_KEYS: usize = 20;

/// One row as it comes from a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SourceRow {
    /// Key of the row within its source.
    pub id: Option<String>,
    /// Whether the source had the full text.
    pub full: Option<bool>,
    pub code: Option<String>,
    pub local_code: Option<String>,
    pub name: Option<String>,
    pub field: Option<String>,
    pub field_code: Option<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub level: Vec<String>,
    pub level_basis: Option<String>,
    pub issuing_body: Option<String>,
    pub decision_number: Option<String>,
    pub procedure_type: Option<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub subjects: Vec<String>,
    pub implementing_agency: Option<String>,
    pub deciding_agency: Option<String>,
    pub authorised_agency: Option<String>,
    pub coordinating_agency: Option<String>,
    pub reception_address: Option<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub steps: Vec<SourceStep>,
    #[serde(deserialize_with = "null_as_default")]
    pub submission_channels: Vec<SourceChannel>,
    #[serde(deserialize_with = "null_as_default")]
    pub dossier_components: Vec<SourceComponent>,
    pub dossier_components_text: Option<String>,
    pub dossier_sets: Option<u32>,
    pub time_limit: Option<String>,
    pub fee: Option<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub legal_basis: Vec<SourceLegalBasis>,
    #[serde(deserialize_with = "null_as_default")]
    pub results: Vec<SourceResult>,
    pub requirements: Option<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub forms: Vec<SourceForm>,
    #[serde(deserialize_with = "null_as_default")]
    pub sample_sets: Vec<SourceSampleSet>,
    #[serde(deserialize_with = "null_as_default")]
    pub related_procedures: Vec<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub interlinked_procedures: Vec<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub keywords: Vec<String>,
    /// Codes of units that settle it, or `group:communes`, `group:districts`.
    #[serde(deserialize_with = "null_as_default")]
    pub settling_unit_codes: Vec<String>,
    pub service_level: Option<SourceServiceLevel>,
    pub status_text: Option<String>,
    pub effective_date: Option<String>,
    pub valid_from: Option<String>,
    /// Tiers of local government the text assumes.
    pub structure: Option<String>,
    /// Place whose own version this is; none for the ministry's.
    pub locality: Option<String>,
    /// When the source was read.
    pub as_of: Option<String>,
    pub quality: Option<String>,
    pub source: Option<SourceOrigin>,
    #[serde(flatten, skip_serializing, deserialize_with = "key_names")]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub unknown_keys: Vec<String>,
}

/// A step: a paragraph, or the paragraphs of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "a step must be a text, or an object with `case` and `steps`"
)]
pub enum SourceStep {
    Text(String),
    Case { case: Option<String>, steps: Vec<String> },
}

/// A way to send the dossier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SourceChannel {
    pub channel: Option<String>,
    pub time_value: Option<u32>,
    /// `hour`, `working_day`, `day` and so on.
    pub time_unit: Option<String>,
    pub fee: Option<String>,
    pub description: Option<String>,
    pub raw: Option<String>,
    #[serde(flatten, skip_serializing, deserialize_with = "key_names")]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub unknown_keys: Vec<String>,
}

/// A paper of the dossier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SourceComponent {
    pub case: Option<String>,
    pub name: Option<String>,
    /// Names of form files, one on a line.
    pub template: Option<String>,
    pub originals: Option<u32>,
    pub copies: Option<u32>,
    #[serde(flatten, skip_serializing, deserialize_with = "key_names")]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub unknown_keys: Vec<String>,
}

/// A legal text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SourceLegalBasis {
    pub number: Option<String>,
    pub title: Option<String>,
    pub date: Option<String>,
    pub issuer: Option<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub articles: Vec<String>,
    #[serde(flatten, skip_serializing, deserialize_with = "key_names")]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub unknown_keys: Vec<String>,
}

/// A result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SourceResult {
    pub name: Option<String>,
    pub code: Option<String>,
    #[serde(flatten, skip_serializing, deserialize_with = "key_names")]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub unknown_keys: Vec<String>,
}

/// An application or declaration form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SourceForm {
    pub name: Option<String>,
    pub code: Option<String>,
    pub file: Option<SourceFile>,
    #[serde(flatten, skip_serializing, deserialize_with = "key_names")]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub unknown_keys: Vec<String>,
}

/// A dossier filled in as an example.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SourceSampleSet {
    pub title: Option<String>,
    pub case: Option<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub files: Vec<SourceFile>,
    #[serde(flatten, skip_serializing, deserialize_with = "key_names")]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub unknown_keys: Vec<String>,
}

/// A file that is kept elsewhere, known by its checksum.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SourceFile {
    pub name: Option<String>,
    /// Such as `application/pdf`.
    pub media_type: Option<String>,
    pub size_bytes: Option<u64>,
    /// 64 hexadecimal digits.
    pub sha256: Option<String>,
    #[serde(flatten, skip_serializing, deserialize_with = "key_names")]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub unknown_keys: Vec<String>,
}

/// A stated level of online service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SourceServiceLevel {
    pub scale: String,
    pub value: String,
}

/// Where the row was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SourceOrigin {
    pub repo: Option<String>,
    pub path: Option<String>,
    pub url: Option<String>,
    pub item: Option<u32>,
    #[serde(flatten, skip_serializing, deserialize_with = "key_names")]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub unknown_keys: Vec<String>,
}

fn null_as_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(d: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(d)?.unwrap_or_default())
}

/// The names of the keys no field took, their values ignored.
fn key_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct KeyNames;
    impl<'de> Visitor<'de> for KeyNames {
        type Value = Vec<String>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut names = Vec::new();
            while let Some((name, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
                if names.len() < MAX_UNKNOWN_KEYS {
                    names.push(name);
                }
            }
            Ok(names)
        }
    }
    deserializer.deserialize_map(KeyNames)
}
