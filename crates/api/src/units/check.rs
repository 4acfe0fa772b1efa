//! What every change of a unit asks first: is it there, is it the version the caller read, does it
//! exist on the day, are the other units named right.

use chrono::{Datelike, NaiveDate};
use kstt_domain::calendar::vn_date;
use kstt_persistence::Conn;
use kstt_persistence::units::{self, UnitPeriodRow, UnitRow};
use serde::Serialize;

use super::view;
use crate::http::{ApiError, Body, Faults, ProblemCode, Reply, Say, Tx, say};

/// The content of a request, or why it cannot be read: kept until it is its turn to be refused.
pub type Content<T> = Result<T, ApiError>;

/// Takes a body apart into its fingerprint and its content.
pub fn content<T>(body: Result<Body<T>, ApiError>) -> (String, Content<T>) {
    match body {
        Ok(body) => (body.hash, Ok(body.value)),
        Err(error) => (String::new(), Err(error)),
    }
}

/// Whether `text` has the form of a unit code.
pub fn is_code(text: &str) -> bool {
    (2..=20).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The unit of a code in the path.
pub fn unit(conn: &mut Conn, code: &str) -> Result<UnitRow, ApiError> {
    let found = if is_code(code) { units::by_code(conn, code)? } else { None };
    found.ok_or_else(ApiError::not_found)
}

/// The entity tag of a view.
pub fn tag(view: &impl Serialize, version: i64) -> Result<Option<String>, ApiError> {
    Ok(Reply::ok(view)?.tagged(version).etag)
}

/// Refuses a change from another version than the present one, which `current` tags.
pub fn version(
    expected: &Result<i64, ApiError>,
    present: i64,
    current: impl FnOnce() -> Result<Option<String>, ApiError>,
) -> Result<(), ApiError> {
    let mut refusal = match expected {
        Ok(version) if *version == present => return Ok(()),
        Ok(_) => ApiError::new(ProblemCode::StaleVersion),
        Err(error) => error.clone(),
    };
    if refusal.0.code == ProblemCode::StaleVersion {
        refusal.0.current_etag = current()?;
    }
    Err(refusal)
}

/// [`version`] of a unit.
pub fn unit_version(
    tx: &mut Tx<'_>,
    expected: &Result<i64, ApiError>,
    row: &UnitRow,
) -> Result<(), ApiError> {
    let today = vn_date(tx.now);
    version(expected, row.version, || tag(&view::unit(tx.conn, row, today)?, row.version))
}

/// What the unit is on `day`; a conflict when it does not exist then.
pub fn standing(conn: &mut Conn, row: &UnitRow, day: NaiveDate) -> Result<UnitPeriodRow, ApiError> {
    match units::period_on(conn, &row.id, day)? {
        Some(period) => Ok(period),
        None => Err(ApiError::conflict(absence(conn, row, day)?)),
    }
}

/// Whether the unit is recorded to have ended on `day`, and nobody yet to take over from it.
pub fn awaits_heirs(conn: &mut Conn, row: &UnitRow, day: NaiveDate) -> Result<bool, ApiError> {
    let ends = units::periods(conn, &row.id)?.last().is_some_and(|period| period.valid_to == day);
    Ok(ends && !units::successions(conn, &row.id)?.0.iter().any(|(heir, _)| heir.effective_on == day))
}

/// Why the unit is not there on `day`.
fn absence(conn: &mut Conn, row: &UnitRow, day: NaiveDate) -> Result<Say, ApiError> {
    let code = &row.code;
    let ended = units::periods(conn, &row.id)?.last().map(|period| period.valid_to).filter(|end| *end <= day);
    Ok(match ended {
        Some(end) => say(
            format!("Đơn vị {code} đã kết thúc từ ngày {end}."),
            format!("The unit {code} has ended on {end} already."),
        ),
        None => say(
            format!("Đơn vị {code} không tồn tại vào ngày {day}."),
            format!("The unit {code} does not exist on {day}."),
        ),
    })
}

/// The sentence when a unit has no day left before the day it shall end.
pub fn no_day_left(row: &UnitRow, day: NaiveDate) -> Say {
    let code = &row.code;
    say(
        format!("Đơn vị {code} chưa có ngày nào trước {day} nên không thể kết thúc vào ngày đó."),
        format!("The unit {code} has no day before {day}, so it cannot end on it."),
    )
}

/// Whether the unit exists before `day` too.
pub fn stands_before(conn: &mut Conn, row: &UnitRow, day: NaiveDate) -> Result<bool, ApiError> {
    Ok(units::periods(conn, &row.id)?.first().is_some_and(|period| period.valid_from < day))
}

/// Reads units named in a body: each is known, named once, and exists on the day.
pub struct Named<'a> {
    pub faults: &'a mut Faults,
    pub on: NaiveDate,
    /// Codes named so far, beginning with the unit of the path.
    pub seen: Vec<String>,
}

impl Named<'_> {
    /// The unit of `code`, if nothing is wrong with it.
    pub fn read(&mut self, conn: &mut Conn, pointer: &str, code: &str) -> Result<Option<UnitRow>, ApiError> {
        if self.seen.iter().any(|seen| seen == code) {
            let detail = say("Đơn vị được nêu hai lần.", "The unit is named twice.");
            self.faults.add(pointer, "duplicate", detail);
            return Ok(None);
        }
        self.seen.push(code.to_owned());
        let found = if is_code(code) { units::by_code(conn, code)? } else { None };
        let Some(row) = found else {
            self.faults.add(pointer, "unknown_unit", say("Không có đơn vị này.", "There is no such unit."));
            return Ok(None);
        };
        // A day out of range is its own fault and cannot be looked up on every engine.
        if (1900..2200).contains(&self.on.year()) && units::period_on(conn, &row.id, self.on)?.is_none() {
            self.faults.add(pointer, "unit_not_there", absence(conn, &row, self.on)?);
            return Ok(None);
        }
        Ok(Some(row))
    }

    /// The units of a list.
    pub fn read_all(
        &mut self,
        conn: &mut Conn,
        pointer: &str,
        codes: &[String],
    ) -> Result<Vec<UnitRow>, ApiError> {
        if codes.len() > MOST_NAMED {
            let detail =
                say(format!("Nhiều nhất {MOST_NAMED} đơn vị."), format!("At most {MOST_NAMED} units."));
            self.faults.add(pointer, "too_many", detail);
            return Ok(Vec::new());
        }
        let mut rows = Vec::new();
        for (index, code) in codes.iter().enumerate() {
            rows.extend(self.read(conn, &format!("{pointer}/{index}"), code)?);
        }
        Ok(rows)
    }
}

/// No change names more units at once.
const MOST_NAMED: usize = 100;
