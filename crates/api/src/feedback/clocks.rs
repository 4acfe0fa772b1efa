//! The clocks of the law on an item, and what each event does to them.
//!
//! The citizen's twenty days (K-44) run from the first receipt in the city, or from the moment the last
//! fault of ND 20/2008 Art. 7 was cured, and do not start anew when the item is transferred.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use kstt_domain::feedback::{FeedbackClass, FeedbackEvent, FeedbackState};
use kstt_domain::policy::Target;
use kstt_persistence::feedback::{self as rows, FeedbackRow};
use kstt_persistence::obligations::{Moments, ObligationRow};

use super::KIND;
use crate::http::{Halt, Tx};
use crate::obligations::{Clocks, meet};

/// Clocks that end with an answer or without one.
const ALL: &[&str] = &["K-40a", "K-42", "K-43", "K-44", "K-44a", "K-45", "K-46", "K-47", "K-48"];
/// What is owed once a result exists.
const OF_RESULT: &[&str] = &["K-46", "K-48"];
/// What is not owed any longer of an item that is closed; its result still goes into the national system (K-46).
const UNTIL_CLOSED: &[&str] = &["K-42", "K-43", "K-44", "K-44a", "K-45", "K-47", "K-48"];
/// What counts from the receipt in the city.
const FROM_RECEIPT: &[&str] = &["K-40a", "K-42", "K-43", "K-44", "K-47"];
const TRANSFER: &[&str] = &["K-42", "K-43"];
/// Why a unit's own clock is called off.
const LATER_THAN_ANSWER: &str = "Muộn hơn thời hạn của người dân.";

/// The deadlines of an item.
pub fn of(row: &FeedbackRow) -> Clocks<'_> {
    Clocks::of(KIND, &row.id)
}

/// What starts when an item is registered; sets its place in the lists.
pub fn begin(tx: &mut Tx<'_>, row: &mut FeedbackRow) -> Result<(), Halt> {
    let id = row.id.clone();
    let clocks = Clocks::of_new(KIND, &id);
    let mut begun: Vec<_> = registered(tx, &clocks, row)?.into_iter().collect();
    // Whoever looks at one that is not valid yet has as long as for a transfer.
    let from = row.valid_at.unwrap_or(row.received_at).and_utc();
    let transfer = clocks.begun(tx, "K-42", &row.handler_unit_id, from)?;
    match row.valid_at {
        Some(_) => begun.extend(answering(tx, &clocks, row, from)?),
        None => *row = row.clone().placed(transfer.as_ref().map(|transfer| transfer.due_on)),
    }
    begun.extend(transfer);
    clocks.open(tx, &begun)
}

/// Registered and forwarded at once: registering is doing it.
fn registered(
    tx: &mut Tx<'_>,
    clocks: &Clocks<'_>,
    row: &FeedbackRow,
) -> Result<Option<ObligationRow>, Halt> {
    let clock = clocks.begun(tx, "K-40a", &row.place_unit_id, row.received_at.and_utc())?;
    Ok(clock.map(|clock| clock.done(row.registered_at)))
}

/// What starts for a part of an item: the unit's own answer, within the citizen's days.
pub fn begin_part(tx: &mut Tx<'_>, part: &mut FeedbackRow) -> Result<(), Halt> {
    let (id, from) = (part.id.clone(), part.valid_at.unwrap_or(part.received_at));
    run(tx, &Clocks::of_new(KIND, &id), part, from.and_utc())
}

/// Counts the clocks of an item anew after its receipt was corrected; answers those with another last day: rule,
/// before, after.
pub fn recount(
    tx: &mut Tx<'_>,
    before: &FeedbackRow,
    row: &mut FeedbackRow,
) -> Result<Vec<(String, NaiveDate, NaiveDate)>, Halt> {
    let id = row.id.clone();
    let clocks = Clocks::of(KIND, &id);
    let mut moved = Vec::new();
    for clock in clocks.all(tx)?.into_iter().filter(|clock| clock.cancelled_at.is_none()) {
        let of_receipt = FROM_RECEIPT.contains(&clock.rule.as_str());
        // Only what counts from the receipt, or from the moment it was valid.
        let from = match clock.trigger_at {
            at if of_receipt && at == before.received_at => row.received_at,
            at if of_receipt && Some(at) == before.valid_at => row.valid_at.unwrap_or(at),
            _ => continue,
        };
        let after = clocks.retime(tx, &clock, from.and_utc())?;
        if clock.rule == "K-44" {
            row.next_window_at = row.next_window_at.map(|_| after.due_at);
            *row = row.clone().placed(Some(after.due_on));
            within_answer(tx, &clocks, &clock, after.due_at)?;
        }
        if clock.due_on != after.due_on {
            moved.push((clock.rule, clock.due_on, after.due_on));
        }
    }
    start_missing(tx, &clocks, row)?;
    Ok(moved)
}

