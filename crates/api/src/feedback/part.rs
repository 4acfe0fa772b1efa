//! Items that are the same, and items that are several: resembling ones, merging, splitting.

use actix_web::{HttpResponse, get, post, web};
use chrono::Days;
use kstt_domain::feedback::{FeedbackClass, FeedbackEvent, FeedbackState, fingerprint};
use kstt_domain::policy::actions::JudgeFeedback;
use kstt_domain::policy::{Action, Actor, Permit, Target};
use kstt_persistence::Stored;
use kstt_persistence::audit::Change;
use kstt_persistence::feedback::{self as rows, FeedbackRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::{Said, acted, perform, refusal};
use super::judge::place;
use super::wire::{FeedbackTeller, FeedbackView};
use super::{KIND, clocks, letter, sight};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Faults, Halt, IdempotencyKey, IfMatch, Page, Reply, Tx, say};

kstt_domain::codes! {
    /// Why two items may be the same.
    pub enum Resemblance : "resemblance" {
        SameSender = "same_sender", "Cùng người phản ánh", "The same sender";
        NearText = "near_text", "Nội dung gần như nhau", "Nearly the same text";
    }
}

/// An item that may be the same.
#[derive(Debug, Serialize, ToSchema)]
struct ResemblingView {
    feedback: FeedbackView,
    #[schema(max_items = 2)]
    because: Vec<Resemblance>,
}

/// So many candidates are looked at.
const CANDIDATES: i64 = 50;

/// List resembling feedback
///
/// Of the same sender, or with nearly the same text, received in the sixty days before or after. Nothing is
/// ever merged by itself.
#[utoipa::path(tag = "feedback", operation_id = "listResemblingFeedback",
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40)),
    responses((status = 200, description = "The candidates, oldest first", body = Page<ResemblingView>), problems::Open,
        problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("feedback.judge"))))]
#[get("/v1/feedback/{id}/resembling")]
async fn list_resembling(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::JudgeFeedback)?;
    let (here, today) = (caller.clone(), caller.today());
    let items = caller
        .read(move |conn| {
            let row = sight::visible(conn, &here.app, &here.actor, &id, today)?;
            let parameters = &here.app.feedback;
            let span = Days::new(parameters.resembling_days);
            let during = (row.received_at - span, row.received_at + span);
            let print = fingerprint(&row.content);
            let of_sender = match rows::sender(conn, &row.id)? {
                Some(sender) => rows::by_sender(conn, &sender, during, CANDIDATES)?,
                None => Vec::new(),
            };
            let mut ids = rows::by_fingerprint(conn, print, during, CANDIDATES)?;
            ids.extend(of_sender.iter().cloned());
            let mut candidates = rows::by_ids(conn, &ids)?;
            candidates.retain(|other| other.id != row.id);
            candidates.sort_by(|a, b| a.id.cmp(&b.id));
            let mut teller = FeedbackTeller::at(&here.app, conn, &here.actor, here.now)?;
            let mut items = Vec::new();
            for other in candidates {
                let near = print.distance(fingerprint(&other.content)) <= parameters.resembling_distance;
                let same = of_sender.contains(&other.id);
                let because =
                    [same.then_some(Resemblance::SameSender), near.then_some(Resemblance::NearText)];
                let because: Vec<Resemblance> = because.into_iter().flatten().collect();
                if !because.is_empty() {
                    items.push(ResemblingView { feedback: teller.tell(conn, &other)?, because });
                }
            }
            Ok(items)
        })
        .await?;
    Ok(Reply::ok(&Page { items, next_cursor: None, count: None })?.into_response())
}

/// The item that stays.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "into": "PAKN.20190304.0001" }))]
struct FeedbackMerge {
    /// Its code or id.
    #[schema(max_length = 40)]
    into: String,
}

/// Merge a duplicate into another item
///
/// Its sender is told the code of the other one.
#[utoipa::path(tag = "feedback", operation_id = "mergeFeedback", request_body = FeedbackMerge,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/merge")]
async fn merge_feedback(
    caller: Caller,
    id: web::Path<String>,
    body: Body<FeedbackMerge>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::Merge, merge).await
}

