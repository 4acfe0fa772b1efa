//! Files of a procedure: forms to fill in, and dossiers filled in as examples.
//!
//! Only a reference is kept here; the bytes lie elsewhere and are found by their checksum.

use serde::{Deserialize, Serialize};

/// Length of a SHA-256 in hexadecimal digits.
const SHA256_DIGITS: usize = 64;

/// A file, known by the checksum of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FileReference {
    pub name: String,
    /// Such as `application/pdf`; `application/octet-stream` when the source does not say.
    pub media_type: String,
    /// None when the source does not say.
    pub size_bytes: Option<i64>,
    /// 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// An application or declaration form (mẫu đơn, mẫu tờ khai): Decree 63/2010/NĐ-CP Art. 8.2, last part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FormFile {
    pub name: String,
    /// Code printed on the form, such as `TP/HT-2015-TKKS.1`.
    pub code: Option<String>,
    /// None when the form is named only.
    pub file: Option<FileReference>,
}

/// A dossier filled in as an example (hồ sơ mẫu).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SampleSet {
    pub title: String,
    /// The case of the dossier it is an example of.
    pub case: Option<String>,
    pub files: Vec<FileReference>,
}

/// Whether `text` is a SHA-256 as this project writes it.
pub fn is_sha256(text: &str) -> bool {
    text.len() == SHA256_DIGITS && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
