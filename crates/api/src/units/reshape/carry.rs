//! Carrying out a plan in one transaction: periods end, successions are recorded, and the first heir
//! takes over. Whatever else changes by it gets a new version and its own audit row.

use kstt_domain::period::known_end;
use kstt_domain::policy::Permit;
use kstt_persistence::audit::Change;
use kstt_persistence::units::{self, Handing, Heir, PeriodChange, Reshapes, Takeover, UnitOnDay, UnitRow};
use serde_json::{Value, json};

use super::wire::{MovedFocalOfficer, MovedGrant, Moves, Reshaped, UnitCode};
use super::work::Plan;
use crate::http::{ApiError, Faults, Halt, Reply, Tx, say};
use crate::obligations;
use crate::units::{check, view};

/// Does everything the plan says; a rehearsal halts with what it would have answered.
pub fn carry_out<A: Reshapes>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    plan: &Plan,
    dry_run: bool,
) -> Result<Reply, Halt> {
    let children = refuse_unready(tx, plan)?;
    let affected = affected(tx, plan, &children)?;
    let before = views(tx, &affected, plan)?;
    claim(tx, permit, &affected)?;
    let mut moves = Moves::default();
    record(tx, permit, plan, &mut moves)?;
    if plan.ends {
        for source in &plan.sources {
            units::end_period(tx.conn, permit, &source.id, plan.on)?;
        }
        move_children(tx, permit, plan, children, &mut moves)?;
        for source in &plan.sources {
            hand_over(tx, permit, plan, source, &mut moves)?;
        }
    }
    let touched: Vec<String> = plan.sources.iter().chain(&plan.heirs).map(|unit| unit.id.clone()).collect();
    audit(tx, permit, plan, affected.into_iter().zip(before), &moves)?;
    obligations::follow_units(tx, &touched, plan.on)?;
    let Some(source) = plan.sources.first() else { return Err(ApiError::not_found().into()) };
    let row = check::unit(tx.conn, &source.code)?;
    let unit = view::unit(tx.conn, &row, plan.on)?;
    let etag = check::tag(&unit, row.version)?;
    let mut reply = Reply::ok(&Reshaped { dry_run, unit, moves })?;
    if dry_run {
        return Err(Halt::Rehearsed(reply));
    }
    reply.etag = etag;
    Ok(reply)
}

/// Refuses what the present state does not allow; answers the units below those that end.
fn refuse_unready(tx: &mut Tx<'_>, plan: &Plan) -> Result<Vec<UnitOnDay>, ApiError> {
    let mut children = Vec::new();
    for source in &plan.sources {
        if plan.heirs.is_empty() || !check::awaits_heirs(tx.conn, source, plan.on)? {
            check::standing(tx.conn, source, plan.on)?;
        }
        refuse_recorded(tx, plan, source)?;
        if plan.ends {
            if !check::stands_before(tx.conn, source, plan.on)? {
                return Err(ApiError::conflict(check::no_day_left(source, plan.on)));
            }
            children.extend(units::children_from(tx.conn, &source.id, plan.on)?);
        }
    }
    children.retain(|(child, _)| plan.sources.iter().all(|source| source.id != child.id));
    let Some(heir) = plan.heirs.first() else {
        return if children.is_empty() {
            Ok(children)
        } else {
            Err(ApiError::conflict(still_below(&children)))
        };
    };
    children.sort_by(|a, b| a.0.code.cmp(&b.0.code));
    let misplaced = children.iter().find(|(child, _)| !child.kind.0.may_stand_below(Some(heir.kind.0)));
    if let Some((child, _)) = misplaced {
        let (child, heir) = (&child.code, &heir.code);
        let detail = say(
            format!("Đơn vị trực thuộc {child} không đặt trực tiếp dưới {heir}."),
            format!("The unit {child} below it does not stand directly below {heir}."),
        );
        return refuse(plan, "wrong_parent", detail).map(|()| children);
    }
    Ok(children)
}

