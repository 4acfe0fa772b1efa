//! Creating and renaming units.

use chrono::NaiveDate;
use kstt_domain::period::OPEN_END;
use kstt_domain::policy::{Target, actions};
use kstt_domain::text::sort_key;
use kstt_domain::units::UnitKind;
use kstt_persistence::audit::Change;
use kstt_persistence::units::{self, PeriodChange, UnitRow};

use super::check::{self, Content, Named};
use super::view;
use super::wire::{NewUnit, RenameUnit};
use crate::http::{ApiError, Faults, Halt, Reply, Tx, say};
use crate::obligations;

/// Creates a unit.
pub fn create(tx: &mut Tx<'_>, content: &Content<NewUnit>) -> Result<Reply, Halt> {
    let id = tx.id();
    let permit = tx.permit::<actions::CreateUnit>(&Target::city(&id))?;
    let new = read_new(tx, id, content.as_ref().map_err(Clone::clone)?)?;
    let taken = || {
        let code = &new.code;
        ApiError::conflict(say(format!("Mã {code} đã có đơn vị dùng."), format!("The code {code} is taken.")))
    };
    if units::by_code(tx.conn, &new.code)?.is_some() {
        return Err(taken().into());
    }
    units::create(tx.conn, &permit, &new, tx.now.naive_utc())
        .map_err(|error| if error.is_unique_violation() { taken() } else { error.into() })?;
    refuse_unsound(tx, &new.id, new.valid_from)?;
    let row = check::unit(tx.conn, &new.code)?;
    let view = view::unit(tx.conn, &row, new.valid_from)?;
    let change = Change {
        kind: "unit",
        id: &row.id,
        key: &row.code,
        unit_id: Some(&row.id),
        after: serde_json::to_value(&view).ok(),
        reason: new.legal_basis.as_deref(),
        ..Change::default()
    };
    tx.audit(&permit, change)?;
    obligations::follow_units(tx, std::slice::from_ref(&row.id), new.valid_from)?;
    Ok(Reply::created(format!("/v1/units/{}", row.code), &view)?.tagged(row.version))
}

fn read_new(tx: &mut Tx<'_>, id: String, wanted: &NewUnit) -> Result<units::NewUnit, ApiError> {
    let mut faults = Faults::default();
    if !check::is_code(&wanted.code) {
        let detail = say("Mã gồm 2–20 chữ in hoa và chữ số.", "A code is 2–20 capital letters and digits.");
        faults.add("/code", "pattern", detail);
    }
    let valid_from = faults.day("/valid_from", wanted.valid_from);
    if let Some(code) = &wanted.gso_code
        && !((2..=5).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit()))
    {
        faults.add("/gso_code", "pattern", say("Mã gồm 2–5 chữ số.", "A GSO code is 2–5 digits."));
    }
    agency_code(&mut faults, wanted.agency_code.as_deref());
    let parent =
        parent(tx, &mut faults, (&wanted.code, wanted.kind), wanted.parent_code.as_deref(), valid_from)?;
    if wanted.parent_code.is_none() && !wanted.kind.may_stand_below(None) {
        let detail =
            say("Loại đơn vị này phải có đơn vị cấp trên.", "A unit of this kind stands below another.");
        faults.add("/parent_code", "parent_needed", detail);
    }
    let name = faults.line("/name", &wanted.name, 300);
    let new = units::NewUnit {
        id,
        period_id: tx.id(),
        code: wanted.code.clone(),
        kind: wanted.kind,
        subtype: faults.line("/subtype", &wanted.subtype, 60),
        name_key: sort_key(&name),
        name,
        short_name: faults.line("/short_name", &wanted.short_name, 150),
        parent_id: parent.map(|row| row.id),
        gso_code: wanted.gso_code.clone(),
        agency_code: wanted.agency_code.clone(),
        valid_from,
        valid_to: OPEN_END,
        legal_basis: Some(faults.line("/legal_basis", &wanted.legal_basis, 500)),
    };
    faults.finish()?;
    Ok(new)
}

