//! A made-up time of the city, lived through again: every item goes the way real ones go, step by step in the
//! order of time, so that nothing in it is half there.

use chrono::{DateTime, TimeDelta, Utc};
use kstt_domain::feedback::{FeedbackEvent, GuidedTo, SampleItem};
use kstt_domain::policy::actions::{ApproveAnswer, HandleFeedback, JudgeFeedback, RegisterFeedback};
use kstt_domain::policy::{ActionKind, Actor, Permit, Target};
use kstt_persistence::Stored;
use kstt_persistence::feedback::{self as rows, Changes, FeedbackRow};

use super::act::{Said, perform};
use super::intake::{Incoming, register};
use super::judge::place;
use super::letter::Written;
use super::publish;
use crate::app::App;
use crate::http::{ApiError, Halt, Tx};

/// So many steps are taken in one transaction.
const BATCH: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Register,
    Transfer,
    Refuse,
    Submit,
    Return,
    Settle,
}

/// Lives through the items up to a moment; answers how many were received. `units` are the ids their places
/// stand for.
pub fn replay(
    app: &App,
    items: &[SampleItem],
    units: &[String],
    until: DateTime<Utc>,
) -> Result<usize, ApiError> {
    let mut steps: Vec<(DateTime<Utc>, Step, usize)> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        steps.extend(steps_of(item).into_iter().map(|(at, step)| (at, step, index)));
    }
    steps.retain(|(at, ..)| *at <= until);
    steps.sort();
    let mut ids: Vec<Option<String>> = vec![None; items.len()];
    let actor = Actor::system("demo");
    for batch in steps.chunks(BATCH) {
        let taken = app.db.write(|conn| {
            let mut taken = Vec::new();
            for (at, step, index) in batch {
                let mut tx = Tx::of_system_at(conn, app, &actor, *at);
                let item = &items[*index];
                let unit = &units[item.unit % units.len()];
                let known = taken.iter().rev().find(|(of, _)| of == index).map(|(_, id)| id);
                let known = known.or(ids[*index].as_ref()).cloned();
                match (step, known) {
                    (Step::Register, _) => taken.push((*index, receive(&mut tx, item, unit)?)),
                    (step, Some(id)) => go_on(&mut tx, *step, item, unit, &id)?,
                    (_, None) => {}
                }
            }
            Ok::<_, Halt>(taken)
        });
        match taken {
            Ok(taken) => taken.into_iter().for_each(|(index, id)| ids[index] = Some(id)),
            Err(Halt::Refused(error)) => return Err(error),
            Err(_) => return Err(ApiError::new(crate::http::ProblemCode::Unavailable)),
        }
    }
    Ok(ids.into_iter().flatten().count())
}

fn steps_of(item: &SampleItem) -> Vec<(DateTime<Utc>, Step)> {
    let received = item.received_at;
    let judged = received + item.transferred_after;
    let mut steps = vec![(received, Step::Register)];
    if item.refused {
        steps.push((judged, Step::Refuse));
        return steps;
    }
    steps.push((judged, Step::Transfer));
    let Some(answered_after) = item.answered_after else { return steps };
    // Nobody answers what has not reached them yet.
    let mut submitted = (received + answered_after).max(judged + TimeDelta::hours(2));
    steps.push((submitted, Step::Submit));
    if item.returned {
        steps.push((submitted + TimeDelta::hours(20), Step::Return));
        submitted += TimeDelta::hours(40);
        steps.push((submitted, Step::Submit));
    }
    steps.push((submitted + TimeDelta::hours(26), Step::Settle));
    steps
}

fn receive(tx: &mut Tx<'_>, item: &SampleItem, unit: &str) -> Result<String, Halt> {
    let permit = permit::<RegisterFeedback>(tx, "new")?;
    let office = tx.office()?.ok_or_else(ApiError::not_found)?;
    let letter = Written::from(item).judged(&tx.app.feedback);
    let incoming = Incoming {
        id: tx.id(),
        letter: &letter,
        channel: item.channel,
        place_unit_id: office,
        received_at: item.received_at,
    };
    let mut row = register(tx, &permit, incoming, true)?;
    if item.about_unit {
        // The sender named the unit, and the form holds codes only.
        row.about_unit_id = Some(unit.to_owned());
        rows::set_about(tx.conn, &permit, &row)?;
    }
    Ok(row.id)
}

fn go_on(tx: &mut Tx<'_>, step: Step, item: &SampleItem, unit: &str, id: &str) -> Result<(), Halt> {
    match step {
        Step::Refuse => {
            let text = "Nội dung không thuộc phạm vi phản ánh, kiến nghị; đã hướng dẫn nơi tiếp nhận.";
            take::<JudgeFeedback>(tx, id, FeedbackEvent::GuideElsewhere, |_, row| {
                row.guided_to = Some(Stored(GuidedTo::OtherBody));
                Ok(Said::openly(text))
            })
        }
        Step::Transfer => {
            take::<JudgeFeedback>(tx, id, FeedbackEvent::Accept, |_, row| {
                (row.class, row.field) = (Some(Stored(item.class)), Some(item.field.to_owned()));
                Ok(Said::default())
            })?;
            take::<JudgeFeedback>(tx, id, FeedbackEvent::Transfer, |tx, row| {
                place(tx, row, unit.to_owned(), None)?;
                Ok(Said::default())
            })
        }
        Step::Submit => {
            let answer = format!(
                "Cơ quan đã kiểm tra nội dung «{}», chấn chỉnh cách làm và thông tin đến người phản ánh.",
                item.title
            );
            take::<HandleFeedback>(tx, id, FeedbackEvent::Draft, |_, row| {
                row.answer = Some(answer);
                Ok(Said::default())
            })?;
            take::<ApproveAnswer>(tx, id, FeedbackEvent::Approve, |tx, row| {
                row.approved_at = Some(tx.now.naive_utc());
                Ok(Said::default())
            })?;
            take::<HandleFeedback>(tx, id, FeedbackEvent::Submit, |_, _| Ok(Said::default()))
        }
        Step::Return => take::<JudgeFeedback>(tx, id, FeedbackEvent::ReturnAnswer, |_, _| {
            Ok(Said::inside("Cần nêu rõ kết quả xử lý."))
        }),
        Step::Settle => {
            take::<JudgeFeedback>(tx, id, FeedbackEvent::AcceptAnswer, |_, row| {
                row.satisfied = item.satisfied;
                Ok(Said::default())
            })?;
            if item.public {
                take::<JudgeFeedback>(tx, id, FeedbackEvent::Publish, publish::as_it_is)
            } else {
                take::<JudgeFeedback>(tx, id, FeedbackEvent::Close, |_, _| Ok(Said::default()))
            }
        }
        Step::Register => Ok(()),
    }
}

fn take<A: Changes>(
    tx: &mut Tx<'_>,
    id: &str,
    event: FeedbackEvent,
    change: impl FnOnce(&mut Tx<'_>, &mut FeedbackRow) -> Result<Said, Halt>,
) -> Result<(), Halt> {
    let row = rows::find(tx.conn, id)?.ok_or_else(ApiError::not_found)?;
    let permit = permit::<A>(tx, id)?;
    perform(tx, &permit, &row, event, change)?;
    Ok(())
}

fn permit<A: ActionKind>(tx: &Tx<'_>, id: &str) -> Result<Permit<A>, ApiError> {
    tx.permit(&Target::city(id))
}
