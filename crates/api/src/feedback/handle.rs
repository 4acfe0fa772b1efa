//! What the handling unit does: give it to an officer, draft, approve, submit, tell how it stands, note, hand
//! back; and what the office does in a sender's name.

use actix_web::{HttpResponse, post, web};
use kstt_domain::calendar::vn_date;
use kstt_domain::feedback::FeedbackEvent;
use kstt_domain::policy::Target;
use kstt_domain::policy::actions::{ApproveAnswer, AssignFeedback, HandleFeedback, JudgeFeedback};
use kstt_domain::text;
use kstt_persistence::accounts;
use kstt_persistence::feedback::FeedbackRow;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::{Said, acted, refusal};
use super::citizen::{SupplementBody, add};
use super::judge::{Message, OptionalNote, message, note, noted};
use super::wire::FeedbackView;
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Faults, Halt, IdempotencyKey, IfMatch, Tx, say};

/// Who is to handle it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "officer_id": "0196a0c0-0000-7000-8000-000000000000", "note": "Bàn giao hồ sơ." }))]
struct FeedbackAssignment {
    /// An account that may handle feedback at the unit.
    #[schema(max_length = 36)]
    officer_id: String,
    #[serde(default)]
    #[schema(max_length = 5000)]
    note: Option<String>,
}

/// An answer.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "answer": "Ủy ban nhân dân phường đã trả kết quả ngày 06/3 và xin lỗi người dân." }))]
struct Draft {
    #[schema(min_length = 1, max_length = 20000)]
    answer: String,
}

/// Give feedback to an officer
///
/// Also to another one, when people change. Never to the person it is about.
#[utoipa::path(tag = "feedback", operation_id = "assignFeedback", request_body = FeedbackAssignment,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.assign"))))]
#[post("/v1/feedback/{id}/assign")]
async fn assign_feedback(
    caller: Caller,
    id: web::Path<String>,
    body: Body<FeedbackAssignment>,
) -> Result<HttpResponse, ApiError> {
    acted::<AssignFeedback, _>(caller, id, body, FeedbackEvent::Assign, assign).await
}

fn assign(tx: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &FeedbackAssignment) -> Result<Said, Halt> {
    let mut faults = Faults::default();
    let note = wanted.note.as_deref().map(|note| faults.paragraphs("/note", note, 5000)).unwrap_or_default();
    let today = vn_date(tx.now);
    let viewers = tx.viewers()?.of(&row.handler_unit_id);
    let owners = viewers.into_iter().filter(|viewer| viewer.own && viewer.period.contains(today));
    let owners: Vec<String> = owners.map(|viewer| viewer.unit_id).collect();
    let roles = kstt_domain::policy::roles_of(kstt_domain::policy::Action::HandleFeedback);
    let holders = accounts::holders(tx.conn, &owners, &roles, today)?;
    let officer = accounts::user(tx.conn, &wanted.officer_id)?;
    let officer = officer.filter(|officer| holders.iter().any(|(user, _)| *user == officer.id));
    match (&officer, &row.about_person) {
        (None, _) => {
            let detail = say("Không có cán bộ này tại đơn vị.", "There is no such officer at the unit.");
            faults.add("/officer_id", "unknown_officer", detail);
        }
        (Some(officer), Some(person)) if text::fold(&officer.display_name) == text::fold(person) => {
            let detail = say("Là người bị phản ánh.", "It is about this person.");
            faults.add("/officer_id", "complained_of", detail);
        }
        _ => {}
    }
    faults.finish()?;
    row.officer_id = Some(wanted.officer_id.clone());
    Ok(Said { text: note, open: false, noted: json!({ "officer_id": wanted.officer_id }) })
}

/// Draft an answer
///
/// Also in the place of an earlier one; what was approved is to be approved again.
#[utoipa::path(tag = "feedback", operation_id = "draftFeedbackAnswer", request_body = Draft,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.handle"))))]
#[post("/v1/feedback/{id}/draft")]
async fn draft_answer(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Draft>,
) -> Result<HttpResponse, ApiError> {
    acted::<HandleFeedback, _>(caller, id, body, FeedbackEvent::Draft, draft).await
}

fn draft(_: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &Draft) -> Result<Said, Halt> {
    let mut faults = Faults::default();
    row.answer = Some(faults.paragraphs("/answer", &wanted.answer, 20_000));
    faults.finish()?;
    Ok(Said::default())
}

/// Approve an answer
///
/// By the head of the unit: the result exists from then.
#[utoipa::path(tag = "feedback", operation_id = "approveFeedbackAnswer", request_body = OptionalNote,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.approve"))))]
#[post("/v1/feedback/{id}/approve")]
async fn approve_answer(
    caller: Caller,
    id: web::Path<String>,
    body: Body<OptionalNote>,
) -> Result<HttpResponse, ApiError> {
    acted::<ApproveAnswer, _>(caller, id, body, FeedbackEvent::Approve, approve).await
}

