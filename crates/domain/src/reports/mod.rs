//! Reports (báo cáo): the forms as data, the arithmetic over a filled table, the days a report covers, and
//! how one goes from its draft to the frozen figures.
//!
//! A form is never code: a column or a check is added or corrected in the form. Nothing here decides who
//! may report, or when it is due.

mod check;
mod codes;
mod form;
mod shipped;
mod states;
mod validate;
mod window;

#[cfg(test)]
mod tests;

pub use check::{
    CellOverflow, Cells, SUM_CHECK, TOTAL, Violation, accumulate, add_up, complete, violated_parts,
    violations, without,
};
pub use codes::{
    CheckSeverity, ColumnKind, DossierStatus, FormCertainty, FormRows, PeriodKind, ReportMeasure, WindowKind,
};
pub use form::{CheckRule, FormCheck, FormColumn, FormLabel, FormSection, ReportForm};
pub use shipped::{shipped_forms, shipped_windows};
pub use states::{ReportEvent, ReportMoveError, ReportState, is_late, is_missing, next};
pub use validate::FormFault;
pub use window::{DataWindow, WindowTable};
