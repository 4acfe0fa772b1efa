//! What the files' operations read and show.

use std::collections::BTreeMap;

use kstt_persistence::documents::FileRow;
use serde::Serialize;
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// The longest file, in bytes.
pub const MAX_BYTES: usize = 20 << 20;

/// What forms come as: nothing that a browser would run.
pub const MEDIA_TYPES: &[&str] = &[
    "application/pdf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/rtf",
    "text/rtf",
    "image/png",
    "image/jpeg",
];

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary, min_length = 1, max_length = 20_971_520)]
#[allow(dead_code)]
pub struct FileBytes(Vec<u8>);

/// The answer that is a file.
pub struct FileAnswer;

impl IntoResponses for FileAnswer {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let description = "The file's bytes, as the type it was stored with";
        let answer =
            MEDIA_TYPES.iter().fold(ResponseBuilder::new().description(description), |answer, media_type| {
                answer.content(*media_type, Content::new(Some(Ref::from_schema_name("FileBytes"))))
            });
        BTreeMap::from([("200".to_owned(), answer.into())])
    }
}

/// A stored file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "sha256": "47f0c98cba92923be46d932bf2254811debd9e39630318f813d758789b739c83",
    "media_type": "application/pdf", "size_bytes": 49,
    "href": "/v1/files/47f0c98cba92923be46d932bf2254811debd9e39630318f813d758789b739c83",
}))]
pub struct FileView {
    /// SHA-256 of its bytes, in lower-case hexadecimal digits.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// The type it was first stored with.
    #[schema(max_length = 100)]
    pub media_type: String,
    /// Its length in bytes.
    #[schema(minimum = 1, maximum = 20_971_520)]
    pub size_bytes: i64,
    /// Where it is served once a procedure names it.
    #[schema(max_length = 100)]
    pub href: String,
}

impl From<FileRow> for FileView {
    fn from(row: FileRow) -> Self {
        let href = format!("/v1/files/{}", row.sha256);
        Self { sha256: row.sha256, media_type: row.media_type, size_bytes: row.size_bytes, href }
    }
}