/// A succession is recorded once, and nothing may count on a unit that ends without an heir.
fn refuse_recorded(tx: &mut Tx<'_>, plan: &Plan, source: &UnitRow) -> Result<(), ApiError> {
    let (heirs, predecessors) = units::successions(tx.conn, &source.id)?;
    let again = heirs
        .iter()
        .find(|(row, unit)| row.effective_on == plan.on && plan.heirs.iter().any(|heir| heir.id == unit.id));
    if let Some((_, heir)) = again {
        let (code, heir, on) = (&source.code, &heir.code, plan.on);
        return Err(ApiError::conflict(say(
            format!("Đã ghi nhận {heir} kế thừa {code} từ ngày {on}."),
            format!("{heir} is recorded as a successor of {code} from {on} already."),
        )));
    }
    let waiting = predecessors.iter().find(|(row, _)| row.effective_on > plan.on);
    if let (true, true, Some((row, other))) = (plan.ends, plan.heirs.is_empty(), waiting) {
        let (code, other, day) = (&source.code, &other.code, row.effective_on);
        return Err(ApiError::conflict(say(
            format!("Đơn vị {other} được ghi nhận sẽ nhập vào {code} từ ngày {day}; hãy nêu đơn vị kế thừa."),
            format!("The unit {other} is recorded to pass to {code} on {day}; name a successor."),
        )));
    }
    Ok(())
}

fn still_below(children: &[UnitOnDay]) -> crate::http::Say {
    let mut codes: Vec<&str> = children.iter().map(|(child, _)| child.code.as_str()).collect();
    codes.dedup();
    let codes = codes.join(", ");
    say(
        format!("Còn đơn vị trực thuộc: {codes}. Hãy nêu đơn vị kế thừa hoặc chuyển các đơn vị này trước."),
        format!("Units still stand below it: {codes}. Name a successor or place them elsewhere first."),
    )
}

fn refuse(plan: &Plan, code: &'static str, detail: crate::http::Say) -> Result<(), ApiError> {
    let mut faults = Faults::default();
    faults.add(plan.heir_pointer, code, detail);
    faults.finish()
}

/// Every unit whose view changes, once, in the order of codes.
fn affected(tx: &mut Tx<'_>, plan: &Plan, children: &[UnitOnDay]) -> Result<Vec<UnitRow>, ApiError> {
    let mut rows: Vec<UnitRow> = plan.sources.iter().chain(&plan.heirs).cloned().collect();
    rows.extend(children.iter().map(|(child, _)| child.clone()));
    for source in plan.sources.iter().filter(|_| plan.ends) {
        let (heirs, predecessors) = units::successions(tx.conn, &source.id)?;
        let later = heirs.into_iter().chain(predecessors).filter(|(row, _)| row.effective_on > plan.on);
        rows.extend(later.map(|(_, unit)| unit));
    }
    rows.sort_by(|a, b| a.code.cmp(&b.code));
    rows.dedup_by(|a, b| a.id == b.id);
    Ok(rows)
}

fn views(tx: &mut Tx<'_>, rows: &[UnitRow], plan: &Plan) -> Result<Vec<Option<Value>>, ApiError> {
    let mut views = Vec::new();
    for row in rows {
        views.push(serde_json::to_value(view::unit(tx.conn, row, plan.on)?).ok());
    }
    Ok(views)
}

/// Raises the version of every affected unit. One that someone else changed since it was read sends
/// the whole change back to its beginning.
fn claim<A: Reshapes>(tx: &mut Tx<'_>, permit: &Permit<A>, rows: &[UnitRow]) -> Result<(), Halt> {
    for row in rows {
        if !units::touch(tx.conn, permit, &row.id, Some(row.version), tx.now.naive_utc())? {
            return Err(Halt::Raced);
        }
    }
    Ok(())
}

fn record<A: Reshapes>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    plan: &Plan,
    moves: &mut Moves,
) -> Result<(), ApiError> {
    for source in &plan.sources {
        for heir in &plan.heirs {
            let (id, why) = (tx.id(), (plan.kind, plan.legal_basis.as_str()));
            units::record_succession(tx.conn, permit, id, (&source.id, &heir.id), plan.on, why)?;
        }
    }
    moves.successors = plan.heirs.iter().map(|heir| UnitCode(heir.code.clone())).collect();
    Ok(())
}

