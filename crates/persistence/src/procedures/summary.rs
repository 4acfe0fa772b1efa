//! What a list shows of a version, stored as JSON beside it so that lists never read its content.

use chrono::NaiveDate;
use kstt_domain::period::{known_end, known_start};
use kstt_domain::procedures::{ChannelKind, Level, Locality, Parsed, ServiceLevel, SubjectKind, TimeLimit};
use serde::{Deserialize, Serialize};

use super::VersionRow;
use super::prepare::field_slug;
use crate::Error;

/// Characters kept of texts that have no natural limit.
const MAX_TEXT_CHARS: usize = 300;

/// One item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The procedure's id.
    pub id: String,
    pub version_id: String,
    pub number: i64,
    pub origin: String,
    /// None when open.
    pub valid_from: Option<NaiveDate>,
    /// The first day the version no longer holds; none when open.
    pub valid_to: Option<NaiveDate>,
    #[serde(flatten)]
    pub gist: Gist,
}

/// The part of a summary that the content alone determines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gist {
    pub national_code: Option<String>,
    pub local_code: Option<String>,
    pub variant: String,
    pub locality: Option<Locality>,
    pub name: String,
    pub field: Option<FieldName>,
    pub levels: Vec<Level>,
    pub channels: Vec<ChannelKind>,
    pub service_level: Option<ServiceLevel>,
    pub subjects: Vec<SubjectKind>,
    /// The source's words for the settling agency, cut when very long.
    pub settling_agency: Option<String>,
    /// The time limit of the procedure as a whole, its words cut when very long.
    pub time_limit: Option<TimeLimit>,
}

/// A subject area by slug and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldName {
    pub slug: String,
    pub name: String,
}

impl Gist {
    /// The gist of a parsed row.
    pub(super) fn of(parsed: &Parsed) -> Self {
        let (identity, content) = (&parsed.identity, &parsed.content);
        let cut = |text: &String| text.chars().take(MAX_TEXT_CHARS).collect::<String>();
        Self {
            national_code: identity.national_code.clone(),
            local_code: identity.local_code.clone(),
            variant: identity.variant.clone(),
            locality: identity.locality.clone(),
            name: content.name.clone(),
            field: content
                .field
                .as_ref()
                .map(|name| FieldName { slug: field_slug(name), name: name.clone() }),
            levels: identity.levels.clone(),
            channels: distinct(content.channels.iter().map(|channel| channel.kind)),
            service_level: content.service_level.clone(),
            subjects: distinct(content.subjects.iter().map(|subject| subject.kind)),
            settling_agency: content.agencies.settling.as_ref().map(cut),
            time_limit: content
                .time_limit
                .as_ref()
                .map(|limit| TimeLimit { text: limit.text.as_ref().map(cut), ..limit.clone() }),
        }
    }
}

impl Summary {
    /// The stored form of the summary of `version`.
    pub(super) fn json(version: &VersionRow, gist: Gist) -> Result<String, Error> {
        let summary = Self {
            id: version.procedure_id.clone(),
            version_id: version.id.clone(),
            number: version.number,
            origin: version.origin.clone(),
            valid_from: known_start(version.valid_from),
            valid_to: known_end(version.valid_to),
            gist,
        };
        Ok(serde_json::to_string(&summary)?)
    }
}

fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    values.collect::<std::collections::BTreeSet<T>>().into_iter().collect()
}
