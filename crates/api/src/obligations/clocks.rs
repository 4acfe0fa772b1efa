//! What other rooms do with deadlines: start, meet, call off and hand over, in the transaction of their own
//! change. The trail has the change; the deadlines that follow from it are the system's.

use chrono::{DateTime, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::obligations::{Opening, Reminded};
use kstt_domain::policy::{ActionKind, Actor, Permit, Target};
use kstt_persistence::obligations::{self as rows, ObligationRow};

use super::timing;
use crate::http::{ApiError, Halt, Tx};

/// The deadlines about one thing.
pub struct Clocks<'s> {
    kind: &'s str,
    id: &'s str,
    is_new: bool,
}

impl<'s> Clocks<'s> {
    pub fn of(kind: &'s str, id: &'s str) -> Self {
        Self { kind, id, is_new: false }
    }

    /// Of something that has none yet: each rule is started once.
    pub fn of_new(kind: &'s str, id: &'s str) -> Self {
        Self { kind, id, is_new: true }
    }

    /// All of them, of every rule, in the order of their last lawful days.
    pub fn all(&self, tx: &mut Tx<'_>) -> Result<Vec<ObligationRow>, Halt> {
        Ok(rows::about(tx.conn, (self.kind, self.id))?)
    }

    /// Starts the clock of a rule for a unit, from a moment. Nothing where no such rule is in force on that
    /// day. A clock that ran before gets a successor.
    pub fn start(
        &self,
        tx: &mut Tx<'_>,
        rule: &str,
        unit_id: &str,
        from: DateTime<Utc>,
    ) -> Result<Option<ObligationRow>, Halt> {
        let row = self.begun(tx, rule, unit_id, from)?;
        self.open(tx, row.as_slice())?;
        Ok(row)
    }

    /// Stores clocks that begin.
    pub fn open(&self, tx: &mut Tx<'_>, begun: &[ObligationRow]) -> Result<(), Halt> {
        let viewers = tx.viewers()?;
        let permit = permit(tx, self.id)?;
        Ok(rows::insert(tx.conn, &permit, begun, &viewers)?)
    }

    /// The clock of a rule for a unit as it begins; it is not stored.
    pub fn begun(
        &self,
        tx: &mut Tx<'_>,
        rule: &str,
        unit_id: &str,
        from: DateTime<Utc>,
    ) -> Result<Option<ObligationRow>, Halt> {
        let Some(known) = tx.rule_on(rule, vn_date(from))? else { return Ok(None) };
        let calendar = tx.calendar()?;
        let opening = Opening::Moment(from);
        // Beyond the calendar nothing can be counted; the item itself is taken all the same.
        let Ok(deadline) = timing::deadline(tx.app, &calendar, &known.rule, opening, &[]) else {
            return Ok(None);
        };
        let moments = timing::moments(&deadline, from, &known.row, &calendar);
        let now = tx.now.naive_utc();
        let mut row = ObligationRow::fresh(tx.id(), rule, (self.kind, self.id), unit_id, &moments, now);
        if !self.is_new {
            let before = rows::of_subject(tx.conn, rule, (self.kind, self.id))?;
            row.sequence = before.iter().map(|row| row.sequence).max().unwrap_or_default() + 1;
        }
        // Nobody has to look at it before the first reminder is due.
        let hours = &tx.app.office_hours;
        let of = Reminded { began: from, by: row.due_on, due_on: row.due_on };
        let turn = tx.app.messages.reminders.turn(&calendar, hours, of, &[], tx.now);
        if turn.send.is_none() {
            row.remind_at = turn.next.map(|next| next.naive_utc());
        }
        Ok(Some(row))
    }

    /// The clocks of a rule that still run.
    pub fn running(&self, tx: &mut Tx<'_>, rule: &str) -> Result<Vec<ObligationRow>, Halt> {
        let found = rows::of_subject(tx.conn, rule, (self.kind, self.id))?;
        Ok(found.into_iter().filter(ObligationRow::is_pending).collect())
    }