/// Where nothing could be counted from the receipt as it was written first, nothing was started.
fn start_missing(tx: &mut Tx<'_>, clocks: &Clocks<'_>, row: &mut FeedbackRow) -> Result<(), Halt> {
    let all = clocks.all(tx)?;
    let lacks = |rule: &str| !all.iter().any(|clock| clock.rule == rule);
    if row.parent_id.is_none() && lacks("K-40a") {
        let clock = registered(tx, clocks, row)?;
        clocks.open(tx, clock.as_slice())?;
    }
    let is_owed = !row.state.0.is_over() && !row.state.0.is_answered();
    if let (Some(valid_at), true) = (row.valid_at, is_owed && lacks("K-44")) {
        if row.handler_received_at.is_none() {
            start_transfer(tx, row, valid_at.and_utc())?;
        }
        run(tx, clocks, row, valid_at.and_utc())?;
    }
    Ok(())
}

/// After the end of the citizen's days moved: the spans after it begin anew from there, and no unit's own clock ends
/// later.
fn within_answer(
    tx: &mut Tx<'_>,
    clocks: &Clocks<'_>,
    answer: &ObligationRow,
    due_at: NaiveDateTime,
) -> Result<(), Halt> {
    if due_at != answer.due_at {
        clocks.call_off(tx, &["K-45"], "Tính lại từ hạn trả lời mới.")?;
    }
    clocks.call_off_those(tx, LATER_THAN_ANSWER, |clock| clock.rule == "K-44a" && clock.due_at > due_at)
}

/// Whoever receives it has so long to transfer it, if it is not theirs.
fn start_transfer(tx: &mut Tx<'_>, row: &FeedbackRow, from: DateTime<Utc>) -> Result<(), Halt> {
    if of(row).running(tx, "K-42")?.is_empty() {
        of(row).start(tx, "K-42", &row.handler_unit_id, from)?;
    }
    Ok(())
}

/// Starts the clocks of a valid item; sets its place in the lists.
fn run(tx: &mut Tx<'_>, clocks: &Clocks<'_>, row: &mut FeedbackRow, from: DateTime<Utc>) -> Result<(), Halt> {
    let begun = answering(tx, clocks, row, from)?;
    clocks.open(tx, &begun)
}

/// The clocks of a valid item as they begin; sets its place in the lists.
fn answering(
    tx: &mut Tx<'_>,
    clocks: &Clocks<'_>,
    row: &mut FeedbackRow,
    from: DateTime<Utc>,
) -> Result<Vec<ObligationRow>, Halt> {
    let answer = clocks.begun(tx, "K-44", &row.handler_unit_id, from)?;
    let index = clocks.begun(tx, "K-47", &row.handler_unit_id, from)?;
    row.next_window_at = answer.as_ref().map(|answer| answer.due_at);
    *row = row.clone().placed(answer.as_ref().map(|answer| answer.due_on));
    Ok(answer.into_iter().chain(index).collect())
}

