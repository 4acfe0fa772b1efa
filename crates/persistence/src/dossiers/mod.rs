//! Dossiers: counts of them by unit, field, level, channel, lead and period, and what reports add up of these.

mod list;
mod sums;
mod write;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::dossiers::{CauseCounts, CountChannel, CountPeriod, Counts};
use kstt_domain::units::UnitLevel;

pub use list::{After, Filter, find, in_order, list, sharing_days};
pub(crate) use sums::led;
pub use sums::{CountSums, Led, Stock, Window, leads, stock_at, sums};
pub use write::{correct, hold, insert};

use crate::schema::dossier_counts;
use crate::{Error, Stored};

/// The counts of one unit, field, level, channel, lead and period.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = dossier_counts, treat_none_as_default_value = false)]
pub struct CountRow {
    pub id: String,
    pub unit_id: String,
    /// The unit itself, or the one that leads the dossiers in which it takes part.
    pub lead_unit_id: String,
    pub field: String,
    pub level: Stored<UnitLevel>,
    pub channel: Stored<CountChannel>,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    pub received: i64,
    pub early: i64,
    pub on_time: i64,
    pub late: i64,
    pub in_time: i64,
    pub overdue: i64,
    /// JSON of [`kstt_domain::dossiers::StatusCounts`].
    pub by_status: String,
    pub cause_dossier: i64,
    pub cause_staff: i64,
    pub cause_coordination: i64,
    pub cause_law: i64,
    pub cause_system: i64,
    pub cause_other: i64,
    /// The system that gave them.
    pub source: String,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// What a record is the counts of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountKey {
    pub unit_id: String,
    pub lead_unit_id: String,
    pub field: String,
    pub level: UnitLevel,
    pub channel: CountChannel,
    pub period: CountPeriod,
}

impl CountRow {
    /// A first version.
    pub fn new(
        id: String,
        key: CountKey,
        counts: &Counts,
        source: String,
        now: NaiveDateTime,
    ) -> Result<Self, Error> {
        let causes = &counts.late_causes;
        Ok(Self {
            id,
            unit_id: key.unit_id,
            lead_unit_id: key.lead_unit_id,
            field: key.field,
            level: Stored(key.level),
            channel: Stored(key.channel),
            first_day: key.period.first(),
            last_day: key.period.last(),
            received: counts.received,
            early: counts.early,
            on_time: counts.on_time,
            late: counts.late,
            in_time: counts.in_time,
            overdue: counts.overdue,
            by_status: serde_json::to_string(&counts.by_status)?,
            cause_dossier: causes.dossier,
            cause_staff: causes.staff,
            cause_coordination: causes.coordination,
            cause_law: causes.law,
            cause_system: causes.system,
            cause_other: causes.other,
            source,
            version: 1,
            created_at: now,
            updated_at: now,
        })
    }

    /// What it is the counts of.
    pub fn key(&self) -> CountKey {
        CountKey {
            unit_id: self.unit_id.clone(),
            lead_unit_id: self.lead_unit_id.clone(),
            field: self.field.clone(),
            level: self.level.0,
            channel: self.channel.0,
            period: self.period(),
        }
    }

    /// Its period.
    pub fn period(&self) -> CountPeriod {
        CountPeriod::of(self.first_day, self.last_day)
    }

    /// Its counts.
    pub fn counts(&self) -> Result<Counts, Error> {
        Ok(Counts {
            received: self.received,
            by_status: serde_json::from_str(&self.by_status)?,
            early: self.early,
            on_time: self.on_time,
            late: self.late,
            in_time: self.in_time,
            overdue: self.overdue,
            late_causes: CauseCounts {
                dossier: self.cause_dossier,
                staff: self.cause_staff,
                coordination: self.cause_coordination,
                law: self.cause_law,
                system: self.cause_system,
                other: self.cause_other,
            },
        })
    }

    /// The next version, with other counts.
    pub fn corrected(&self, counts: &Counts, source: String, now: NaiveDateTime) -> Result<Self, Error> {
        let next = Self::new(self.id.clone(), self.key(), counts, source, now)?;
        Ok(Self { version: self.version + 1, created_at: self.created_at, ..next })
    }
}
