//! What the reshaping of units reads and shows.

use chrono::NaiveDate;
use kstt_domain::policy::Role;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::units::wire::UnitView;

/// Whether a change is only tried.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Rehearsal {
    /// Do everything, answer what it comes to, and keep nothing.
    pub dry_run: Option<bool>,
}

/// Units that end because another takes over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "into": "C31135", "together_with": ["C31138"], "on": "2020-03-01",
    "legal_basis": "Nghị quyết 893/NQ-UBTVQH14",
}))]
pub struct MergeUnit {
    /// Code of the unit that takes over; it exists on the day and goes on existing.
    #[schema(min_length = 2, max_length = 20, pattern = "^[A-Z0-9]{2,20}$")]
    pub into: String,
    /// Codes of other units that end on the same day.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub together_with: Vec<UnitCode>,
    /// First day the successor is in charge; the others exist until the day before.
    pub on: NaiveDate,
    /// The paper that orders it.
    #[schema(min_length = 1, max_length = 500)]
    pub legal_basis: String,
    /// Why it is entered, for the audit trail.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: Option<String>,
}

/// A unit that is divided.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "into": ["D925", "D927"], "continues": false, "on": "2019-07-01",
    "legal_basis": "Nghị định về điều chỉnh địa giới ngày 15/6/2019",
}))]
pub struct SplitUnit {
    /// Codes of the units that take over, the first one first; all exist on the day.
    #[schema(min_items = 1, max_items = 100)]
    pub into: Vec<UnitCode>,
    /// The unit goes on existing beside its successors, and keeps what it has.
    pub continues: bool,
    /// First day the successors are in charge.
    pub on: NaiveDate,
    /// The paper that orders it.
    #[schema(min_length = 1, max_length = 500)]
    pub legal_basis: String,
    /// Why it is entered, for the audit trail.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: Option<String>,
}

/// A unit that ends.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "on": "2025-07-01", "legal_basis": "Luật 72/2025/QH15", "successors": ["UBNDTP"],
}))]
pub struct EndUnit {
    /// First day it no longer exists.
    pub on: NaiveDate,
    /// The paper that orders it.
    #[schema(min_length = 1, max_length = 500)]
    pub legal_basis: String,
    /// Codes of the units that take over, the first one first; may be empty.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub successors: Vec<UnitCode>,
    /// Why it is entered, for the audit trail.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: Option<String>,
}

/// Code of a unit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 2, max_length = 20, pattern = "^[A-Z0-9]{2,20}$", example = "C31135")]
pub struct UnitCode(pub String);

/// What a reshaping came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reshaped {
    /// It was only tried: nothing was kept.
    pub dry_run: bool,
    /// The unit on the day of the change.
    pub unit: UnitView,
    /// What went to others.
    pub moves: Moves,
}

/// What a reshaping moved.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Moves {
    /// Codes of the units that stand below the successor from that day.
    #[schema(max_items = 1000)]
    pub children: Vec<UnitCode>,
    /// Role grants that went over, or ended when there is no successor.
    #[schema(max_items = 10000)]
    pub grants: Vec<MovedGrant>,
    /// Focal officers that went over, or whose term ended when there is no successor.
    #[schema(max_items = 1000)]
    pub focal_officers: Vec<MovedFocalOfficer>,
    /// Codes of the units that take over.
    #[schema(max_items = 100)]
    pub successors: Vec<UnitCode>,
}

/// A grant that went over to the successor.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovedGrant {
    /// UUID of the grant at the old unit.
    #[schema(max_length = 36)]
    pub id: String,
    /// UUID of the account that holds it.
    #[schema(max_length = 36)]
    pub user_id: String,
    /// The role.
    pub role: Role,
    /// Code of the old unit.
    #[schema(max_length = 20)]
    pub from_unit: String,
    /// Code of the successor; null when the grant ended.
    #[schema(max_length = 20)]
    pub to_unit: Option<String>,
    /// First day at the successor, or of what is lost.
    pub valid_from: NaiveDate,
    /// First day after it; null while open.
    pub valid_to: Option<NaiveDate>,
}

/// A focal officer who went over to the successor.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovedFocalOfficer {
    /// UUID of the appointment at the old unit.
    #[schema(max_length = 36)]
    pub id: String,
    /// Name of the person.
    #[schema(max_length = 120)]
    pub person: String,
    /// Code of the old unit.
    #[schema(max_length = 20)]
    pub from_unit: String,
    /// Code of the successor; null when the term ended.
    #[schema(max_length = 20)]
    pub to_unit: Option<String>,
    /// First day at the successor, or of what is lost.
    pub valid_from: NaiveDate,
    /// First day after it; null while open.
    pub valid_to: Option<NaiveDate>,
}
