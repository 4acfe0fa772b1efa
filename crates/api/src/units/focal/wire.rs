//! What the focal officers' operations read and show.

use chrono::NaiveDate;
use kstt_domain::period::{known_end, known_start};
use kstt_persistence::units::FocalOfficerRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which appointments a list shows.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFocalOfficers {
    /// Also appointments that have ended.
    pub all: Option<bool>,
}

/// One appointment.
#[derive(Debug, Serialize, ToSchema)]
pub struct FocalOfficerView {
    /// UUID of the appointment.
    #[schema(max_length = 36)]
    pub id: String,
    /// Name of the person.
    #[schema(max_length = 120)]
    pub person: String,
    /// Telephone at work.
    #[schema(max_length = 30)]
    pub phone: Option<String>,
    /// E-mail at work.
    #[schema(max_length = 200)]
    pub email: Option<String>,
    /// The paper that appoints the person.
    #[schema(max_length = 300)]
    pub appointing_paper: String,
    /// First day; null when unknown.
    pub valid_from: Option<NaiveDate>,
    /// First day after the term; null while it is open.
    pub valid_to: Option<NaiveDate>,
}

impl From<FocalOfficerRow> for FocalOfficerView {
    fn from(row: FocalOfficerRow) -> Self {
        Self {
            id: row.id,
            person: row.person,
            phone: row.phone,
            email: row.email,
            appointing_paper: row.appointing_paper,
            valid_from: known_start(row.valid_from),
            valid_to: known_end(row.valid_to),
        }
    }
}

/// A person who becomes focal officer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "person": "Nguyễn Thị Mai", "phone": "0292 3820 000", "email": "mai.nguyen@cantho.example",
    "appointing_paper": "Quyết định 15/QĐ-UBND ngày 01/3/2019", "valid_from": "2019-03-04",
}))]
pub struct NewFocalOfficer {
    /// Name of the person.
    #[schema(min_length = 1, max_length = 120)]
    pub person: String,
    /// Telephone at work: digits, spaces and `+().-`.
    #[schema(min_length = 6, max_length = 30, pattern = "^[0-9 +().-]{6,30}$")]
    pub phone: Option<String>,
    /// E-mail at work.
    #[schema(min_length = 3, max_length = 200, pattern = "^[!-?A-~]{1,90}@[!-?A-~]{1,109}$")]
    pub email: Option<String>,
    /// The paper that appoints the person.
    #[schema(min_length = 1, max_length = 300)]
    pub appointing_paper: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// First day after the term; left out while it is open.
    pub valid_to: Option<NaiveDate>,
}

/// The end of a term.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "on": "2019-12-31" }))]
pub struct EndTerm {
    /// First day the person is no longer focal officer.
    pub on: NaiveDate,
    /// Why, for the audit trail.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: Option<String>,
}
