//! Reading what is asked of a reshaping into a plan, with every fault at once.

use chrono::NaiveDate;
use kstt_domain::policy::actions::{EndUnit, MergeUnits, SplitUnit};
use kstt_domain::policy::{Permit, Target};
use kstt_domain::units::SuccessionKind;
use kstt_persistence::units::{Reshapes, UnitRow};

use super::{Asked, carry, wire};
use crate::http::{ApiError, Faults, Halt, Reply, Tx, say};
use crate::units::check::{self, Named};
use crate::units::work::why;

/// What shall happen on which day.
pub struct Plan {
    /// Units that are succeeded, the one of the path first.
    pub sources: Vec<UnitRow>,
    /// They end; otherwise the first one goes on and keeps what it has.
    pub ends: bool,
    /// Units that succeed; the first one takes over.
    pub heirs: Vec<UnitRow>,
    /// Where the request names the first heir.
    pub heir_pointer: &'static str,
    pub on: NaiveDate,
    pub kind: SuccessionKind,
    pub legal_basis: String,
    /// What the audit trail says.
    pub reason: String,
}

/// Merges units into one.
pub fn merge(tx: &mut Tx<'_>, asked: &Asked<wire::MergeUnit>) -> Result<Reply, Halt> {
    let (row, permit) = open::<MergeUnits, _>(tx, asked)?;
    let wanted = asked.content.as_ref().map_err(Clone::clone)?;
    let mut faults = Faults::default();
    let (on, paper) = paper(&mut faults, (wanted.on, &wanted.legal_basis, wanted.reason.as_deref()));
    let mut named = Named { faults: &mut faults, on, seen: vec![row.code.clone()] };
    let heir = named.read(tx.conn, "/into", &wanted.into)?;
    let others = named.read_all(tx.conn, "/together_with", &codes(&wanted.together_with))?;
    for other in &others {
        let listed = wanted.together_with.iter().position(|code| code.0 == other.code).unwrap_or_default();
        if !check::stands_before(tx.conn, other, on)? {
            faults.add(format!("/together_with/{listed}"), "no_day_left", check::no_day_left(other, on));
        }
    }
    faults.finish()?;
    let plan = Plan {
        sources: std::iter::once(row).chain(others).collect(),
        ends: true,
        heirs: heir.into_iter().collect(),
        heir_pointer: "/into",
        on,
        kind: SuccessionKind::Merge,
        legal_basis: paper.0,
        reason: paper.1,
    };
    carry::carry_out(tx, &permit, &plan, asked.dry_run)
}

/// Splits a unit into others.
pub fn split(tx: &mut Tx<'_>, asked: &Asked<wire::SplitUnit>) -> Result<Reply, Halt> {
    let (row, permit) = open::<SplitUnit, _>(tx, asked)?;
    let wanted = asked.content.as_ref().map_err(Clone::clone)?;
    let mut faults = Faults::default();
    let (on, paper) = paper(&mut faults, (wanted.on, &wanted.legal_basis, wanted.reason.as_deref()));
    if wanted.into.is_empty() {
        faults.add("/into", "too_few", say("Nêu ít nhất một đơn vị.", "Name at least one unit."));
    }
    let mut named = Named { faults: &mut faults, on, seen: vec![row.code.clone()] };
    let heirs = named.read_all(tx.conn, "/into", &codes(&wanted.into))?;
    faults.finish()?;
    let plan = Plan {
        sources: vec![row],
        ends: !wanted.continues,
        heirs,
        heir_pointer: "/into/0",
        on,
        kind: SuccessionKind::Split,
        legal_basis: paper.0,
        reason: paper.1,
    };
    carry::carry_out(tx, &permit, &plan, asked.dry_run)
}

/// Ends a unit.
pub fn end(tx: &mut Tx<'_>, asked: &Asked<wire::EndUnit>) -> Result<Reply, Halt> {
    let (row, permit) = open::<EndUnit, _>(tx, asked)?;
    let wanted = asked.content.as_ref().map_err(Clone::clone)?;
    let mut faults = Faults::default();
    let (on, paper) = paper(&mut faults, (wanted.on, &wanted.legal_basis, wanted.reason.as_deref()));
    let mut named = Named { faults: &mut faults, on, seen: vec![row.code.clone()] };
    let heirs = named.read_all(tx.conn, "/successors", &codes(&wanted.successors))?;
    faults.finish()?;
    let plan = Plan {
        sources: vec![row],
        ends: true,
        heirs,
        heir_pointer: "/successors/0",
        on,
        kind: SuccessionKind::End,
        legal_basis: paper.0,
        reason: paper.1,
    };
    carry::carry_out(tx, &permit, &plan, asked.dry_run)
}

/// The unit of the path in the version the caller read, and the permission to reshape it.
fn open<A: Reshapes, T>(tx: &mut Tx<'_>, asked: &Asked<T>) -> Result<(UnitRow, Permit<A>), ApiError> {
    let row = check::unit(tx.conn, &asked.code)?;
    let permit = tx.permit::<A>(&Target::city(&row.id))?;
    check::unit_version(tx, &asked.expected, &row)?;
    Ok((row, permit))
}

/// The day, the legal basis, and what the audit trail says of the reason.
fn paper(
    faults: &mut Faults,
    (on, legal_basis, reason): (NaiveDate, &str, Option<&str>),
) -> (NaiveDate, (String, String)) {
    let on = faults.day("/on", on);
    let legal_basis = faults.line("/legal_basis", legal_basis, 500);
    let reason = faults.optional_line("/reason", reason, 1000);
    let why = why(&legal_basis, reason.as_deref());
    (on, (legal_basis, why))
}

fn codes(wanted: &[wire::UnitCode]) -> Vec<String> {
    wanted.iter().map(|code| code.0.clone()).collect()
}
