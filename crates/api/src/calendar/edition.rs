//! Whether the changes of an administrator make a calendar that is consistent with itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use kstt_domain::calendar::{CoveredYears, DayException, DayKind};
use kstt_persistence::calendar::{CalendarVersionRow, ExceptionRow};

use super::wire::{CalendarException, NewCalendarVersion};
use crate::http::{ApiError, Faults, say};

/// No list of changes is longer.
const MAX_CHANGES: usize = 400;
/// Years a calendar may speak for.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;

/// Changes found to be sound.
pub struct Checked {
    pub reason: String,
    pub years: CoveredYears,
    /// The new exceptions.
    pub days: Vec<DayException>,
    /// Days that are ordinary again.
    pub lifted: Vec<NaiveDate>,
    /// Old exceptions that end, lifted or replaced.
    pub replaced: Vec<DayException>,
}

impl Checked {
    /// The days whose old exception ends.
    pub fn ended(&self) -> Vec<NaiveDate> {
        self.replaced.iter().map(|day| day.date).collect()
    }
}

/// The domain's form of a stored exception.
pub fn exception_of(row: ExceptionRow) -> DayException {
    DayException {
        date: row.on_date,
        kind: row.kind.0,
        name_vi: row.name_vi,
        compensates: row.compensates,
        swaps_with: row.swaps_with,
        status: row.status.0,
    }
}

/// Checks `wanted` against the newest version; every fault is named at once.
pub fn check(
    current: &CalendarVersionRow,
    exceptions: Vec<ExceptionRow>,
    wanted: &NewCalendarVersion,
) -> Result<Checked, ApiError> {
    let mut faults = Faults::default();
    let reason = faults.line("/reason", &wanted.reason, 500);
    let old: BTreeMap<_, _> = exceptions.into_iter().map(|row| (row.on_date, exception_of(row))).collect();
    check_lists(&mut faults, wanted, &old);
    let years = years(&mut faults, current, wanted);
    let days: Vec<_> =
        wanted.set.iter().enumerate().map(|(index, day)| shape(&mut faults, index, day)).collect();

    let lifted: BTreeSet<_> = wanted.lift.iter().copied().collect();
    let changed: BTreeSet<_> = days.iter().map(|day| day.date).chain(lifted.iter().copied()).collect();
    let (replaced, kept): (Vec<_>, Vec<_>) = old.into_values().partition(|day| changed.contains(&day.date));
    let table: BTreeMap<_, _> = kept.iter().chain(&days).map(|day| (day.date, day)).collect();
    let places = Places::of(wanted);
    for day in table.values() {
        check_years(&mut faults, &places, years, day);
        check_links(&mut faults, &places, &table, years, day);
    }
    faults.finish()?;
    Ok(Checked { reason, years, lifted: lifted.into_iter().collect(), days, replaced })
}

fn check_lists(faults: &mut Faults, wanted: &NewCalendarVersion, old: &BTreeMap<NaiveDate, DayException>) {
    for (name, length) in [("/set", wanted.set.len()), ("/lift", wanted.lift.len())] {
        if length > MAX_CHANGES {
            let detail =
                say(format!("Nhiều nhất {MAX_CHANGES} mục."), format!("At most {MAX_CHANGES} items."));
            faults.add(name, "too_many", detail);
        }
    }
    if wanted.set.is_empty() && wanted.lift.is_empty() && wanted.first_year.or(wanted.last_year).is_none() {
        faults.add("", "nothing_to_change", say("Không có gì thay đổi.", "Nothing is changed."));
    }
    let mut seen = BTreeSet::new();
    let set = wanted.set.iter().enumerate().map(|(index, day)| (format!("/set/{index}/date"), day.date));
    let lift = wanted.lift.iter().enumerate().map(|(index, date)| (format!("/lift/{index}"), *date));
    for (pointer, date) in set.chain(lift) {
        if !seen.insert(date) {
            let detail = say(format!("Ngày {date} được nêu hai lần."), format!("{date} is named twice."));
            faults.add(pointer, "repeated_date", detail);
        } else if pointer.starts_with("/lift") && !old.contains_key(&date) {
            let detail = say("Ngày này vốn là ngày thường.", "This is an ordinary day already.");
            faults.add(pointer, "not_an_exception", detail);
        }
    }
}

fn years(faults: &mut Faults, current: &CalendarVersionRow, wanted: &NewCalendarVersion) -> CoveredYears {
    let first = wanted.first_year.unwrap_or(current.first_year);
    let last = wanted.last_year.unwrap_or(current.last_year);
    for (pointer, year) in [("/first_year", wanted.first_year), ("/last_year", wanted.last_year)] {
        if year.is_some_and(|year| !YEARS.contains(&year)) {
            let (low, high) = (YEARS.start(), YEARS.end());
            let detail = say(format!("Từ {low} đến {high}."), format!("From {low} to {high}."));
            faults.add(pointer, "out_of_range", detail);
        }
    }
    if first > last {
        let pointer = if wanted.last_year.is_some() { "/last_year" } else { "/first_year" };
        let detail =
            say("Năm cuối phải không trước năm đầu.", "The last year must not come before the first.");
        faults.add(pointer, "years_out_of_order", detail);
    }
    CoveredYears { first, last }
}