/// What an event does to the clocks of an item, and to its place in the lists.
pub fn follow(
    tx: &mut Tx<'_>,
    before: &FeedbackRow,
    row: &mut FeedbackRow,
    event: FeedbackEvent,
) -> Result<(), Halt> {
    use FeedbackEvent as E;
    let id = row.id.clone();
    let clocks = Clocks::of(KIND, &id);
    match event {
        E::AskSender => {
            // Its term is of the first request.
            if !clocks.all(tx)?.iter().any(|clock| clock.rule == "K-41") {
                at_once(tx, row, "K-41")?;
            }
            // Where nothing of ND 20/2008 Art. 7 is missing, nothing stands still.
            if before.valid_at.is_none() {
                clocks.call_off(tx, TRANSFER, "Chờ người phản ánh bổ sung.")?;
            }
        }
        E::Accept if before.state.0 != FeedbackState::Accepted => accepted(tx, before, row)?,
        E::Supplement if before.valid_at.is_none() => cured(tx, row)?,
        E::Refuse => {
            at_once(tx, row, "K-40")?;
            clocks.call_off(tx, ALL, "Không tiếp nhận.")?;
        }
        E::GuideElsewhere => clocks.call_off(tx, ALL, "Ngoài phạm vi phản ánh, kiến nghị.")?,
        E::Merge => clocks.call_off(tx, ALL, "Đã gộp vào phản ánh trùng.")?,
        E::Withdraw => clocks.call_off(tx, ALL, "Người phản ánh đã rút.")?,
        E::Split | E::Transfer => transferred(tx, row)?,
        E::HandBack => {
            leave(tx, &clocks, "Đơn vị trả lại Văn phòng.")?;
            hand_over(tx, row)?;
        }
        // The office handles it itself: nothing is to be transferred.
        E::Assign => {
            clocks.call_off(tx, TRANSFER, "Văn phòng trực tiếp xử lý.")?;
            for rule in ["K-44", "K-44a", "K-45", "K-46", "K-47"] {
                clocks.give(tx, rule, row.officer_id.as_deref())?;
            }
        }
        E::Approve => {
            clocks.start(tx, "K-46", &row.handler_unit_id, tx.now)?;
            clocks.give(tx, "K-46", row.officer_id.as_deref())?;
            // What is in the national system already lacks the result.
            rows::reopen_ledger(tx.conn, &row.id, tx.now.naive_utc())?;
            if let Some(office) = tx.office()? {
                clocks.start(tx, "K-48", &office, tx.now)?;
            }
        }
        E::Draft | E::ReturnAnswer => {
            row.approved_at = None;
            clocks.call_off(tx, TRANSFER, "Văn phòng trực tiếp xử lý.")?;
            clocks.call_off(tx, OF_RESULT, "Câu trả lời được làm lại.")?;
        }
        E::AcceptAnswer => answered(tx, row)?,
        E::Publish => clocks.meet(tx, "K-48", tx.now)?,
        // Of one that was opened again, no further answer is owed either.
        E::Close => clocks.call_off(tx, UNTIL_CLOSED, "Kết thúc, không công khai.")?,
        E::Reopen => {
            row.approved_at = None;
            run(tx, &clocks, row, tx.now)?;
        }
        E::Update => {
            clocks.meet(tx, "K-45", tx.now)?;
            if let Some(whole) = &row.parent_id {
                // Its sender reads it there.
                Clocks::of(KIND, whole).meet(tx, "K-45", tx.now)?;
            }
        }
        E::Accept | E::Supplement | E::Submit | E::Note => {}
    }
    if row.state.0.is_over() || row.state.0.is_answered() {
        row.next_window_at = None;
    }
    let due_on = row.due_on();
    *row = row.clone().placed(due_on);
    Ok(())
}

/// A clock that applies only because of this act: started with its true due, and met by it.
fn at_once(tx: &mut Tx<'_>, row: &FeedbackRow, rule: &str) -> Result<(), Halt> {
    let clocks = of(row);
    if let Some(office) = tx.office()? {
        clocks.start(tx, rule, &office, row.received_at.and_utc())?;
        clocks.meet(tx, rule, tx.now)?;
    }
    Ok(())
}

fn accepted(tx: &mut Tx<'_>, before: &FeedbackRow, row: &mut FeedbackRow) -> Result<(), Halt> {
    let id = row.id.clone();
    let clocks = Clocks::of(KIND, &id);
    if before.valid_at.is_none() {
        // Whoever accepts it judges that nothing was missing from the start, or since its sender added to it.
        let added = last_said(tx, &row.id, FeedbackEvent::Supplement)?;
        let valid_at = added.unwrap_or(row.received_at);
        row.valid_at = Some(valid_at);
        start_transfer(tx, row, valid_at.and_utc())?;
        run(tx, &clocks, row, valid_at.and_utc())?;
    }
    if row.class.is_some_and(|class| class.0 == FeedbackClass::Conduct) {
        // ND 20/2008 sets no term for conduct; the clock of a regulation is not its own.
        clocks.call_off(tx, &["K-42"], "Phản ánh về hành vi: theo K-43.")?;
        let from = row.valid_at.unwrap_or(row.received_at);
        clocks.start(tx, "K-43", &row.handler_unit_id, from.and_utc())?;
    }
    Ok(())
}

/// The last fault was cured now, if none is left.
fn cured(tx: &mut Tx<'_>, row: &mut FeedbackRow) -> Result<(), Halt> {
    if row.grounds.is_empty() {
        row.valid_at = Some(tx.now.naive_utc());
        of(row).call_off(tx, &["K-42"], "Tính lại từ khi bổ sung đủ.")?;
        start_transfer(tx, row, tx.now)?;
        let id = row.id.clone();
        run(tx, &Clocks::of(KIND, &id), row, tx.now)?;
    }
    Ok(())
}

fn transferred(tx: &mut Tx<'_>, row: &FeedbackRow) -> Result<(), Halt> {
    let clocks = of(row);
    for rule in TRANSFER {
        clocks.meet(tx, rule, tx.now)?;
    }
    hand_over(tx, row)?;
    leave(tx, &clocks, "Đã chuyển đơn vị khác.")?;
    let answer = clocks.running(tx, "K-44")?.into_iter().next();
    if let (Some(own), Some(answer)) = (clocks.start(tx, "K-44a", &row.handler_unit_id, tx.now)?, answer)
        && own.due_at > answer.due_at
    {
        clocks.call_off_those(tx, LATER_THAN_ANSWER, |clock| clock.id == own.id)?;
    }
    Ok(())
}

