//! The append-only trail, its seals and the changes feed.
//!
//! Every change writes its row in its own transaction. Afterwards one leaseholder gives each row a
//! place in `seals`: late commits would slip behind any watermark by id. Each seal's hash is keyed
//! with a secret kept outside the database and covers the one before it.

mod verify;

pub use verify::{Fault, Verified, verify};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use hmac::{Hmac, Mac};
use kstt_domain::codes::Code;
use kstt_domain::policy::{ActionKind, Permit};
use serde_json::Value;
use sha2::Sha256;

use crate::db::insert_row;
use crate::schema::{audit, seal_queue, seals};
use crate::{Conn, Error, hex};

/// One row of the trail. Codes are kept as text: the trail outlives the code lists, and a row with a
/// forged code must still be read to be reported.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
pub struct AuditRow {
    pub id: String,
    pub at: NaiveDateTime,
    pub action: String,
    pub actor_kind: String,
    pub actor_id: String,
    pub actor_name: String,
    pub actor_unit: Option<String>,
    pub subject_kind: String,
    pub subject_id: String,
    pub subject_key: String,
    pub unit_id: Option<String>,
    pub before_state: Option<String>,
    pub after_state: Option<String>,
    pub reason: Option<String>,
    pub trace_id: String,
    pub client_address: Option<String>,
}

/// What changed, as the room that changed it tells it.
#[derive(Debug, Default)]
pub struct Change<'a> {
    /// Kind of subject, the singular noun of its room.
    pub kind: &'a str,
    pub id: &'a str,
    /// The key people use (a code), or the id again.
    pub key: &'a str,
    /// The unit whose matter it is; `None`: the whole city's.
    pub unit_id: Option<&'a str>,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub reason: Option<&'a str>,
}

/// Where a change came from.
#[derive(Debug, Clone)]
pub struct Origin {
    pub now: DateTime<Utc>,
    pub trace_id: String,
    pub client_address: Option<String>,
}

/// Writes the row of one change, in the transaction of the change.
pub fn record<A: ActionKind>(
    conn: &mut Conn,
    permit: &Permit<A>,
    origin: &Origin,
    row_id: String,
    change: Change<'_>,
) -> Result<(), Error> {
    let actor = permit.actor();
    let row = AuditRow {
        id: row_id.clone(),
        at: origin.now.naive_utc(),
        action: permit.action().code().to_owned(),
        actor_kind: actor.kind.code().to_owned(),
        actor_id: actor.id.clone(),
        actor_name: actor.name.clone(),
        actor_unit: actor.unit.as_ref().map(|unit| unit.id.clone()),
        subject_kind: change.kind.to_owned(),
        subject_id: change.id.to_owned(),
        subject_key: change.key.to_owned(),
        unit_id: change.unit_id.map(str::to_owned),
        before_state: change.before.map(|value| value.to_string()),
        after_state: change.after.map(|value| value.to_string()),
        reason: change.reason.map(str::to_owned),
        trace_id: origin.trace_id.clone(),
        client_address: origin.client_address.clone(),
    };
    insert_row(conn, audit::table, row)?;
    insert_row(conn, seal_queue::table, seal_queue::audit_id.eq(row_id))?;
    Ok(())
}

/// The secret that keys the chain.
#[derive(Clone)]
pub struct SealKey(pub Vec<u8>);

/// The last seal: place and hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub seq: i64,
    pub hash: String,
}

/// Whether any row waits for its place.
pub fn is_waiting(conn: &mut Conn) -> Result<bool, Error> {
    let first: Option<String> = seal_queue::table.select(seal_queue::audit_id).first(conn).optional()?;
    Ok(first.is_some())
}

/// Gives a place to up to `limit` rows that have none; answers how many. The caller holds the sealing
/// lease.
pub fn seal(conn: &mut Conn, key: &SealKey, limit: i64) -> Result<usize, Error> {
    let waiting: Vec<AuditRow> = seal_queue::table
        .inner_join(audit::table)
        .select(AuditRow::as_select())
        .order(audit::id.asc())
        .limit(limit)
        .load(conn)?;
    let (mut seq, mut previous) = head(conn)?.map_or((0, String::new()), |head| (head.seq, head.hash));
    for row in &waiting {
        seq += 1;
        previous = chain(key, &previous, seq, row);
        insert_row(
            conn,
            seals::table,
            (seals::seq.eq(seq), seals::audit_id.eq(&row.id), seals::hash.eq(&previous)),
        )?;
    }
    // By name: rows that were committed meanwhile may have ids among these.
    let sealed = waiting.iter().map(|row| &row.id);
    diesel::delete(seal_queue::table.filter(seal_queue::audit_id.eq_any(sealed))).execute(conn)?;
    Ok(waiting.len())
}

