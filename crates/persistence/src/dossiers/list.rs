//! Finding records.

use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::dossiers::{CountChannel, LONGEST_DAYS};
use kstt_domain::units::UnitLevel;

use super::sums::led;
use super::{CountKey, CountRow, Led};
use crate::schema::dossier_counts as c;
use crate::{Backend, Conn, Error, Stored};

/// What a list is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub field: Option<String>,
    pub level: Option<UnitLevel>,
    pub channel: Option<CountChannel>,
    /// Only periods that begin on this day or later.
    pub from: Option<NaiveDate>,
    /// Only periods that end on this day or before.
    pub to: Option<NaiveDate>,
    pub updated_since: Option<NaiveDateTime>,
}

/// Where a list goes on.
#[derive(Debug, Clone)]
pub struct After {
    pub first_day: NaiveDate,
    pub id: String,
}

/// Records of some units, or of all, latest periods first.
pub fn list(
    conn: &mut Conn,
    units: Option<&[String]>,
    filter: &Filter,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<CountRow>, Error> {
    let Some(units) = units else { return list_of(conn, None, filter, after, limit) };
    // Unit by unit, each along its index, so that not all of them are sorted for one page.
    let mut rows = Vec::new();
    for unit in units {
        rows.extend(list_of(conn, Some(unit), filter, after, limit)?);
    }
    rows.sort_by(|a, b| (b.first_day, &b.id).cmp(&(a.first_day, &a.id)));
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(rows)
}

fn list_of(
    conn: &mut Conn,
    unit: Option<&str>,
    filter: &Filter,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<CountRow>, Error> {
    let mut query = narrowed(filter);
    if let Some(unit) = unit {
        query = query.filter(c::unit_id.eq(unit.to_owned()));
    }
    if let Some(after) = after {
        let further = c::first_day.lt(after.first_day).or(c::id.lt(after.id.clone()));
        query = query.filter(c::first_day.le(after.first_day)).filter(further);
    }
    Ok(query
        .order((c::first_day.desc(), c::id.desc()))
        .limit(limit)
        .select(CountRow::as_select())
        .load(conn)?)
}

fn narrowed(filter: &Filter) -> c::BoxedQuery<'static, Backend> {
    let mut query = c::table.into_boxed();
    if let Some(field) = &filter.field {
        query = query.filter(c::field.eq(field.clone()));
    }
    if let Some(level) = filter.level {
        query = query.filter(c::level.eq(Stored(level)));
    }
    if let Some(channel) = filter.channel {
        query = query.filter(c::channel.eq(Stored(channel)));
    }
    if let Some(from) = filter.from {
        query = query.filter(c::first_day.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(c::first_day.le(to)).filter(c::last_day.le(to));
    }
    if let Some(since) = filter.updated_since {
        query = query.filter(c::updated_at.ge(since));
    }
    query
}

/// Records of some units by id, after one: of the dossiers that several units have, those asked for.
pub fn in_order(
    conn: &mut Conn,
    (unit_ids, led): (&[String], Led<'_>),
    filter: &Filter,
    (after, limit): (Option<&str>, i64),
) -> Result<Vec<CountRow>, Error> {
    let further = c::id.gt(after.unwrap_or_default().to_owned());
    let query = narrowed(filter).filter(c::unit_id.eq_any(unit_ids.to_vec())).filter(further);
    let query = led!(query, led, unit_ids);
    Ok(query.order(c::id.asc()).limit(limit).select(CountRow::as_select()).load(conn)?)
}

/// One record.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<CountRow>, Error> {
    Ok(c::table.find(id).select(CountRow::as_select()).first(conn).optional()?)
}

/// The records of a key's unit, field, level, channel and lead whose periods share days with the key's, the same
/// period included.
pub fn sharing_days(conn: &mut Conn, key: &CountKey) -> Result<Vec<CountRow>, Error> {
    let earliest = key.period.first() - Days::new(LONGEST_DAYS);
    Ok(c::table
        .filter(c::unit_id.eq(&key.unit_id))
        .filter(c::field.eq(&key.field))
        .filter(c::level.eq(Stored(key.level)))
        .filter(c::channel.eq(Stored(key.channel)))
        .filter(c::lead_unit_id.eq(&key.lead_unit_id))
        .filter(c::first_day.ge(earliest))
        .filter(c::first_day.le(key.period.last()))
        .filter(c::last_day.ge(key.period.first()))
        .order(c::first_day.asc())
        .select(CountRow::as_select())
        .load(conn)?)
}
