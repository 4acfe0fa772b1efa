//! What the room of units reads and shows. Every `valid_to` is the first day after the period.

use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::units::{SuccessionKind, UnitKind, UnitLevel};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::Count;

/// Which units a list shows.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListUnits {
    /// The day the units exist on; today when left out. A cursor keeps the day of its first page.
    pub as_of: Option<NaiveDate>,
    /// Only units of this kind.
    pub kind: Option<UnitKind>,
    /// Only units directly below the unit of this code on that day.
    #[param(min_length = 2, max_length = 20, pattern = "^[A-Z0-9]{2,20}$", example = "D916")]
    pub parent: Option<String>,
    /// Only units changed at this moment or later.
    pub updated_since: Option<DateTime<Utc>>,
    /// Most items of one page.
    #[param(minimum = 1, maximum = 200, default = 20, format = "int32")]
    pub limit: Option<u32>,
    /// Where to go on: `next_cursor` of the page before.
    #[param(max_length = 2000)]
    pub cursor: Option<String>,
    /// Also count the whole list.
    pub count: Option<Count>,
}

/// The day a unit is looked at.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OnDay {
    /// The day to look at; today when left out.
    pub as_of: Option<NaiveDate>,
}

/// A unit as it is on one day.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitItem {
    /// UUID of the unit.
    #[schema(max_length = 36)]
    pub id: String,
    /// Its code, for ever.
    #[schema(max_length = 20, example = "C31132")]
    pub code: String,
    /// What it is.
    pub kind: UnitKind,
    /// Its tier of government.
    pub level: UnitLevel,
    /// Its rank within the kind, in Vietnamese, such as `phường`, `xã`, `quận`.
    #[schema(max_length = 60, example = "phường")]
    pub subtype: String,
    /// Its full name.
    #[schema(max_length = 300)]
    pub name: String,
    /// Its short name.
    #[schema(max_length = 150)]
    pub short_name: String,
    /// The unit directly above it.
    #[schema(max_length = 20)]
    pub parent_code: Option<String>,
    /// Code of the General Statistics Office.
    #[schema(max_length = 5)]
    pub gso_code: Option<String>,
    /// Identification code of the agency in national systems.
    #[schema(max_length = 35)]
    pub agency_code: Option<String>,
    /// First day of the period with this name, rank and parent; null when unknown.
    pub valid_from: Option<NaiveDate>,
    /// First day after that period; null while it is open.
    pub valid_to: Option<NaiveDate>,
    /// When anything of the unit last changed, UTC.
    pub updated_at: DateTime<Utc>,
}

/// What a unit was during one period.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodView {
    /// First day; null when unknown.
    pub valid_from: Option<NaiveDate>,
    /// First day after it; null while it is open.
    pub valid_to: Option<NaiveDate>,
    /// Its rank within the kind, in Vietnamese.
    #[schema(max_length = 60, example = "phường")]
    pub subtype: String,
    /// Its full name.
    #[schema(max_length = 300)]
    pub name: String,
    /// Its short name.
    #[schema(max_length = 150)]
    pub short_name: String,
    /// The unit directly above it.
    #[schema(max_length = 20)]
    pub parent_code: Option<String>,
    /// Code of the General Statistics Office.
    #[schema(max_length = 5)]
    pub gso_code: Option<String>,
    /// Identification code of the agency in national systems.
    #[schema(max_length = 35)]
    pub agency_code: Option<String>,
    /// The paper the period begins with.
    #[schema(max_length = 500)]
    pub legal_basis: Option<String>,
}

/// Another unit, by code and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitRef {
    /// Its code.
    #[schema(max_length = 20)]
    pub code: String,
    /// What it is.
    pub kind: UnitKind,
    /// Its name on the day looked at, or the last one before.
    #[schema(max_length = 300)]
    pub name: Option<String>,
}

/// One unit that took over from another.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuccessionView {
    /// Code of the other unit.
    #[schema(max_length = 20)]
    pub code: String,
    /// Its name at that time.
    #[schema(max_length = 300)]
    pub name: Option<String>,
    /// First day on which the successor is in charge.
    pub effective_on: NaiveDate,
    /// How it came about.
    pub kind: SuccessionKind,
    /// The paper that says so.
    #[schema(max_length = 500)]
    pub legal_basis: String,
}