/// A unit gives an item away: its own clock ends, unless it has passed.
fn leave(tx: &mut Tx<'_>, clocks: &Clocks<'_>, why: &str) -> Result<(), Halt> {
    let now = tx.now.naive_utc();
    clocks.call_off_those(tx, why, |clock| clock.rule == "K-44a" && clock.due_at > now)
}

/// The citizen's clocks go with the item, their days as they were. A span that has passed without an update stays with
/// whoever let it pass.
fn hand_over(tx: &mut Tx<'_>, row: &FeedbackRow) -> Result<(), Halt> {
    let now = tx.now.naive_utc();
    of(row).hand_over(tx, &row.handler_unit_id, |clock| match clock.rule.as_str() {
        "K-44" | "K-47" => true,
        "K-45" => clock.due_at > now,
        _ => false,
    })
}

/// The answer counts from when it was submitted: how long the office looked at it is not the unit's. That of an item
/// that was split is there with the last of its parts' answers.
fn answered(tx: &mut Tx<'_>, row: &FeedbackRow) -> Result<(), Halt> {
    let parts = rows::parts(tx.conn, &row.id)?.into_iter().filter(|part| part.state.0.is_answered());
    let mut submitted = Vec::new();
    for id in parts.map(|part| part.id).chain([row.id.clone()]) {
        submitted.extend(last_said(tx, &id, FeedbackEvent::Submit)?);
    }
    let at = submitted.into_iter().max().unwrap_or(tx.now.naive_utc());
    let clocks = of(row);
    // What began while the office looked at the answer was not owed.
    clocks.call_off_those(tx, "Câu trả lời đã gửi trước đó.", |clock| {
        clock.rule == "K-45" && clock.trigger_at >= at
    })?;
    for rule in ["K-44", "K-44a", "K-45", "K-47"] {
        clocks.meet(tx, rule, at.and_utc())?;
    }
    Ok(())
}

/// When something was said of an item for the last time.
fn last_said(tx: &mut Tx<'_>, id: &str, event: FeedbackEvent) -> Result<Option<NaiveDateTime>, Halt> {
    let said = rows::entries(tx.conn, id, false)?;
    Ok(said.iter().rev().find(|entry| entry.event.0 == event).map(|entry| entry.at))
}

/// Opens the next span of seven days in which an item without an answer wants an update: after the answer was due, each
/// ends seven calendar days after the one before, and rolls as the first did.
pub fn open_window(tx: &mut Tx<'_>, row: &FeedbackRow) -> Result<Option<ObligationRow>, Halt> {
    let clocks = of(row);
    let all = clocks.all(tx)?;
    let Some(answer) = all.iter().rev().find(|clock| clock.rule == "K-44" && clock.is_pending()) else {
        return Ok(None);
    };
    let spans = all.iter().filter(|clock| clock.rule == "K-45" && clock.cancelled_at.is_none());
    let begun: HashMap<NaiveDateTime, &ObligationRow> = spans.map(|span| (span.trigger_at, span)).collect();
    // The last second of the day it was due, and so many weeks on.
    let (mut from, mut last) = (answer.due_at - TimeDelta::seconds(1), None);
    while let Some(span) = begun.get(&from) {
        (from, last) = (from + TimeDelta::weeks(1), Some((*span).clone()));
    }
    if from > tx.now.naive_utc() {
        return Ok(last);
    }
    let span = clocks.start(tx, "K-45", &row.handler_unit_id, from.and_utc())?;
    if let Some(span) = &span {
        // One that begins anew in the past may have had its update.
        let said = rows::entries(tx.conn, &row.id, true)?;
        let during = said.iter().filter(|entry| entry.at > from && entry.at < span.due_at);
        if let Some(update) = during.into_iter().find(|entry| entry.event.0 == FeedbackEvent::Update) {
            meet(tx, span, update.at.and_utc())?;
        }
    }
    Ok(span)
}

/// After a clock of an item was counted anew with another calendar or rule: the item takes its new place in
/// the lists.
pub fn follow_clock(tx: &mut Tx<'_>, clock: &ObligationRow, moments: &Moments) -> Result<(), Halt> {
    if clock.rule != "K-44" {
        return Ok(());
    }
    within_answer(tx, &Clocks::of(KIND, &clock.subject_id), clock, moments.due_at)?;
    let permit = tx.permit(&Target::city(&clock.id))?;
    if let Some(row) = rows::find(tx.conn, &clock.subject_id)? {
        let next_window_at = row.next_window_at.map(|_| moments.due_at);
        let moved = FeedbackRow { next_window_at, ..row.clone() }.placed(Some(moments.due_on));
        rows::retime(tx.conn, &permit, &row, moved, tx.now.naive_utc())?.ok_or(Halt::Raced)?;
    }
    Ok(())
}