fn merge(tx: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &FeedbackMerge) -> Result<Said, Halt> {
    let other = match rows::by_code(tx.conn, &wanted.into)? {
        Some(other) => Some(other),
        None => rows::find(tx.conn, &wanted.into)?,
    };
    let fault = |vi: &str, en: &str| Halt::from(ApiError::fault("/into", "not_mergeable", say(vi, en)));
    if row.parent_id.is_some() {
        return Err(refusal("Một phần không gộp riêng.", "A part is not merged by itself."));
    }
    let other = other.ok_or_else(|| fault("Không có phản ánh này.", "There is no such item."))?;
    if other.id == row.id || other.merged_into_id.is_some() || other.parent_id.is_some() {
        return Err(fault(
            "Không gộp vào chính nó, phần tách hay phản ánh đã gộp.",
            "Not into itself, a part or a merged item.",
        ));
    }
    if other.state.0.is_over() && !other.state.0.is_answered() {
        return Err(fault(
            "Phản ánh này đã kết thúc mà không có câu trả lời.",
            "It is over without an answer.",
        ));
    }
    if other.received_at > row.received_at {
        // The days of whoever wrote first go on.
        return Err(fault("Chỉ gộp vào phản ánh nhận trước.", "Only into an item that was received before."));
    }
    row.merged_into_id = Some(other.id.clone());
    Ok(Said {
        text: format!("Trùng với {}.", other.code), open: true, noted: json!({ "into": other.code })
    })
}

/// One part of an item.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PartSpec {
    class: FeedbackClass,
    /// Code of the unit that is to answer it.
    #[schema(max_length = 20)]
    unit: String,
    /// What of the item it is about; the whole when missing.
    #[serde(default)]
    #[schema(max_length = 20000)]
    content: Option<String>,
}

/// The parts of an item; the first one's unit leads.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "parts": [{ "class": "conduct", "unit": "C31299" }, { "class": "regulation", "unit": "SXD" }] }))]
struct FeedbackSplit {
    #[schema(min_items = 2, max_items = 20)]
    parts: Vec<PartSpec>,
}

/// Split feedback among several units
///
/// Each part has a code such as `PAKN.20190304.0001/1` and its own clocks; the item itself is counted once, its
/// lead answers for it, and its answer is the answers to all parts.
#[utoipa::path(tag = "feedback", operation_id = "splitFeedback", request_body = FeedbackSplit,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/split")]
async fn split_feedback(
    caller: Caller,
    id: web::Path<String>,
    body: Body<FeedbackSplit>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::Split, split).await
}

fn split(tx: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &FeedbackSplit) -> Result<Said, Halt> {
    let mut faults = Faults::default();
    if !(2..=20).contains(&wanted.parts.len()) {
        faults.add("/parts", "length", say("Cần 2 đến 20 phần.", "It needs 2 to 20 parts."));
    }
    if row.parent_id.is_some() {
        return Err(refusal("Một phần không tách nữa.", "A part is not split again."));
    }
    let mut parts = Vec::new();
    for (index, part) in wanted.parts.iter().enumerate() {
        let unit = letter::existing(tx, &mut faults, &format!("/parts/{index}/unit"), &part.unit)?;
        let content = part.content.as_deref();
        let content = content.map(|text| faults.paragraphs(&format!("/parts/{index}/content"), text, 20_000));
        parts.extend(unit.map(|unit| (unit, part.class, content)));
    }
    faults.finish()?;
    if let Some((lead, ..)) = parts.first() {
        place(tx, row, lead.clone(), None)?;
    }
    row.answer = None;
    let permit = tx.permit::<JudgeFeedback>(&Target::city(&row.id))?;
    let now = tx.now.naive_utc();
    for (index, (unit, class, content)) in parts.into_iter().enumerate() {
        let mut part = FeedbackRow {
            id: tx.id(),
            code: format!("{}/{}", row.code, index + 1),
            parent_id: Some(row.id.clone()),
            state: Stored(FeedbackState::Transferred),
            class: Some(Stored(class)),
            content: content.unwrap_or_else(|| row.content.clone()),
            next_window_at: None,
            answer: None,
            approved_at: None,
            version: 1,
            updated_at: now,
            ..row.clone()
        };
        place(tx, &mut part, unit, None)?;
        clocks::begin_part(tx, &mut part)?;
        rows::insert(tx.conn, &permit, &part)?;
        let viewers = tx.viewers()?;
        rows::show_to(tx.conn, &part, &viewers, true)?;
        let change = Change {
            kind: KIND,
            id: &part.id,
            key: &part.code,
            unit_id: Some(&part.handler_unit_id),
            after: Some(
                json!({ "event": FeedbackEvent::Split, "state": part.state.0, "unit": part.handler_unit_id }),
            ),
            ..Change::default()
        };
        tx.audit(&permit, change)?;
    }
    Ok(Said::default())
}

