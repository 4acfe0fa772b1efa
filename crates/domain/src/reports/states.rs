//! The one place that says what may follow on what.

use ReportState::*;
use chrono::NaiveDate;

crate::codes! {
    /// Where a unit's report of a period stands.
    pub enum ReportState : "report_state" {
        Drafting = "drafting", "Đang lập báo cáo", "Being drawn up";
        Submitted = "submitted", "Đã gửi báo cáo", "Submitted";
        /// TT 02/2017 Art. 65.
        Returned = "returned", "Trả lại để chỉnh lý, bổ sung", "Returned for correction";
        Resubmitted = "resubmitted", "Đã gửi lại báo cáo sau chỉnh lý", "Submitted again";
        Accepted = "accepted", "Đã tiếp nhận báo cáo", "Accepted";
        Frozen = "frozen", "Đã chốt số liệu", "Frozen";
    }
}

crate::codes! {
    /// What happens to a report.
    pub enum ReportEvent : "report_event" {
        Save = "save", "Lưu số liệu", "Save figures";
        Submit = "submit", "Gửi báo cáo", "Submit";
        SendBack = "send_back", "Trả lại để chỉnh lý, bổ sung", "Send back for correction";
        Accept = "accept", "Tiếp nhận báo cáo", "Accept";
        Freeze = "freeze", "Chốt số liệu", "Freeze";
    }
}

/// Submitted after its last lawful day, or not submitted when that is over; never where no rule sets one.
pub fn is_late(due_on: Option<NaiveDate>, submitted_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    due_on.is_some_and(|due_on| submitted_on.unwrap_or(today) > due_on)
}

/// Not submitted, and its last lawful day is over.
pub fn is_missing(due_on: Option<NaiveDate>, submitted_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    submitted_on.is_none() && is_late(due_on, None, today)
}

/// Nothing leads from this state by this event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportMoveError {
    pub state: ReportState,
    pub event: ReportEvent,
}

/// The state after an event. Whether someone may cause it, and whether the figures are sound, is not asked
/// here.
pub fn next(state: ReportState, event: ReportEvent) -> Result<ReportState, ReportMoveError> {
    use ReportEvent as E;
    Ok(match (state, event) {
        (Drafting | Returned, E::Save) => state,
        (Drafting, E::Submit) => Submitted,
        (Returned, E::Submit) => Resubmitted,
        (Submitted | Resubmitted, E::Accept) => Accepted,
        // A mistake may come to light only when the reports are added up.
        (Submitted | Resubmitted | Accepted, E::SendBack) => Returned,
        (Accepted, E::Freeze) => Frozen,
        (state, event) => return Err(ReportMoveError { state, event }),
    })
}
