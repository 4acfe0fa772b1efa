//! Periodic reports: forms, periods, what units declared, and the figures that records give.

mod figures;
mod forms;
mod held;
mod ledger;
mod list;
mod periods;
mod write;

pub use figures::{FeedbackFigures, FeedbackMeasure, OfField, feedback_figures, feedback_records};
pub use forms::{FormRow, form, forms, forms_on, insert_form, publish_form};
pub use held::{CountedVersion, Duties, DutyFate, Published, duty_count, duty_records, in_force, published};
pub use ledger::{ReportLedgerRow, open_report_ledger, report_ledger, report_ledger_list, set_report_ledger};
pub use list::{Filter, Standing, by_ids, find, is_open, list, of_period, of_unit, revision, standing};
pub use periods::{PeriodRow, freeze_period, hold_period, insert_period, period, periods_between};
pub use write::{
    ChangesReport, ReportRow, RevisionRow, forgo_report, insert_report, put_revision, store_report,
};
