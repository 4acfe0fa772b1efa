//! The one time zone of the product: UTC+7 all year (Asia/Ho_Chi_Minh has no summer time).

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// UTC+7.
pub const VIETNAM: FixedOffset = FixedOffset::east_opt(7 * 3600).unwrap();

/// The date in Vietnam at `moment`.
pub fn vn_date(moment: DateTime<Utc>) -> NaiveDate {
    to_vn_local(moment).date()
}

/// The moment at which `date` begins in Vietnam.
pub fn start_of_vn_day(date: NaiveDate) -> DateTime<Utc> {
    from_vn_local(date.and_time(NaiveTime::MIN))
}

/// The wall clock in Vietnam; at the far end of time it stands still instead of overflowing.
pub(super) fn to_vn_local(moment: DateTime<Utc>) -> NaiveDateTime {
    moment.naive_utc().checked_add_offset(VIETNAM).unwrap_or(NaiveDateTime::MAX)
}

/// The moment of a wall clock in Vietnam; at the far start of time it stands still.
pub(super) fn from_vn_local(local: NaiveDateTime) -> DateTime<Utc> {
    local.checked_sub_offset(VIETNAM).map_or(DateTime::<Utc>::MIN_UTC, |utc| utc.and_utc())
}