/// What one day says of itself: a make-up day lies on a weekend, a day in lieu does not, and each
/// names what it stands for (Labour Code 2019 Art. 111.3 and the yearly swaps).
fn shape(faults: &mut Faults, index: usize, day: &CalendarException) -> DayException {
    let at = |field: &str| format!("/set/{index}/{field}");
    let name_vi = faults.line(&at("name_vi"), &day.name_vi, 200);
    match day.kind {
        DayKind::Public if day.compensates.or(day.swaps_with).is_some() => faults.add(
            at("kind"),
            "link_unwanted",
            say("Ngày lễ không nghỉ bù hay hoán đổi cho ngày nào.", "A holiday stands for no other day."),
        ),
        DayKind::SwappedWorkingDay if !is_weekend(day.date) => faults.add(
            at("date"),
            "not_a_weekend",
            say("Ngày làm bù phải là thứ Bảy hoặc Chủ nhật.", "A make-up day is a Saturday or Sunday."),
        ),
        DayKind::SwappedWorkingDay if day.swaps_with.is_none() || day.compensates.is_some() => faults.add(
            at("swaps_with"),
            "link_missing",
            say(
                "Ngày làm bù nêu ngày nghỉ hoán đổi, chỉ ngày đó.",
                "A make-up day names its day off, and only that.",
            ),
        ),
        DayKind::Compensatory if is_weekend(day.date) => faults.add(
            at("date"),
            "not_a_weekday",
            say("Ngày nghỉ bù phải từ thứ Hai đến thứ Sáu.", "A day in lieu is a Monday to Friday."),
        ),
        DayKind::Compensatory if day.compensates.is_some() == day.swaps_with.is_some() => faults.add(
            at("kind"),
            "link_missing",
            say(
                "Nêu ngày lễ được bù hoặc ngày làm bù, một trong hai.",
                "It names either a holiday or a make-up day.",
            ),
        ),
        _ => {}
    }
    DayException {
        date: day.date,
        kind: day.kind,
        name_vi,
        compensates: day.compensates,
        swaps_with: day.swaps_with,
        status: day.status,
    }
}

fn check_years(faults: &mut Faults, places: &Places, years: CoveredYears, day: &DayException) {
    if years.contains(day.date) {
        return;
    }
    let pointer = places.of_date(day.date).unwrap_or_else(|| places.years.to_owned());
    let date = day.date;
    let detail = say(
        format!("Ngày {date} nằm ngoài các năm {} đến {}.", years.first, years.last),
        format!("{date} lies outside the years {} to {}.", years.first, years.last),
    );
    faults.add(pointer, "outside_years", detail);
}

/// Both halves of a swap name each other; a day in lieu makes good an earlier holiday on a weekend.
/// Faults of days that nobody touched now are left alone.
fn check_links(
    faults: &mut Faults,
    places: &Places,
    table: &BTreeMap<NaiveDate, &DayException>,
    years: CoveredYears,
    day: &DayException,
) {
    let pointer = |other: NaiveDate| places.of_date(day.date).or_else(|| places.of_date(other));
    if let Some(other) = day.swaps_with.filter(|other| years.contains(*other)) {
        let mutual =
            table.get(&other).is_some_and(|half| half.swaps_with == Some(day.date) && half.kind != day.kind);
        if let (false, Some(pointer)) = (mutual, pointer(other)) {
            let detail = say(
                format!("Ngày {other} không được hoán đổi với ngày {}.", day.date),
                format!("{other} is not swapped with {}.", day.date),
            );
            faults.add(pointer, "unpaired_swap", detail);
        }
    }
    if let Some(other) = day.compensates.filter(|other| years.contains(*other)) {
        let holiday = table.get(&other).is_some_and(|holiday| holiday.kind == DayKind::Public);
        if let (false, Some(pointer)) = (holiday && is_weekend(other) && other < day.date, pointer(other)) {
            let detail = say(
                format!("Ngày {other} không phải ngày lễ vào cuối tuần trước ngày {}.", day.date),
                format!("{other} is not a holiday on a weekend before {}.", day.date),
            );
            faults.add(pointer, "not_a_weekend_holiday", detail);
        }
    }
}

/// Where the request names a date.
struct Places {
    by_date: BTreeMap<NaiveDate, String>,
    /// Where it names the years.
    years: &'static str,
}

impl Places {
    fn of(wanted: &NewCalendarVersion) -> Self {
        let set = wanted.set.iter().enumerate().map(|(index, day)| (day.date, format!("/set/{index}")));
        let lift = wanted.lift.iter().enumerate().map(|(index, date)| (*date, format!("/lift/{index}")));
        let years = if wanted.first_year.is_some() { "/first_year" } else { "/last_year" };
        Self { by_date: set.chain(lift).collect(), years }
    }

    fn of_date(&self, date: NaiveDate) -> Option<String> {
        self.by_date.get(&date).cloned()
    }
}

fn is_weekend(date: NaiveDate) -> bool {
    date.weekday().number_from_monday() > 5
}
