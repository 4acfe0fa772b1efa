//! What reports need of the counts: movements are added over periods, stocks are taken at the end of one.

use chrono::{Days, NaiveDate};
use diesel::dsl::{max, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kstt_domain::dossiers::{CauseCounts, CountChannel, LONGEST_DAYS, StatusCounts};
use kstt_domain::units::UnitLevel;

use super::{CountKey, CountRow};
use crate::schema::dossier_counts as c;
use crate::{Conn, Error, Stored};

/// The first and the last day of a window; both belong to it.
pub type Window = (NaiveDate, NaiveDate);

/// The movements of one field, level and channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountSums {
    pub field: String,
    pub level: UnitLevel,
    pub channel: CountChannel,
    pub received: i64,
    pub early: i64,
    pub on_time: i64,
    pub late: i64,
    pub late_causes: CauseCounts,
}

/// How the dossiers of a unit, field, level and channel stand at the end of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    /// The record that says so.
    pub id: String,
    /// With the period at whose end they stand so.
    pub key: CountKey,
    pub in_time: i64,
    pub overdue: i64,
    pub by_status: StatusCounts,
}

/// Whose dossiers are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Led<'a> {
    /// All in which the units take part.
    ByAnyone,
    /// Those that one unit leads.
    By(&'a str),
    /// All, each once: not those in which one of the units takes part and another leads.
    Once,
}

macro_rules! led {
    ($query:expr, $led:expr, $unit_ids:expr) => {
        match $led {
            Led::ByAnyone => $query,
            Led::By(lead) => $query.filter(c::lead_unit_id.eq(lead.to_owned())),
            Led::Once => {
                let others = c::lead_unit_id.ne_all($unit_ids.to_vec());
                $query.filter(c::lead_unit_id.eq(c::unit_id).or(others))
            }
        }
    };
}
pub(crate) use led;

/// The units other than these that led dossiers they took part in, up to a day.
pub fn leads(conn: &mut Conn, unit_ids: &[String], day: NaiveDate) -> Result<Vec<String>, Error> {
    Ok(c::table
        .filter(c::unit_id.eq_any(unit_ids.to_vec()))
        .filter(c::lead_unit_id.ne_all(unit_ids.to_vec()))
        .filter(c::first_day.le(day))
        .select(c::lead_unit_id)
        .distinct()
        .order(c::lead_unit_id.asc())
        .load(conn)?)
}

type Key = (String, Stored<UnitLevel>, Stored<CountChannel>);
type Movements = (i64, i64, i64, i64);
type Causes = (i64, i64, i64, i64, i64, i64);

/// Adds up the periods that lie within a window, in the order of fields, levels and channels. Some units are
/// added up together.
pub fn sums(
    conn: &mut Conn,
    unit_ids: &[String],
    led: Led<'_>,
    window: Window,
) -> Result<Vec<CountSums>, Error> {
    let (from, to) = window;
    // The engines give sums of BIGINT different types.
    let mut query = c::table
        .filter(c::unit_id.eq_any(unit_ids.to_vec()))
        .filter(c::first_day.between(from, to))
        .filter(c::last_day.le(to))
        .group_by((c::field, c::level, c::channel))
        .order((c::field.asc(), c::level.asc(), c::channel.asc()))
        .select((
            (c::field, c::level, c::channel),
            (
                sql::<BigInt>("CAST(sum(received) AS BIGINT)"),
                sql::<BigInt>("CAST(sum(early) AS BIGINT)"),
                sql::<BigInt>("CAST(sum(on_time) AS BIGINT)"),
                sql::<BigInt>("CAST(sum(late) AS BIGINT)"),
            ),
            (
                sql::<BigInt>("CAST(sum(cause_dossier) AS BIGINT)"),
                sql::<BigInt>("CAST(sum(cause_staff) AS BIGINT)"),
                sql::<BigInt>("CAST(sum(cause_coordination) AS BIGINT)"),
                sql::<BigInt>("CAST(sum(cause_law) AS BIGINT)"),
                sql::<BigInt>("CAST(sum(cause_system) AS BIGINT)"),
                sql::<BigInt>("CAST(sum(cause_other) AS BIGINT)"),
            ),
        ))
        .into_boxed();
    query = led!(query, led, unit_ids);
    let found: Vec<(Key, Movements, Causes)> = query.load(conn)?;
    let summed = |((field, level, channel), movements, causes): (Key, Movements, Causes)| {
        let (received, early, on_time, late) = movements;
        let (dossier, staff, coordination, law, system, other) = causes;
        let late_causes = CauseCounts { dossier, staff, coordination, law, system, other };
        let (level, channel) = (level.0, channel.0);
        CountSums { field, level, channel, received, early, on_time, late, late_causes }
    };
    Ok(found.into_iter().map(summed).collect())
}

/// How the dossiers of each unit, field, level, channel and lead stand at the end of its latest period that ends on
/// the day or before, in the order of these. What is carried over into a window is the stock of the day before
/// it.
pub fn stock_at(
    conn: &mut Conn,
    unit_ids: &[String],
    led: Led<'_>,
    day: NaiveDate,
) -> Result<Vec<Stock>, Error> {
    type Latest = (String, String, Stored<UnitLevel>, Stored<CountChannel>, String, Option<NaiveDate>);
    let mut query = c::table
        .filter(c::unit_id.eq_any(unit_ids.to_vec()))
        .filter(c::first_day.le(day))
        .filter(c::last_day.le(day))
        .group_by((c::unit_id, c::field, c::level, c::channel, c::lead_unit_id))
        .select((c::unit_id, c::field, c::level, c::channel, c::lead_unit_id, max(c::last_day)))
        .into_boxed();
    query = led!(query, led, unit_ids);
    let latest: Vec<Latest> = query.load(conn)?;
    let mut days: Vec<NaiveDate> = latest.iter().filter_map(|(.., last)| *last).collect();
    days.sort_unstable();
    days.dedup();
    let wanted: std::collections::HashSet<_> = latest.into_iter().collect();
    let mut stocks = Vec::new();
    // Nearly all end on the same day.
    for last in days {
        let ending: Vec<CountRow> = c::table
            .filter(c::unit_id.eq_any(unit_ids.to_vec()))
            .filter(c::first_day.between(last - Days::new(LONGEST_DAYS), last))
            .filter(c::last_day.eq(last))
            .select(CountRow::as_select())
            .load(conn)?;
        for row in ending {
            let key = row.key();
            let (unit_id, field, lead) = (key.unit_id.clone(), key.field.clone(), key.lead_unit_id.clone());
            if wanted.contains(&(unit_id, field, row.level, row.channel, lead, Some(last))) {
                let by_status = serde_json::from_str(&row.by_status)?;
                stocks.push(Stock { id: row.id, key, in_time: row.in_time, overdue: row.overdue, by_status });
            }
        }
    }
    stocks.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(stocks)
}
