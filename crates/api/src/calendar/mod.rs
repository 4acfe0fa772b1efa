//! The working calendar in versions, terms counted with it, and the clock of the product.

mod clock;
mod edition;
mod publish;
mod read;
mod term;
mod wire;

use std::sync::Arc;

use kstt_domain::calendar::{CalendarError, CoveredYears, WorkCalendar};
use kstt_persistence::{Conn, calendar};
use utoipa_actix_web::service_config::ServiceConfig;

pub use clock::start_clock;

use crate::app::App;
use crate::http::{ApiError, ProblemCode, Say, say};

/// The working calendar of one version; 0 stands for a calendar that was never loaded.
pub fn load(conn: &mut Conn, version: i64) -> Result<WorkCalendar, ApiError> {
    if version == 0 {
        return Err(not_loaded());
    }
    let row = calendar::version(conn, version)?.ok_or_else(ApiError::not_found)?;
    let exceptions = calendar::exceptions(conn, version)?.into_iter().map(edition::exception_of);
    let covered = CoveredYears { first: row.first_year, last: row.last_year };
    WorkCalendar::new(version, covered, exceptions).map_err(|error| {
        log::error!("calendar version {version}: {error}");
        ApiError::new(ProblemCode::Internal)
    })
}

/// The version asked for, else the newest.
fn calendar_of(app: &App, conn: &mut Conn, version: Option<i64>) -> Result<Arc<WorkCalendar>, ApiError> {
    match version {
        None => app.calendar(conn),
        Some(..=0) => Err(ApiError::not_found()),
        Some(version) => load(conn, version).map(Arc::new),
    }
}

fn not_loaded() -> ApiError {
    ApiError::because(
        ProblemCode::Unavailable,
        say("Chưa nạp lịch làm việc.", "The working calendar has not been loaded."),
    )
}

/// What is wrong with a question to the calendar; `None` where the fault is our own data's.
pub fn explain(error: &CalendarError) -> Option<(&'static str, Say)> {
    match error {
        CalendarError::OutsideCalendar { covered: CoveredYears { first, last }, .. } => Some((
            "outside_calendar",
            say(
                format!("Lịch làm việc chỉ có từ năm {first} đến hết năm {last}."),
                format!("The working calendar covers the years {first} to {last}."),
            ),
        )),
        CalendarError::AmountTooLarge { max, .. } => Some((
            "too_large",
            say(
                format!("Với đơn vị này, nhiều nhất là {max}."),
                format!("In this unit it is at most {max}."),
            ),
        )),
        CalendarError::HoursNeedMoment => Some((
            "moment_needed",
            say("Thời hạn tính bằng giờ bắt đầu từ một thời điểm.", "A term in hours starts at a moment."),
        )),
        CalendarError::DateOutOfRange => Some((
            "out_of_range",
            say("Ngày đến hạn vượt quá lịch.", "The due day lies beyond the range of dates."),
        )),
        CalendarError::RepeatedDate(_) | CalendarError::OfficeHoursOutOfOrder => None,
    }
}

pub fn routes(config: &mut ServiceConfig) {
    read::routes(config);
    term::routes(config);
    publish::routes(config);
    clock::routes(config);
}
