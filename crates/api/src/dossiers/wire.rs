//! What the room reads and shows.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::dossiers::{CountChannel, CountFault, Counts};
use kstt_domain::units::UnitLevel;
use kstt_persistence::dossiers::CountRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::ApiError;

/// An import has so many records at most.
pub const MOST_RECORDS: usize = 20_000;

/// The counts of one unit, field, level, channel and lead for one period.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DossierCountRecord, example = json!({
    "unit": "D916", "field": "Hộ tịch", "level": "district", "channel": "online", "period": "2019-02",
    "counts": { "received": 120, "by_status": { "in_process": 20, "result_returned": 104 },
        "early": 60, "on_time": 40, "late": 4, "in_time": 18, "overdue": 2, "late_causes": { "staff": 6 } },
}))]
pub struct Record {
    /// Code of the unit that settles.
    #[schema(min_length = 2, max_length = 20, pattern = "^[A-Z0-9]{2,20}$")]
    pub unit: String,
    /// Code of the unit whose dossiers these are, when `unit` takes part in those of another (liên thông); sums over
    /// both count them once, with that unit.
    #[serde(default)]
    #[schema(min_length = 2, max_length = 20, pattern = "^[A-Z0-9]{2,20}$")]
    pub lead: Option<String>,
    /// Field (lĩnh vực), as reports name it.
    #[schema(min_length = 1, max_length = 200)]
    pub field: String,
    /// City, district or commune.
    pub level: UnitLevel,
    pub channel: CountChannel,
    /// A day (`2019-03-04`) or a month (`2019-03`) that is over.
    #[schema(min_length = 7, max_length = 10, pattern = "^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$")]
    pub period: String,
    pub counts: Counts,
}

/// What an import reads.
#[derive(ToSchema)]
#[schema(as = DossierCountImport)]
#[allow(dead_code)]
pub struct ImportDocument {
    /// The system that the records come from. It may be a parameter instead.
    #[schema(min_length = 1, max_length = 100)]
    source: Option<String>,
    /// Why records that are stored already are to be corrected. It may be a parameter instead.
    #[schema(min_length = 1, max_length = 1000)]
    reason: Option<String>,
    /// The records.
    #[schema(max_items = 20_000)]
    items: Vec<Record>,
}

/// What an import did, or on a dry run would do.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = DossierCountImportReport)]
pub struct Report {
    /// Nothing was stored.
    pub dry_run: bool,
    /// Records read.
    #[schema(format = "int64", minimum = 0, maximum = 20_000)]
    pub rows: u64,
    /// Records that are stored now: created, unchanged or corrected.
    #[schema(format = "int64", minimum = 0, maximum = 20_000)]
    pub accepted: u64,
    /// Records of which nothing was stored before.
    #[schema(format = "int64", minimum = 0, maximum = 20_000)]
    pub created: u64,
    /// Records that say what is stored.
    #[schema(format = "int64", minimum = 0, maximum = 20_000)]
    pub unchanged: u64,
    /// Records that took the place of others, for the reason given.
    #[schema(format = "int64", minimum = 0, maximum = 20_000)]
    pub corrected: u64,
    /// Every fault of the records that were left out.
    #[schema(max_items = 400_000)]
    pub refused: Vec<RowFault>,
    /// What is doubtful in records that were accepted.
    #[schema(max_items = 100_000)]
    pub notes: Vec<RowFault>,
}

/// One fault of one record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DossierCountFault)]
pub struct RowFault {
    /// Place of the record, from 1.
    #[schema(format = "int64", minimum = 1, maximum = 20_000)]
    pub row: u64,
    /// JSON Pointer into the record.
    #[schema(max_length = 300)]
    pub pointer: String,
    pub code: CountFault,
    /// In Vietnamese; the code list has the sentence in English.
    #[schema(max_length = 600)]
    pub detail: String,
}

/// A record as it is stored.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DossierCount)]
pub struct CountView {
    /// UUID of the record.
    #[schema(max_length = 36)]
    pub id: String,
    /// Code of the unit that settled.
    #[schema(max_length = 20)]
    pub unit: String,
    /// Code of the unit whose dossiers they are; null: its own.
    #[schema(max_length = 20)]
    pub lead: Option<String>,
    /// Field (lĩnh vực).
    #[schema(max_length = 200)]
    pub field: String,
    pub level: UnitLevel,
    pub channel: CountChannel,
    /// A day or a month.
    #[schema(max_length = 10)]
    pub period: String,
    /// First day of the period.
    pub first_day: NaiveDate,
    /// Last day of the period, which belongs to it.
    pub last_day: NaiveDate,
    pub counts: Counts,
    /// Early, on time and late together.
    #[schema(minimum = 0, maximum = 3_000_000_000_i64)]
    pub settled: i64,
    /// In time and overdue together.
    #[schema(minimum = 0, maximum = 2_000_000_000)]
    pub pending: i64,
    /// The system the counts come from.
    #[schema(max_length = 100)]
    pub source: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl CountView {
    /// A row, with the codes of units by their ids.
    pub fn of(row: &CountRow, codes: &HashMap<String, String>) -> Result<Self, ApiError> {
        let counts = row.counts()?;
        Ok(Self {
            id: row.id.clone(),
            unit: codes.get(&row.unit_id).cloned().unwrap_or_default(),
            lead: codes.get(&row.lead_unit_id).filter(|_| row.lead_unit_id != row.unit_id).cloned(),
            field: row.field.clone(),
            level: row.level.0,
            channel: row.channel.0,
            period: row.period().to_string(),
            first_day: row.first_day,
            last_day: row.last_day,
            settled: counts.settled(),
            pending: counts.pending(),
            counts,
            source: row.source.clone(),
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
        })
    }
}

/// Other counts for a record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DossierCountCorrection, example = json!({
    "reason": "Đối chiếu lại với sổ theo dõi hồ sơ",
    "counts": { "received": 121, "by_status": { "in_process": 21, "result_returned": 104 },
        "early": 60, "on_time": 40, "late": 4, "in_time": 19, "overdue": 2, "late_causes": { "staff": 6 } },
}))]
pub struct Correction {
    /// All counts, also those that stay.
    pub counts: Counts,
    /// The system the counts come from, when it is another.
    #[schema(min_length = 1, max_length = 100)]
    pub source: Option<String>,
    /// Why, for the audit trail.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}