/// A unit with all that is known of it, placed on one day.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitView {
    /// UUID of the unit.
    #[schema(max_length = 36)]
    pub id: String,
    /// Its code, for ever.
    #[schema(max_length = 20, example = "C31132")]
    pub code: String,
    /// What it is.
    pub kind: UnitKind,
    /// Its tier of government.
    pub level: UnitLevel,
    /// The day looked at.
    pub as_of: NaiveDate,
    /// Whether it exists on that day.
    pub exists: bool,
    /// What it is on that day; null when it does not exist then.
    pub current: Option<PeriodView>,
    /// Units above it on that day, nearest first; those it last had when it ended before.
    #[schema(max_items = 8)]
    pub parents: Vec<UnitRef>,
    /// All its periods, oldest first.
    #[schema(max_items = 1000)]
    pub periods: Vec<PeriodView>,
    /// Units that take over from it, oldest first.
    #[schema(max_items = 1000)]
    pub successors: Vec<SuccessionView>,
    /// Units it takes over from, oldest first.
    #[schema(max_items = 1000)]
    pub predecessors: Vec<SuccessionView>,
    /// When it was entered, UTC.
    pub created_at: DateTime<Utc>,
    /// When anything of it last changed, UTC.
    pub updated_at: DateTime<Utc>,
}

/// A unit that begins.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "code": "TTHCC", "kind": "centre", "subtype": "trung tâm",
    "name": "Trung tâm Phục vụ hành chính công thành phố Cần Thơ", "short_name": "TTPVHCC",
    "parent_code": "UBNDTP", "valid_from": "2019-07-01", "legal_basis": "Quyết định thành lập ngày 20/6/2019",
}))]
pub struct NewUnit {
    /// Its code, for ever: capital letters and digits.
    #[schema(min_length = 2, max_length = 20, pattern = "^[A-Z0-9]{2,20}$")]
    pub code: String,
    /// What it is.
    pub kind: UnitKind,
    /// Its rank within the kind, in Vietnamese.
    #[schema(min_length = 1, max_length = 60)]
    pub subtype: String,
    /// Its full name.
    #[schema(min_length = 1, max_length = 300)]
    pub name: String,
    /// Its short name.
    #[schema(min_length = 1, max_length = 150)]
    pub short_name: String,
    /// The unit directly above it; only the city committee, delegated and external bodies have none.
    #[schema(min_length = 2, max_length = 20, pattern = "^[A-Z0-9]{2,20}$")]
    pub parent_code: Option<String>,
    /// Code of the General Statistics Office.
    #[schema(min_length = 2, max_length = 5, pattern = "^[0-9]{2,5}$")]
    pub gso_code: Option<String>,
    /// Identification code of the agency in national systems.
    #[schema(min_length = 3, max_length = 35, pattern = "^[A-Z0-9.]{3,35}$")]
    pub agency_code: Option<String>,
    /// First day it exists.
    pub valid_from: NaiveDate,
    /// The paper that creates it.
    #[schema(min_length = 1, max_length = 500)]
    pub legal_basis: String,
}

/// What a unit becomes from a day on; at least one of name, short_name, subtype, parent_code and
/// agency_code is given, what is left out stays as it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "on": "2019-07-01", "legal_basis": "Nghị quyết về đổi tên phường ngày 20/6/2019",
    "name": "Ủy ban nhân dân phường Cái Khế mới", "short_name": "UBND phường Cái Khế mới",
}))]
pub struct RenameUnit {
    /// First day of the change.
    pub on: NaiveDate,
    /// The paper that orders it.
    #[schema(min_length = 1, max_length = 500)]
    pub legal_basis: String,
    /// Why it is entered, for the audit trail.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: Option<String>,
    /// New full name.
    #[schema(min_length = 1, max_length = 300)]
    pub name: Option<String>,
    /// New short name.
    #[schema(min_length = 1, max_length = 150)]
    pub short_name: Option<String>,
    /// New rank within the kind, in Vietnamese.
    #[schema(min_length = 1, max_length = 60)]
    pub subtype: Option<String>,
    /// New unit directly above it.
    #[schema(min_length = 2, max_length = 20, pattern = "^[A-Z0-9]{2,20}$")]
    pub parent_code: Option<String>,
    /// New identification code of the agency in national systems.
    #[schema(min_length = 3, max_length = 35, pattern = "^[A-Z0-9.]{3,35}$")]
    pub agency_code: Option<String>,
}
