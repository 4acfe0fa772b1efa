//! Day arithmetic of the Vietnamese administration: terms in working days, calendar days, months and
//! office hours, forward and backward, with an explanation of every day passed.
//!
//! The rules are Civil Code 2015 Art. 145–148; which days are off is data ([`HolidayTable`]), because
//! the Government chooses some of them every year. This room never reads a clock and never guesses:
//! whether a day outside the table's years is worked is an error, not "no holidays known".

mod codes;
mod compute;
mod error;
mod office_hours;
mod table;
mod term;
mod work_calendar;
mod zone;

#[cfg(test)]
mod tests;

pub use codes::{DayKind, DayReason, DayStatus, Direction, TermUnit};
pub use error::CalendarError;
pub use office_hours::{OfficeHours, OfficeSpan};
pub use table::{CoveredYears, DayException, HolidayTable, TableMeta, YearBasis};
pub use term::{DayCount, Due, Pause, Start, Term};
pub use work_calendar::{Day, WorkCalendar, calendar_days_between};
pub use zone::{VIETNAM, start_of_vn_day, vn_date};
