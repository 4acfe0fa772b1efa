//! Storing a file.

use kstt_domain::policy::Target;
use kstt_domain::policy::actions::StoreFile;
use kstt_persistence::audit::Change;
use kstt_persistence::{documents, procedures};

use super::wire::FileView;
use crate::http::{ApiError, Faults, Halt, Reply, Tx, say};

/// The entity tag of a file: its bytes never change.
pub fn tag(sha256: &str) -> String {
    format!("\"{sha256}\"")
}

/// Refuses bytes of another checksum than the stated one, and a file without any.
pub fn check(stated: &str, actual: &str, content: &[u8]) -> Result<(), ApiError> {
    let mut faults = Faults::default();
    if content.is_empty() {
        faults.add("", "empty", say("Tệp không có nội dung.", "The file is empty."));
    }
    if stated != actual {
        let detail = say(
            format!("SHA-256 của nội dung đã gửi là {actual}."),
            format!("The SHA-256 of the content sent is {actual}."),
        );
        faults.add("/path/sha256", "checksum", detail);
    }
    faults.finish()
}

/// Stores a file under its checksum. One that is there already stays as it is.
pub fn store(tx: &mut Tx<'_>, sha256: &str, media_type: &str, content: &[u8]) -> Result<Reply, Halt> {
    let permit = tx.permit::<StoreFile>(&Target::city(sha256))?;
    let now = tx.now.naive_utc();
    let is_new = documents::store(tx.conn, &permit, sha256, media_type, content, now).map_err(|error| {
        // On PostgreSQL someone else may have stored it in the meantime.
        if error.is_unique_violation() { Halt::Raced } else { error.into() }
    })?;
    let row = documents::find(tx.conn, sha256)?.ok_or(Halt::Raced)?;
    let view = FileView::from(row);
    let mut reply = if is_new {
        procedures::file_arrived(tx.conn, sha256)?;
        let after = serde_json::to_value(&view).ok();
        tx.audit(&permit, Change { kind: "file", id: sha256, key: sha256, after, ..Change::default() })?;
        Reply::created(view.href.clone(), &view)?
    } else {
        Reply::ok(&view)?
    };
    reply.etag = Some(tag(sha256));
    Ok(reply)
}