fn approve(tx: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &OptionalNote) -> Result<Said, Halt> {
    row.approved_at = Some(tx.now.naive_utc());
    note(wanted)
}

/// Submit an answer to the office
///
/// The answer counts from now, once it is accepted.
#[utoipa::path(tag = "feedback", operation_id = "submitFeedbackAnswer", request_body = OptionalNote,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.handle"))))]
#[post("/v1/feedback/{id}/submit")]
async fn submit_answer(
    caller: Caller,
    id: web::Path<String>,
    body: Body<OptionalNote>,
) -> Result<HttpResponse, ApiError> {
    acted::<HandleFeedback, _>(caller, id, body, FeedbackEvent::Submit, noted).await
}

/// Hand feedback back to the office
///
/// It is not the unit's matter; the citizen's days go on.
#[utoipa::path(tag = "feedback", operation_id = "handBackFeedback", request_body = Message,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.handle"))))]
#[post("/v1/feedback/{id}/hand-back")]
async fn hand_back_feedback(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Message>,
) -> Result<HttpResponse, ApiError> {
    acted::<HandleFeedback, _>(caller, id, body, FeedbackEvent::HandBack, hand_back).await
}

fn hand_back(tx: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &Message) -> Result<Said, Halt> {
    let office =
        tx.office()?.ok_or_else(|| refusal("Hiện không có Văn phòng.", "There is no office today."))?;
    if row.handler_unit_id == office {
        return Err(refusal("Văn phòng đang xử lý.", "The office has it already."));
    }
    (row.handler_unit_id, row.officer_id) = (office, None);
    let Said { text, .. } = message(tx, row, wanted)?;
    Ok(Said::inside(text))
}

/// Tell the sender how it stands
///
/// Owed every seven days once the term of the answer has passed.
#[utoipa::path(tag = "feedback", operation_id = "updateFeedback", request_body = Message,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.handle"))))]
#[post("/v1/feedback/{id}/update")]
async fn update_feedback(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Message>,
) -> Result<HttpResponse, ApiError> {
    acted::<HandleFeedback, _>(caller, id, body, FeedbackEvent::Update, message).await
}
/// Note something within the office
///
/// The sender does not read it.
#[utoipa::path(tag = "feedback", operation_id = "noteFeedback", request_body = Message,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.handle"))))]
#[post("/v1/feedback/{id}/note")]
async fn note_feedback(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Message>,
) -> Result<HttpResponse, ApiError> {
    acted::<HandleFeedback, _>(caller, id, body, FeedbackEvent::Note, inside).await
}

fn inside(tx: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &Message) -> Result<Said, Halt> {
    let Said { text, .. } = message(tx, row, wanted)?;
    Ok(Said::inside(text))
}

/// Note what a sender adds
///
/// Said on paper or by telephone. Where something of ND 20/2008 Art. 7 was missing and is given now, the twenty
/// days begin with this.
#[utoipa::path(tag = "feedback", operation_id = "supplementFeedbackOnBehalf", request_body = SupplementBody,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/supplement")]
async fn supplement_on_behalf(
    caller: Caller,
    id: web::Path<String>,
    body: Body<SupplementBody>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::Supplement, supplement).await
}

fn supplement(tx: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &SupplementBody) -> Result<Said, Halt> {
    let permit = tx.permit::<JudgeFeedback>(&Target::city(&row.id))?;
    add(tx, &permit, row, wanted)
}

/// Note that a sender withdraws
///
/// Said on paper or by telephone.
#[utoipa::path(tag = "feedback", operation_id = "withdrawFeedbackOnBehalf", request_body = Message,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/withdraw")]
async fn withdraw_on_behalf(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Message>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::Withdraw, message).await
}
/// Open feedback again
///
/// By the office itself, at any time.
#[utoipa::path(tag = "feedback", operation_id = "reopenFeedbackOnBehalf", request_body = Message,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/reopen")]
async fn reopen_on_behalf(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Message>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::Reopen, reopen).await
}

fn reopen(tx: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &Message) -> Result<Said, Halt> {
    if row.parent_id.is_some() {
        return Err(refusal("Mở lại ở phản ánh gốc.", "The whole item is opened again, not a part."));
    }
    message(tx, row, wanted)
}

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(assign_feedback)
        .service(draft_answer)
        .service(approve_answer)
        .service(submit_answer)
        .service(hand_back_feedback)
        .service(update_feedback)
        .service(note_feedback)
        .service(supplement_on_behalf)
        .service(withdraw_on_behalf)
        .service(reopen_on_behalf);
}
