//! Files that come with feedback and with reports: what is known of each. What is in them lies in the file store.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::attachments::AttachmentState;
use kstt_domain::codes::Code;
use kstt_domain::policy::actions::{
    EraseSenders, FollowFeedback, HandleFeedback, JudgeAttachment, SendFeedback, SubmitReport,
};
use kstt_domain::policy::{ActionKind, Permit};

use crate::db::insert_row;
use crate::schema::attachments as a;
use crate::{Conn, Error, Stored};

/// What is known of a file.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = a, treat_none_as_default_value = false)]
pub struct AttachmentRow {
    pub id: String,
    /// The item it came with, if it came with one.
    pub feedback_id: Option<String>,
    /// The report it came with, if it came with one.
    pub report_id: Option<String>,
    /// The first file of an item or a report is 1.
    pub number: i64,
    pub name: String,
    pub media_type: String,
    pub size_bytes: i64,
    /// 64 hexadecimal digits in lower case.
    pub sha256: String,
    pub state: Stored<AttachmentState>,
    /// Its key in the file store.
    pub place: String,
    pub by_citizen: bool,
    /// Name of the account; `citizen` for the sender of the item.
    pub author: String,
    pub created_at: NaiveDateTime,
    pub scanned_at: Option<NaiveDateTime>,
    pub version: i64,
}

/// Actions that add a file to an item or a report.
pub trait Attaches: ActionKind {}
impl Attaches for SendFeedback {}
impl Attaches for FollowFeedback {}
impl Attaches for HandleFeedback {}
impl Attaches for SubmitReport {}

/// Stores what is known of a new file. A unique violation means that another one came at the same time.
pub fn insert<A: Attaches>(conn: &mut Conn, _: &Permit<A>, row: &AttachmentRow) -> Result<(), Error> {
    insert_row(conn, a::table, row)?;
    Ok(())
}

/// The files of these items, in the order in which they came.
pub fn of_items(conn: &mut Conn, feedback_ids: &[String]) -> Result<Vec<AttachmentRow>, Error> {
    Ok(a::table
        .filter(a::feedback_id.eq_any(feedback_ids.to_vec()))
        .order((a::feedback_id.asc(), a::number.asc()))
        .select(AttachmentRow::as_select())
        .load(conn)?)
}

/// The files of a report, in the order in which they came.
pub fn of_report(conn: &mut Conn, report_id: &str) -> Result<Vec<AttachmentRow>, Error> {
    Ok(a::table
        .filter(a::report_id.eq(report_id))
        .order(a::number.asc())
        .select(AttachmentRow::as_select())
        .load(conn)?)
}

/// The file of an id.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<AttachmentRow>, Error> {
    Ok(a::table.find(id).select(AttachmentRow::as_select()).first(conn).optional()?)
}

/// Files that wait for their scan, those that have waited longest first.
pub fn quarantined(conn: &mut Conn, limit: i64) -> Result<Vec<AttachmentRow>, Error> {
    Ok(a::table
        .filter(a::state.eq(Stored(AttachmentState::Quarantined)))
        .order(a::id.asc())
        .limit(limit)
        .select(AttachmentRow::as_select())
        .load(conn)?)
}

/// Which of these ids have a row and something in the file store.
pub fn held(conn: &mut Conn, ids: &[String]) -> Result<Vec<String>, Error> {
    Ok(a::table
        .filter(a::id.eq_any(ids.to_vec()))
        .filter(
            a::state.eq_any(AttachmentState::ALL.iter().filter(|state| state.is_kept()).copied().map(Stored)),
        )
        .select(a::id)
        .load(conn)?)
}

/// Stores what the scan found; false: someone else did so meanwhile.
pub fn judge(
    conn: &mut Conn,
    permit: &Permit<JudgeAttachment>,
    expected: i64,
    state: AttachmentState,
    now: NaiveDateTime,
) -> Result<bool, Error> {
    let same_version = a::table.find(permit.subject_id()).filter(a::version.eq(expected));
    let updated = diesel::update(same_version)
        .set((a::state.eq(Stored(state)), a::scanned_at.eq(now), a::version.eq(expected + 1)))
        .execute(conn)?;
    Ok(updated == 1)
}

/// Gives up what the sender of an item sent with it, names included: what is in the store is no longer held,
/// and swept up. Answers how many files these are.
pub fn erase_of_sender(conn: &mut Conn, permit: &Permit<EraseSenders>, name: &str) -> Result<usize, Error> {
    let sent = a::table.filter(a::feedback_id.eq(permit.subject_id())).filter(a::by_citizen);
    Ok(diesel::update(sent)
        .set((a::state.eq(Stored(AttachmentState::Erased)), a::name.eq(name), a::version.eq(a::version + 1)))
        .execute(conn)?)
}