fn move_children<A: Reshapes>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    plan: &Plan,
    children: Vec<UnitOnDay>,
    moves: &mut Moves,
) -> Result<(), ApiError> {
    let Some(heir) = plan.heirs.first() else { return Ok(()) };
    for (child, period) in children {
        let change = PeriodChange {
            parent_id: Some(heir.id.clone()),
            legal_basis: plan.legal_basis.clone(),
            ..PeriodChange::default()
        };
        let (from, id) = (period.valid_from.max(plan.on), tx.id());
        units::rewrite_from(tx.conn, permit, &child.id, from, id, &change)?;
        if units::unsound_from(tx.conn, &child.id, plan.on)?.is_some() {
            let code = &child.code;
            let detail = say(
                format!("Đơn vị kế thừa nằm dưới {code}, đơn vị sẽ chuyển sang trực thuộc nó."),
                format!("The successor stands below {code}, which would come to stand below it."),
            );
            refuse(plan, "loop", detail)?;
        }
        if moves.children.last().is_none_or(|last| last.0 != child.code) {
            moves.children.push(UnitCode(child.code));
        }
    }
    Ok(())
}

fn hand_over<A: Reshapes>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    plan: &Plan,
    source: &UnitRow,
    moves: &mut Moves,
) -> Result<(), ApiError> {
    let heir = plan.heirs.first();
    let handing = Handing { unit_id: &source.id, on: plan.on, heir_id: heir.map(|heir| heir.id.as_str()) };
    units::pass_on(tx.conn, permit, handing)?;
    let taker = heir.map(|heir| Heir { unit_id: &heir.id, from: plan.on });
    let (ids, now) = (&tx.app.ids, tx.now.naive_utc());
    let taken = units::hand_over(tx.conn, permit, &source.id, (plan.on, taker), now, || ids.id())?;
    tell(moves, plan, source, taken);
    Ok(())
}

fn tell(moves: &mut Moves, plan: &Plan, source: &UnitRow, taken: Takeover) {
    let to_unit = plan.heirs.first().map(|heir| heir.code.clone());
    moves.grants.extend(taken.grants.into_iter().map(|grant| MovedGrant {
        id: grant.id,
        user_id: grant.user_id,
        role: grant.role.0,
        from_unit: source.code.clone(),
        to_unit: to_unit.clone(),
        valid_from: grant.valid_from.max(plan.on),
        valid_to: known_end(grant.valid_to),
    }));
    moves.focal_officers.extend(taken.focal_officers.into_iter().map(|officer| MovedFocalOfficer {
        id: officer.id,
        person: officer.person,
        from_unit: source.code.clone(),
        to_unit: to_unit.clone(),
        valid_from: officer.valid_from.max(plan.on),
        valid_to: known_end(officer.valid_to),
    }));
}

fn audit<A: Reshapes>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    plan: &Plan,
    affected: impl Iterator<Item = (UnitRow, Option<Value>)>,
    moves: &Moves,
) -> Result<(), ApiError> {
    for (row, before) in affected {
        let row = check::unit(tx.conn, &row.code)?;
        let mut after = serde_json::to_value(view::unit(tx.conn, &row, plan.on)?).unwrap_or_default();
        if row.id == permit.subject_id() {
            after["moved"] = moved_ids(moves);
        }
        let change = Change {
            kind: "unit",
            id: &row.id,
            key: &row.code,
            unit_id: Some(&row.id),
            before,
            after: Some(after),
            reason: Some(&plan.reason),
        };
        tx.audit(permit, change)?;
    }
    Ok(())
}

/// What the trail keeps of the moves: ids, no names of people.
fn moved_ids(moves: &Moves) -> Value {
    let grants: Vec<&str> = moves.grants.iter().map(|grant| grant.id.as_str()).collect();
    let officers: Vec<&str> = moves.focal_officers.iter().map(|officer| officer.id.as_str()).collect();
    json!({ "children": moves.children, "grants": grants, "focal_officers": officers })
}
