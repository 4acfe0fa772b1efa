//! Form files by what is in them: the same bytes are stored once, and never change.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::StoreFile;

use crate::db::insert_row;
use crate::schema::{files, procedure_files};
use crate::{Conn, Error};

/// A stored file without its content.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = files)]
pub struct FileRow {
    /// SHA-256 of the content, 64 hexadecimal digits in lower case.
    pub sha256: String,
    pub media_type: String,
    pub size_bytes: i64,
    pub created_at: NaiveDateTime,
}

/// Stores a file under its checksum; answers false when it was there already, as it was then. A unique
/// violation means that someone else stored it in the meantime.
pub fn store(
    conn: &mut Conn,
    _: &Permit<StoreFile>,
    sha256: &str,
    media_type: &str,
    content: &[u8],
    now: NaiveDateTime,
) -> Result<bool, Error> {
    if find(conn, sha256)?.is_some() {
        return Ok(false);
    }
    insert_row(
        conn,
        files::table,
        (
            files::sha256.eq(sha256),
            files::media_type.eq(media_type),
            files::size_bytes.eq(content.len() as i64),
            files::content.eq(content),
            files::created_at.eq(now),
        ),
    )?;
    Ok(true)
}

/// The file of a checksum.
pub fn find(conn: &mut Conn, sha256: &str) -> Result<Option<FileRow>, Error> {
    Ok(files::table.find(sha256).select(FileRow::as_select()).first(conn).optional()?)
}

/// What is in the file of a checksum.
pub fn content(conn: &mut Conn, sha256: &str) -> Result<Option<Vec<u8>>, Error> {
    Ok(files::table.find(sha256).select(files::content).first(conn).optional()?)
}

/// Whether some version of a procedure names the file, stored or not.
pub fn is_public(conn: &mut Conn, sha256: &str) -> Result<bool, Error> {
    let version: Option<String> = procedure_files::table
        .filter(procedure_files::sha256.eq(sha256))
        .select(procedure_files::version_id)
        .first(conn)
        .optional()?;
    Ok(version.is_some())
}