/// Renames a unit or places it below another.
pub fn rename(
    tx: &mut Tx<'_>,
    code: &str,
    expected: &Result<i64, ApiError>,
    content: &Content<RenameUnit>,
) -> Result<Reply, Halt> {
    let row = check::unit(tx.conn, code)?;
    let permit = tx.permit::<actions::RenameUnit>(&Target::city(&row.id))?;
    check::unit_version(tx, expected, &row)?;
    let wanted = content.as_ref().map_err(Clone::clone)?;
    let (change, reason) = read_change(tx, &row, wanted)?;
    check::standing(tx.conn, &row, wanted.on)?;
    let before = view::unit(tx.conn, &row, wanted.on)?;
    if !units::touch(tx.conn, &permit, &row.id, Some(row.version), tx.now.naive_utc())? {
        return Err(Halt::Raced);
    }
    let period_id = tx.id();
    units::rewrite_from(tx.conn, &permit, &row.id, wanted.on, period_id, &change)?;
    let moved = change.parent_id.is_some();
    if moved {
        refuse_unsound(tx, &row.id, wanted.on)?;
    }
    let row = check::unit(tx.conn, code)?;
    let view = view::unit(tx.conn, &row, wanted.on)?;
    let change = Change {
        kind: "unit",
        id: &row.id,
        key: &row.code,
        unit_id: Some(&row.id),
        before: serde_json::to_value(&before).ok(),
        after: serde_json::to_value(&view).ok(),
        reason: Some(&reason),
    };
    tx.audit(&permit, change)?;
    if moved {
        obligations::follow_units(tx, std::slice::from_ref(&row.id), wanted.on)?;
    }
    Ok(Reply::ok(&view)?.tagged(row.version))
}

fn read_change(
    tx: &mut Tx<'_>,
    row: &UnitRow,
    wanted: &RenameUnit,
) -> Result<(PeriodChange, String), ApiError> {
    let mut faults = Faults::default();
    let on = faults.day("/on", wanted.on);
    let legal_basis = faults.line("/legal_basis", &wanted.legal_basis, 500);
    let reason = faults.optional_line("/reason", wanted.reason.as_deref(), 1000);
    agency_code(&mut faults, wanted.agency_code.as_deref());
    let parent = parent(tx, &mut faults, (&row.code, row.kind.0), wanted.parent_code.as_deref(), on)?;
    let change = PeriodChange {
        subtype: faults.optional_line("/subtype", wanted.subtype.as_deref(), 60),
        name: faults.optional_line("/name", wanted.name.as_deref(), 300).map(|name| {
            let key = sort_key(&name);
            (name, key)
        }),
        short_name: faults.optional_line("/short_name", wanted.short_name.as_deref(), 150),
        parent_id: parent.map(|row| row.id),
        agency_code: wanted.agency_code.clone(),
        legal_basis,
    };
    let asked = [&wanted.name, &wanted.short_name, &wanted.subtype, &wanted.parent_code, &wanted.agency_code];
    if asked.iter().all(|field| field.is_none()) {
        faults.add("", "nothing_to_change", say("Chưa nêu thay đổi nào.", "No change is named."));
    }
    faults.finish()?;
    let reason = why(&change.legal_basis, reason.as_deref());
    Ok((change, reason))
}

/// What the audit trail says of the reason: the paper, and what the caller adds.
pub fn why(legal_basis: &str, reason: Option<&str>) -> String {
    reason.map_or_else(|| legal_basis.to_owned(), |reason| format!("{legal_basis} — {reason}"))
}

fn agency_code(faults: &mut Faults, code: Option<&str>) {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'.';
    if code.is_some_and(|code| !(3..=35).contains(&code.len()) || !code.bytes().all(allowed)) {
        let detail = say(
            "Mã định danh gồm 3–35 chữ in hoa, chữ số và dấu chấm.",
            "An agency code is 3–35 capital letters, digits and dots.",
        );
        faults.add("/agency_code", "pattern", detail);
    }
}

/// Reads the wanted parent of a unit; the first of the pair is the unit's own code.
fn parent(
    tx: &mut Tx<'_>,
    faults: &mut Faults,
    (own_code, kind): (&str, UnitKind),
    code: Option<&str>,
    on: NaiveDate,
) -> Result<Option<UnitRow>, ApiError> {
    let Some(code) = code else { return Ok(None) };
    if code == own_code {
        let detail = say("Đơn vị không thể nằm dưới chính nó.", "A unit cannot stand below itself.");
        faults.add("/parent_code", "loop", detail);
        return Ok(None);
    }
    let mut named = Named { faults, on, seen: Vec::new() };
    let found = named.read(tx.conn, "/parent_code", code)?;
    if let Some(parent) = &found
        && !kind.may_stand_below(Some(parent.kind.0))
    {
        let detail = say(
            format!("Loại đơn vị này không đặt trực tiếp dưới {code}."),
            format!("A unit of this kind does not stand directly below {code}."),
        );
        faults.add("/parent_code", "wrong_parent", detail);
    }
    Ok(found)
}

fn refuse_unsound(tx: &mut Tx<'_>, unit_id: &str, from: NaiveDate) -> Result<(), ApiError> {
    let Some(day) = units::unsound_from(tx.conn, unit_id, from)? else { return Ok(()) };
    let mut faults = Faults::default();
    let detail = say(
        format!("Từ ngày {day} đơn vị sẽ nằm dưới chính nó hoặc sâu quá tám tầng."),
        format!("From {day} on the unit would stand below itself or more than eight tiers deep."),
    );
    faults.add("/parent_code", "loop", detail);
    faults.finish()
}
