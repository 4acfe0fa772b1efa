//! Files within the body in which feedback is sent.

use actix_web::web::Bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::attachments::Sent;
use crate::http::{ApiError, Faults, say};

/// So many files, and so many bytes of them, go with a letter.
const MOST_FILES: usize = 5;
const MOST_BYTES: usize = 10 << 20;
/// The longest body with files: their base64 and the letter.
pub const WITH_FILES: usize = MOST_BYTES / 3 * 4 + (1 << 20);

/// A file that goes with a letter.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterFile {
    /// As people know it.
    #[schema(min_length = 1, max_length = 200, example = "bien-nhan.pdf")]
    name: String,
    /// The file in base64 (RFC 4648 section 4). What it is, its content says: PDF, PNG, JPEG, DOCX, XLSX, ODT
    /// and ODS are taken.
    #[schema(min_length = 4, max_length = 13_981_016, content_encoding = "base64")]
    content: String,
}

/// The files themselves, or every fault of how they are written.
pub fn files_of(files: Vec<LetterFile>) -> Result<Vec<Sent>, ApiError> {
    let (mut faults, mut sent) = (Faults::default(), Vec::new());
    for (index, file) in files.into_iter().enumerate() {
        let (name_at, content_at) = (format!("/files/{index}/name"), format!("/files/{index}/content"));
        match STANDARD.decode(&file.content) {
            Ok(content) => {
                sent.push(Sent { name: file.name, content: Bytes::from(content), name_at, content_at })
            }
            Err(_) => faults.add(content_at, "not_base64", say("Không phải base64.", "It is not base64.")),
        }
    }
    if sent.len() > MOST_FILES || sent.iter().map(|file| file.content.len()).sum::<usize>() > MOST_BYTES {
        let detail = say("Nhiều nhất 5 tệp và 10 MiB.", "At most 5 files and 10 MiB.");
        faults.add("/files", "too_large", detail);
    }
    faults.finish()?;
    Ok(sent)
}
