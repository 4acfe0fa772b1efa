//! What people find in their inbox.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::notifications::NoticeKind;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::KeepMyNotifications;

use crate::db::insert_row;
use crate::schema::notifications as n;
use crate::{Conn, Error, Stored};

/// One message to one person about one event. Its words are made when it is read.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = n, treat_none_as_default_value = false)]
pub struct NotificationRow {
    pub id: String,
    pub user_id: String,
    pub event_id: String,
    pub kind: Stored<NoticeKind>,
    /// The unit whose matter it is.
    pub unit_id: Option<String>,
    pub subject_kind: String,
    pub subject_id: String,
    /// What its words are made of: JSON.
    pub facts: String,
    pub created_at: NaiveDateTime,
    pub read_at: Option<NaiveDateTime>,
}

/// Puts a message into an inbox; a unique violation means that it is there.
pub fn insert(conn: &mut Conn, row: &NotificationRow) -> Result<(), Error> {
    insert_row(conn, n::table, row)?;
    Ok(())
}

/// The messages of a person, newest first, before `before_id`.
pub fn list(
    conn: &mut Conn,
    user_id: &str,
    unread_only: bool,
    before_id: Option<&str>,
    limit: i64,
) -> Result<Vec<NotificationRow>, Error> {
    let mut query = n::table
        .filter(n::user_id.eq(user_id.to_owned()))
        .order(n::id.desc())
        .limit(limit)
        .select(NotificationRow::as_select())
        .into_boxed();
    if unread_only {
        query = query.filter(n::read_at.is_null());
    }
    if let Some(before) = before_id {
        query = query.filter(n::id.lt(before.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// What a person was told of an event.
pub fn of_event(conn: &mut Conn, user_id: &str, event_id: &str) -> Result<Option<NotificationRow>, Error> {
    Ok(n::table
        .filter(n::user_id.eq(user_id))
        .filter(n::event_id.eq(event_id))
        .select(NotificationRow::as_select())
        .first(conn)
        .optional()?)
}

/// How many unread messages there are of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Unread {
    pub kind: NoticeKind,
    pub count: i64,
}

/// The unread messages of a person by kind, looking at no more than `cap` of them.
pub fn unread(conn: &mut Conn, user_id: &str, cap: i64) -> Result<Vec<Unread>, Error> {
    let kinds: Vec<Stored<NoticeKind>> = n::table
        .filter(n::user_id.eq(user_id))
        .filter(n::read_at.is_null())
        .order(n::id.desc())
        .limit(cap)
        .select(n::kind)
        .load(conn)?;
    let mut counted: Vec<Unread> = Vec::new();
    for Stored(kind) in kinds {
        match counted.iter_mut().find(|unread| unread.kind == kind) {
            Some(unread) => unread.count += 1,
            None => counted.push(Unread { kind, count: 1 }),
        }
    }
    counted.sort_by_key(|unread| unread.kind);
    Ok(counted)
}

/// Marks messages of the person the permit is for as read: those of these ids, or all up to the one of
/// `up_to`. Answers how many were unread.
pub fn mark_read(
    conn: &mut Conn,
    permit: &Permit<KeepMyNotifications>,
    ids: &[String],
    up_to: Option<&str>,
    now: NaiveDateTime,
) -> Result<usize, Error> {
    let mine = n::table.filter(n::user_id.eq(permit.actor().id.clone())).filter(n::read_at.is_null());
    let mut marked = 0;
    if !ids.is_empty() {
        marked += diesel::update(mine.clone().filter(n::id.eq_any(ids.to_vec())))
            .set(n::read_at.eq(now))
            .execute(conn)?;
    }
    if let Some(up_to) = up_to {
        marked +=
            diesel::update(mine.filter(n::id.le(up_to.to_owned()))).set(n::read_at.eq(now)).execute(conn)?;
    }
    Ok(marked)
}
