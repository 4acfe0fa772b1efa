//! What is on its way out, lane by lane: a receiver that fails keeps nobody else waiting.

use chrono::{DateTime, NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use kstt_domain::notifications::{DeliveryState, Retries};
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::ManageWebhooks;

use crate::audit::AuditRow;
use crate::db::insert_row;
use crate::schema::{audit, deliveries as d, lanes, seals, webhooks};
use crate::{Conn, Error, Stored};

/// The lane of the mail server; other lanes are named by the id of their webhook.
pub const MAIL: &str = "email";

/// One event on its way to one receiver.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = d, treat_none_as_default_value = false)]
pub struct DeliveryRow {
    pub id: String,
    pub lane: String,
    /// The id of the webhook, or of the account whose mailbox it is.
    pub recipient: String,
    pub event_id: String,
    pub state: Stored<DeliveryState>,
    pub attempts: i64,
    pub next_attempt_at: NaiveDateTime,
    pub last_error: Option<String>,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// How a way out is doing.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = lanes)]
pub struct Lane {
    pub name: String,
    /// Nobody else serves it until then.
    pub lease_until: NaiveDateTime,
    /// It is left alone until then.
    pub rest_until: NaiveDateTime,
    /// Failures in a row.
    pub failures: i64,
    pub failing_since: Option<NaiveDateTime>,
}

/// Something to send now, with the event it tells of and the event's place in the sequence.
#[derive(Debug, Clone)]
pub struct Outbound {
    pub delivery: DeliveryRow,
    pub event: AuditRow,
    pub seq: i64,
}

/// Opens a lane if it is not open.
pub fn open_lane(conn: &mut Conn, name: &str) -> Result<(), Error> {
    if lane(conn, name)?.is_none() {
        let long_ago = DateTime::UNIX_EPOCH.naive_utc();
        insert_row(
            conn,
            lanes::table,
            (
                lanes::name.eq(name),
                lanes::lease_until.eq(long_ago),
                lanes::rest_until.eq(long_ago),
                lanes::failures.eq(0),
            ),
        )?;
    }
    Ok(())
}

/// How a lane is doing.
pub fn lane(conn: &mut Conn, name: &str) -> Result<Option<Lane>, Error> {
    Ok(lanes::table.find(name).select(Lane::as_select()).first(conn).optional()?)
}

/// Puts an event on its way; a unique violation means that it is.
pub fn enqueue(conn: &mut Conn, row: &DeliveryRow) -> Result<(), Error> {
    insert_row(conn, d::table, row)?;
    Ok(())
}

/// Lanes that nobody serves, that have rested and on which something is due, those that have waited longest first.
pub fn rested(conn: &mut Conn, now: NaiveDateTime) -> Result<Vec<String>, Error> {
    let disabled = webhooks::table.filter(webhooks::disabled_at.is_not_null()).select(webhooks::id);
    let free: Vec<String> = lanes::table
        .filter(lanes::lease_until.lt(now))
        .filter(lanes::rest_until.le(now))
        .filter(lanes::name.ne_all(disabled))
        .order(lanes::lease_until.asc())
        .select(lanes::name)
        .load(conn)?;
    let mut found = Vec::new();
    for name in free {
        if !due(conn, &name, now, 1)?.is_empty() {
            found.push(name);
        }
    }
    Ok(found)
}

/// Takes a lane that is free, or keeps one that is `held` until then; answers the end of the new lease.
pub fn begin(
    conn: &mut Conn,
    name: &str,
    held: Option<NaiveDateTime>,
    now: NaiveDateTime,
    span: TimeDelta,
) -> Result<Option<NaiveDateTime>, Error> {
    let until = now + span;
    let lane = lanes::table.find(name);
    let taken = match held {
        Some(held) => diesel::update(lane.filter(lanes::lease_until.eq(held)))
            .set(lanes::lease_until.eq(until))
            .execute(conn)?,
        None => diesel::update(lane.filter(lanes::lease_until.lt(now)))
            .set(lanes::lease_until.eq(until))
            .execute(conn)?,
    };
    Ok((taken == 1).then_some(until))
}

/// What is due on a lane, what has waited longest first.
pub fn due(conn: &mut Conn, lane: &str, now: NaiveDateTime, limit: i64) -> Result<Vec<Outbound>, Error> {
    let found: Vec<(DeliveryRow, AuditRow, Option<i64>)> = d::table
        .inner_join(audit::table.left_join(seals::table))
        .filter(d::lane.eq(lane))
        .filter(d::state.eq(Stored(DeliveryState::Pending)))
        .filter(d::next_attempt_at.le(now))
        .order((d::next_attempt_at.asc(), d::id.asc()))
        .limit(limit)
        .select((DeliveryRow::as_select(), AuditRow::as_select(), seals::seq.nullable()))
        .load(conn)?;
    let outbound = |(delivery, event, seq): (_, _, Option<i64>)| Outbound {
        delivery,
        event,
        seq: seq.unwrap_or_default(),
    };
    Ok(found.into_iter().map(outbound).collect())
}

/// Notes that something arrived. Its lane is well.
pub fn settle(conn: &mut Conn, row: &DeliveryRow, now: NaiveDateTime) -> Result<(), Error> {
    diesel::update(d::table.find(&row.id))
        .set((
            d::state.eq(Stored(DeliveryState::Delivered)),
            d::attempts.eq(row.attempts + 1),
            d::last_error.eq(None::<String>),
            d::updated_at.eq(now),
        ))
        .execute(conn)?;
    diesel::update(lanes::table.find(&row.lane))
        .set((lanes::failures.eq(0), lanes::failing_since.eq(None::<NaiveDateTime>)))
        .execute(conn)?;
    Ok(())
}

/// Notes that something did not arrive: it is tried again, or given up. Answers what has become of it.
pub fn fail(
    conn: &mut Conn,
    row: &DeliveryRow,
    error: &str,
    retries: &Retries,
    now: NaiveDateTime,
) -> Result<DeliveryState, Error> {
    let attempts = row.attempts + 1;
    let wait = retries.after(count(attempts));
    let state = if wait.is_some() { DeliveryState::Pending } else { DeliveryState::Dead };
    diesel::update(d::table.find(&row.id))
        .set((
            d::state.eq(Stored(state)),
            d::attempts.eq(attempts),
            d::next_attempt_at.eq(now + wait.unwrap_or_default()),
            d::last_error.eq(Some(error)),
            d::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(state)
}

/// Leaves a lane alone a while, the longer the more often it failed since it was well.
pub fn rest(conn: &mut Conn, lane: &str, retries: &Retries, now: NaiveDateTime) -> Result<(), Error> {
    let Some(lane) = self::lane(conn, lane)? else { return Ok(()) };
    let failures = lane.failures + 1;
    diesel::update(lanes::table.find(&lane.name))
        .set((
            lanes::failures.eq(failures),
            lanes::failing_since.eq(Some(lane.failing_since.unwrap_or(now))),
            lanes::rest_until.eq(now + retries.rest(count(failures))),
        ))
        .execute(conn)?;
    Ok(())
}

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What went, goes or went not to a lane, newest first, before `before_id`; of one state if it is named.
pub fn deliveries(
    conn: &mut Conn,
    lane: &str,
    state: Option<DeliveryState>,
    before_id: Option<&str>,
    limit: i64,
) -> Result<Vec<(DeliveryRow, AuditRow)>, Error> {
    let mut query = d::table
        .inner_join(audit::table)
        .filter(d::lane.eq(lane.to_owned()))
        .order(d::id.desc())
        .limit(limit)
        .select((DeliveryRow::as_select(), AuditRow::as_select()))
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(d::state.eq(Stored(state)));
    }
    if let Some(before) = before_id {
        query = query.filter(d::id.lt(before.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// How many deliveries of a lane wait, and how many were given up, counting at most `cap` of each.
#[derive(Debug, Clone, Copy)]
pub struct Tally {
    pub pending: i64,
    pub dead: i64,
}

/// See [`Tally`].
pub fn tally(conn: &mut Conn, lane: &str, cap: i64) -> Result<Tally, Error> {
    let mut count = |state: DeliveryState| -> Result<i64, Error> {
        let found: Vec<String> = d::table
            .filter(d::lane.eq(lane))
            .filter(d::state.eq(Stored(state)))
            .limit(cap)
            .select(d::id)
            .load(conn)?;
        Ok(i64::try_from(found.len()).unwrap_or(cap))
    };
    Ok(Tally { pending: count(DeliveryState::Pending)?, dead: count(DeliveryState::Dead)? })
}

/// How many deliveries of all lanes wait, and how many were given up, counting at most `cap` of each lane.
pub fn tally_all(conn: &mut Conn, cap: i64) -> Result<Tally, Error> {
    let lanes: Vec<String> = lanes::table.select(lanes::name).load(conn)?;
    let mut whole = Tally { pending: 0, dead: 0 };
    for lane in lanes {
        let of_lane = tally(conn, &lane, cap)?;
        (whole.pending, whole.dead) = (whole.pending + of_lane.pending, whole.dead + of_lane.dead);
    }
    Ok(whole)
}

/// Sends again what was given up on a lane: these, or all. The lane need not rest any longer. Answers how
/// many.
pub fn replay(
    conn: &mut Conn,
    permit: &Permit<ManageWebhooks>,
    ids: Option<&[String]>,
    now: NaiveDateTime,
) -> Result<usize, Error> {
    let lane = permit.subject_id();
    let dead = d::table.filter(d::lane.eq(lane)).filter(d::state.eq(Stored(DeliveryState::Dead)));
    let again = (
        d::state.eq(Stored(DeliveryState::Pending)),
        d::attempts.eq(0),
        d::next_attempt_at.eq(now),
        d::updated_at.eq(now),
    );
    let replayed = match ids {
        Some(ids) => diesel::update(dead.filter(d::id.eq_any(ids))).set(again).execute(conn)?,
        None => diesel::update(dead).set(again).execute(conn)?,
    };
    diesel::update(lanes::table.find(lane)).set(lanes::rest_until.eq(now)).execute(conn)?;
    Ok(replayed)
}
