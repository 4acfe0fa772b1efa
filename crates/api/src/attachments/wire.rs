//! What the files' operations read and show.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kstt_domain::attachments::{AttachmentState, FileType};
use kstt_persistence::attachments::AttachmentRow;
use serde::{Deserialize, Serialize};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoParams, IntoResponses, ToSchema};

/// What a file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FileQuery {
    /// Name of the file, as people know it.
    #[param(min_length = 1, max_length = 200, example = "bien-nhan.pdf")]
    pub name: String,
}

/// The bytes of a file that comes with feedback.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary, min_length = 1, max_length = 20_971_520)]
#[allow(dead_code)]
pub struct AttachmentBytes(Vec<u8>);

/// The answer that is a file.
pub struct AttachmentAnswer;

impl IntoResponses for AttachmentAnswer {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let description = "The file's bytes, to be saved and never shown in place";
        let answer =
            FileType::ALL.iter().fold(ResponseBuilder::new().description(description), |answer, kind| {
                let content = Content::new(Some(Ref::from_schema_name("AttachmentBytes")));
                answer.content(kind.media_type(), content)
            });
        BTreeMap::from([("200".to_owned(), answer.into())])
    }
}

/// A file that came with feedback.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentView {
    /// UUID.
    #[schema(max_length = 36)]
    pub id: String,
    #[schema(max_length = 210, example = "bien-nhan.pdf")]
    pub name: String,
    /// What its content says it is.
    #[schema(max_length = 100, example = "application/pdf")]
    pub media_type: String,
    #[schema(minimum = 1, maximum = 20_971_520)]
    pub size_bytes: i64,
    /// SHA-256 of its bytes, in lower-case hexadecimal digits.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    pub state: AttachmentState,
    /// The sender of the item sent it.
    pub by_citizen: bool,
    pub created_at: DateTime<Utc>,
}

impl From<AttachmentRow> for AttachmentView {
    fn from(row: AttachmentRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            media_type: row.media_type,
            size_bytes: row.size_bytes,
            sha256: row.sha256,
            state: row.state.0,
            by_citizen: row.by_citizen,
            created_at: row.created_at.and_utc(),
        }
    }
}

/// A file of one's own.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnAttachmentView {
    #[schema(max_length = 210, example = "bien-nhan.pdf")]
    pub name: String,
    #[schema(minimum = 1, maximum = 20_971_520)]
    pub size_bytes: i64,
    pub state: AttachmentState,
}

impl From<AttachmentRow> for OwnAttachmentView {
    fn from(row: AttachmentRow) -> Self {
        Self { name: row.name, size_bytes: row.size_bytes, state: row.state.0 }
    }
}

/// Where a file can be had for a while.
#[derive(Debug, Serialize, ToSchema)]
pub struct DownloadLink {
    /// Who has it has the file.
    #[schema(max_length = 500)]
    pub address: String,
    /// When it ends, in real time.
    pub expires_at: DateTime<Utc>,
}