    /// Notes that what a rule asks was done.
    pub fn meet(&self, tx: &mut Tx<'_>, rule: &str, at: DateTime<Utc>) -> Result<(), Halt> {
        self.running(tx, rule)?.iter().try_for_each(|row| meet(tx, row, at))
    }

    /// Ends the clocks of some rules: what they ask is not owed any longer.
    pub fn call_off(&self, tx: &mut Tx<'_>, rules: &[&str], why: &str) -> Result<(), Halt> {
        self.call_off_those(tx, why, |row| rules.contains(&row.rule.as_str()))
    }

    /// Ends some of the clocks.
    pub fn call_off_those(
        &self,
        tx: &mut Tx<'_>,
        why: &str,
        which: impl Fn(&ObligationRow) -> bool,
    ) -> Result<(), Halt> {
        for row in self.all(tx)?.into_iter().filter(|row| row.is_pending() && which(row)) {
            let permit = permit(tx, &row.id)?;
            let now = tx.now.naive_utc();
            rows::cancel(tx.conn, &permit, &row, why, now)?.ok_or(Halt::Raced)?;
        }
        Ok(())
    }

    /// Hands some running clocks over to another unit. Their days go on as they were.
    pub fn hand_over(
        &self,
        tx: &mut Tx<'_>,
        unit_id: &str,
        which: impl Fn(&ObligationRow) -> bool,
    ) -> Result<(), Halt> {
        let others = |row: &ObligationRow| row.is_pending() && row.unit_id != unit_id && which(row);
        for row in self.all(tx)?.into_iter().filter(others) {
            let viewers = tx.viewers()?;
            let permit = permit(tx, &row.id)?;
            let now = tx.now.naive_utc();
            rows::hand_over(tx.conn, &permit, &row, (unit_id, &viewers), now)?.ok_or(Halt::Raced)?;
        }
        Ok(())
    }

    /// Gives the running clocks of a rule to an officer.
    pub fn give(&self, tx: &mut Tx<'_>, rule: &str, officer_id: Option<&str>) -> Result<(), Halt> {
        for row in self.running(tx, rule)? {
            let permit = permit(tx, &row.id)?;
            rows::assign(tx.conn, &permit, &row, officer_id, tx.now.naive_utc())?.ok_or(Halt::Raced)?;
        }
        Ok(())
    }

    /// Counts a clock anew from a corrected moment; one that was met is judged by its new days.
    pub fn retime(
        &self,
        tx: &mut Tx<'_>,
        row: &ObligationRow,
        from: DateTime<Utc>,
    ) -> Result<ObligationRow, Halt> {
        let (rule, calendar) = (timing::rule_of(tx, row)?, tx.calendar()?);
        let pauses = rows::pauses(tx.conn, &row.id)?;
        let corrected = ObligationRow { trigger_at: from.naive_utc(), ..row.clone() };
        let moments = timing::recount(tx, &corrected, &rule, &calendar, &pauses)?;
        let permit = permit(tx, &row.id)?;
        let now = tx.now.naive_utc();
        rows::retime(tx.conn, &permit, row, &moments, now)?.ok_or(Halt::Raced)
    }
}

/// What follows from the change of another room is done by the system.
fn permit<A: ActionKind>(tx: &mut Tx<'_>, id: &str) -> Result<Permit<A>, ApiError> {
    let system = Actor::system("clocks");
    tx.on_behalf_of(&system).permit(&Target::city(id))
}

/// Notes that what a running clock asks was done.
pub fn meet(tx: &mut Tx<'_>, row: &ObligationRow, at: DateTime<Utc>) -> Result<(), Halt> {
    let permit = permit(tx, &row.id)?;
    let now = tx.now.naive_utc();
    rows::meet(tx.conn, &permit, row, at.naive_utc(), None, now)?.ok_or(Halt::Raced)?;
    Ok(())
}