/// The last seal, if any row is sealed.
pub fn head(conn: &mut Conn) -> Result<Option<Head>, Error> {
    let row: Option<(i64, String)> =
        seals::table.select((seals::seq, seals::hash)).order(seals::seq.desc()).first(conn).optional()?;
    Ok(row.map(|(seq, hash)| Head { seq, hash }))
}

fn chain(key: &SealKey, previous: &str, seq: i64, row: &AuditRow) -> String {
    // Any length is a valid HMAC key.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key.0) else { return String::new() };
    let optional =
        |value: &Option<String>| value.as_ref().map_or(Value::Null, |text| Value::from(text.as_str()));
    let covered = Value::from(vec![
        Value::from(previous),
        Value::from(seq),
        Value::from(row.id.as_str()),
        Value::from(row.at.and_utc().timestamp_micros()),
        Value::from(row.action.as_str()),
        Value::from(row.actor_kind.as_str()),
        Value::from(row.actor_id.as_str()),
        Value::from(row.actor_name.as_str()),
        optional(&row.actor_unit),
        Value::from(row.subject_kind.as_str()),
        Value::from(row.subject_id.as_str()),
        Value::from(row.subject_key.as_str()),
        optional(&row.unit_id),
        optional(&row.before_state),
        optional(&row.after_state),
        optional(&row.reason),
        Value::from(row.trace_id.as_str()),
        optional(&row.client_address),
    ]);
    mac.update(covered.to_string().as_bytes());
    hex(mac.finalize().into_bytes())
}

/// Which rows a reader may see.
#[derive(Debug, Clone)]
pub enum Sight {
    City,
    /// Matters of these units.
    Units(Vec<String>),
}

/// A row with its place in the sealed sequence, if it has one yet.
pub type Placed = (AuditRow, Option<i64>);

/// Rows about one subject (by kind and key or id) or about all, newest first, before `before_id`.
pub fn list(
    conn: &mut Conn,
    sight: &Sight,
    subject: Option<(&str, &str)>,
    before_id: Option<&str>,
    limit: i64,
) -> Result<Vec<Placed>, Error> {
    let Sight::Units(units) = sight else { return list_of(conn, None, subject, before_id, limit) };
    // Unit by unit, each along its index, so that no long trail is sorted for one page.
    let mut rows: Vec<Placed> = Vec::new();
    for unit in units {
        rows.extend(list_of(conn, Some(unit.as_str()), subject, before_id, limit)?);
    }
    rows.sort_by(|(a, _), (b, _)| b.id.cmp(&a.id));
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(rows)
}

fn list_of(
    conn: &mut Conn,
    unit: Option<&str>,
    subject: Option<(&str, &str)>,
    before_id: Option<&str>,
    limit: i64,
) -> Result<Vec<Placed>, Error> {
    let mut query = audit::table
        .left_join(seals::table)
        .select((AuditRow::as_select(), seals::seq.nullable()))
        .order(audit::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some((kind, key)) = subject {
        query = query
            .filter(audit::subject_kind.eq(kind.to_owned()))
            .filter(audit::subject_key.eq(key.to_owned()).or(audit::subject_id.eq(key.to_owned())));
    }
    if let Some(unit) = unit {
        query = query.filter(audit::unit_id.eq(unit.to_owned()));
    }
    if let Some(before) = before_id {
        query = query.filter(audit::id.lt(before.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// Sealed rows after place `after` with their places, in order.
pub fn events_after(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<(i64, AuditRow)>, Error> {
    Ok(seals::table
        .inner_join(audit::table)
        .filter(seals::seq.gt(after))
        .order(seals::seq.asc())
        .limit(limit)
        .select((seals::seq, AuditRow::as_select()))
        .load(conn)?)
}

/// What the changes feed needs of a sealed row.
#[derive(Debug, Clone, Queryable)]
pub struct ChangeRow {
    pub seq: i64,
    pub at: NaiveDateTime,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: String,
    pub subject_key: String,
    pub unit_id: Option<String>,
}

/// Sealed rows after place `after`, in order.
pub fn changes(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<ChangeRow>, Error> {
    Ok(seals::table
        .inner_join(audit::table)
        .filter(seals::seq.gt(after))
        .order(seals::seq.asc())
        .limit(limit)
        .select((
            seals::seq,
            audit::at,
            audit::action,
            audit::subject_kind,
            audit::subject_id,
            audit::subject_key,
            audit::unit_id,
        ))
        .load(conn)?)
}