/// After a part was answered or is over: when it was the last one, the item itself is answered.
pub fn complete(tx: &mut Tx<'_>, part: &FeedbackRow) -> Result<(), Halt> {
    let Some(parent_id) = &part.parent_id else { return Ok(()) };
    let parts = rows::parts(tx.conn, parent_id)?;
    let done = |other: &FeedbackRow| other.state.0.is_answered() || other.state.0.is_over();
    let parent = rows::find(tx.conn, parent_id)?.filter(|parent| parent.state.0 == FeedbackState::Split);
    let Some(parent) = parent.filter(|_| parts.iter().all(done)) else { return Ok(()) };
    let permit = tx.permit::<JudgeFeedback>(&Target::city(parent_id))?;
    if !parts.iter().any(|part| part.state.0.is_answered()) {
        return end_unanswered(tx, &permit, &parent, &parts);
    }
    let answers: Vec<String> = parts
        .iter()
        .enumerate()
        .filter_map(|(index, other)| Some(format!("{}. {}", index + 1, other.answer.as_ref()?)))
        .collect();
    perform(tx, &permit, &parent, FeedbackEvent::AcceptAnswer, |_, row| {
        row.answer = Some(answers.join("\n\n"));
        Ok(Said::default())
    })?;
    Ok(())
}

/// Where all parts were guided elsewhere, so was the whole.
fn end_unanswered(
    tx: &mut Tx<'_>,
    permit: &Permit<JudgeFeedback>,
    parent: &FeedbackRow,
    parts: &[FeedbackRow],
) -> Result<(), Halt> {
    let guided_to = parts.iter().find_map(|part| part.guided_to);
    perform(tx, permit, parent, FeedbackEvent::GuideElsewhere, |_, row| {
        row.guided_to = guided_to;
        Ok(Said::default())
    })?;
    Ok(())
}

/// After an item that was split is over by itself: so are its parts.
pub fn end(tx: &mut Tx<'_>, whole: &FeedbackRow) -> Result<(), Halt> {
    for part in rows::parts(tx.conn, &whole.id)?.into_iter().filter(|part| !part.state.0.is_over()) {
        let system = Actor::system("feedback");
        let mut tx = tx.on_behalf_of(&system);
        let permit = tx.permit::<JudgeFeedback>(&Target::city(&part.id))?;
        let event = if part.state.0.is_answered() { FeedbackEvent::Close } else { FeedbackEvent::Withdraw };
        perform(&mut tx, &permit, &part, event, |_, _| Ok(Said::default()))?;
    }
    Ok(())
}

/// The parts of an item as their reader sees them.
#[utoipa::path(tag = "feedback", operation_id = "listFeedbackParts", summary = "List the parts of feedback",
    description = "In the order of their numbers; empty when it was not split.",
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40)),
    responses((status = 200, description = "The parts", body = Page<FeedbackView>), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("feedback.read"))))]
#[get("/v1/feedback/{id}/parts")]
async fn list_parts(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadFeedback)?;
    let (here, today) = (caller.clone(), caller.today());
    let items = caller
        .read(move |conn| {
            let row = sight::visible(conn, &here.app, &here.actor, &id, today)?;
            let viewers = here.app.units.viewers(conn)?;
            let mut parts = rows::parts(conn, &row.id)?;
            parts.retain(|part| sight::sees(&viewers, &here.actor, part, today));
            let mut teller = FeedbackTeller::at(&here.app, conn, &here.actor, here.now)?;
            parts.iter().map(|part| teller.tell(conn, part)).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    Ok(Reply::ok(&Page { items, next_cursor: None, count: None })?.into_response())
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_resembling).service(merge_feedback).service(split_feedback).service(list_parts);
}
