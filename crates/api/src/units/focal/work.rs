//! Appointing focal officers and ending their terms.

use kstt_domain::calendar::vn_date;
use kstt_domain::period::Period;
use kstt_domain::policy::actions::{AppointFocalOfficer, EndFocalOfficer};
use kstt_domain::policy::{ActionKind, Permit, Target};
use kstt_persistence::Conn;
use kstt_persistence::audit::Change;
use kstt_persistence::units::{self, FocalOfficerRow, UnitRow};

use super::wire::{EndTerm, FocalOfficerView, NewFocalOfficer};
use crate::http::{ApiError, Faults, Halt, Reply, Tx, say};
use crate::units::check::{self, Content};

/// One appointment of a unit.
pub fn appointment(conn: &mut Conn, unit_id: &str, id: &str) -> Result<FocalOfficerRow, ApiError> {
    if uuid::Uuid::try_parse(id).is_err() {
        return Err(ApiError::not_found());
    }
    units::focal_officer(conn, unit_id, id)?.ok_or_else(ApiError::not_found)
}

/// Appoints a focal officer.
pub fn appoint(tx: &mut Tx<'_>, code: &str, content: &Content<NewFocalOfficer>) -> Result<Reply, Halt> {
    let unit = check::unit(tx.conn, code)?;
    let id = tx.id();
    let permit = permitted::<AppointFocalOfficer>(tx, &unit, &id)?;
    let row = read_new(tx, &unit, id, content.as_ref().map_err(Clone::clone)?)?;
    check::standing(tx.conn, &unit, row.valid_from)?;
    units::appoint(tx.conn, &permit, &row)?;
    audit(tx, &permit, (&unit, None, &row), None)?;
    let location = format!("/v1/units/{code}/focal-officers/{}", row.id);
    Ok(Reply::created(location, &FocalOfficerView::from(row))?.tagged(1))
}

fn permitted<A: ActionKind>(tx: &mut Tx<'_>, unit: &UnitRow, id: &str) -> Result<Permit<A>, ApiError> {
    let path = units::path_of(tx.conn, &unit.id, vn_date(tx.now))?;
    tx.permit::<A>(&Target::unit(id, path))
}

fn read_new(
    tx: &mut Tx<'_>,
    unit: &UnitRow,
    id: String,
    wanted: &NewFocalOfficer,
) -> Result<FocalOfficerRow, ApiError> {
    let mut faults = Faults::default();
    let from = faults.day("/valid_from", wanted.valid_from);
    let to = wanted.valid_to.map(|day| faults.day("/valid_to", day));
    let period = Period::of(Some(from), to);
    if !period.is_proper() {
        let detail = say("Ngày thôi phải sau ngày bắt đầu.", "The end must come after the start.");
        faults.add("/valid_to", "empty_period", detail);
    }
    if wanted.phone.as_deref().is_some_and(|phone| !is_phone(phone)) {
        let detail = say(
            "Số điện thoại gồm 6–30 chữ số, dấu cách và +().-",
            "A telephone number is 6–30 digits, spaces and +().-",
        );
        faults.add("/phone", "pattern", detail);
    }
    if wanted.email.as_deref().is_some_and(|email| !is_email(email)) {
        faults.add(
            "/email",
            "pattern",
            say("Không phải địa chỉ thư điện tử.", "It is not an e-mail address."),
        );
    }
    let now = tx.now.naive_utc();
    let row = FocalOfficerRow {
        id,
        unit_id: unit.id.clone(),
        person: faults.line("/person", &wanted.person, 120),
        phone: wanted.phone.clone(),
        email: wanted.email.clone(),
        appointing_paper: faults.line("/appointing_paper", &wanted.appointing_paper, 300),
        valid_from: period.from,
        valid_to: period.to,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    faults.finish()?;
    Ok(row)
}

fn is_phone(text: &str) -> bool {
    (6..=30).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit() || b" +().-".contains(&byte))
}

fn is_email(text: &str) -> bool {
    let part = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'@')
    };
    text.len() >= 3 && text.split_once('@').is_some_and(|(name, host)| part(name, 90) && part(host, 109))
}

/// Ends a term.
pub fn end(
    tx: &mut Tx<'_>,
    (code, id): (&str, &str),
    expected: &Result<i64, ApiError>,
    content: &Content<EndTerm>,
) -> Result<Reply, Halt> {
    let unit = check::unit(tx.conn, code)?;
    let before = appointment(tx.conn, &unit.id, id)?;
    let permit = permitted::<EndFocalOfficer>(tx, &unit, &before.id)?;
    check::version(expected, before.version, || {
        check::tag(&FocalOfficerView::from(before.clone()), before.version)
    })?;
    let wanted = content.as_ref().map_err(Clone::clone)?;
    let mut faults = Faults::default();
    let on = faults.day("/on", wanted.on);
    let reason = faults.optional_line("/reason", wanted.reason.as_deref(), 1000);
    if on <= before.valid_from {
        let detail = say("Ngày thôi phải sau ngày bắt đầu.", "The end must come after the start.");
        faults.add("/on", "empty_period", detail);
    }
    faults.finish()?;
    if on >= before.valid_to {
        let end = before.valid_to;
        return Err(ApiError::conflict(say(
            format!("Nhiệm kỳ đã kết thúc từ ngày {end}."),
            format!("The term ends on {end} already."),
        ))
        .into());
    }
    if !units::end_term(tx.conn, &permit, before.version, on, tx.now.naive_utc())? {
        return Err(Halt::Raced);
    }
    let after = appointment(tx.conn, &unit.id, id)?;
    audit(tx, &permit, (&unit, Some(before), &after), reason.as_deref())?;
    let version = after.version;
    Ok(Reply::ok(&FocalOfficerView::from(after))?.tagged(version))
}

fn audit<A: ActionKind>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    (unit, before, after): (&UnitRow, Option<FocalOfficerRow>, &FocalOfficerRow),
    reason: Option<&str>,
) -> Result<(), ApiError> {
    let state = |row: FocalOfficerRow| serde_json::to_value(FocalOfficerView::from(row)).ok();
    let change = Change {
        kind: "focal_officer",
        id: &after.id,
        key: &after.id,
        unit_id: Some(&unit.id),
        before: before.and_then(state),
        after: state(after.clone()),
        reason,
    };
    tx.audit(permit, change)
}
