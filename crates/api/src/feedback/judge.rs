//! What the control office decides: accept, refuse, ask, guide elsewhere, transfer, return or accept an
//! answer, close.

use actix_web::{HttpResponse, post, web};
use kstt_domain::codes::Code;
use kstt_domain::feedback::{FeedbackClass, FeedbackEvent, GuidedTo, RefusalGround, redact};
use kstt_domain::policy::actions::JudgeFeedback;
use kstt_persistence::Stored;
use kstt_persistence::feedback::FeedbackRow;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::{Said, acted, refusal};
use super::wire::{AboutView, FeedbackView};
use super::{letter, sender};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Faults, Halt, IdempotencyKey, IfMatch, Tx, optional_object, say};

/// A judgement that an item may be handled.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "class": "conduct", "about": { "unit_code": "C31149" } }))]
struct Acceptance {
    class: FeedbackClass,
    #[serde(default)]
    #[schema(max_length = 200, example = "Hộ tịch")]
    field: Option<String>,
    #[serde(default)]
    #[schema(max_length = 40)]
    procedure_code: Option<String>,
    /// Whose conduct it is about; keeps what was said before when missing.
    #[serde(default, deserialize_with = "optional_object")]
    about: Option<AboutView>,
    /// Why it may be handled although something seemed to be missing.
    #[serde(default)]
    #[schema(max_length = 1000)]
    despite_grounds: Option<String>,
}

/// Something to be said to the sender.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "Đề nghị bổ sung địa chỉ liên hệ." }))]
pub struct Message {
    #[schema(min_length = 1, max_length = 5000)]
    pub text: String,
}

/// A refusal with its legal ground.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "ground": "unclear", "text": "Nội dung chưa nêu rõ vụ việc." }))]
struct Refusal {
    ground: RefusalGround,
    /// What the sender reads.
    #[schema(min_length = 1, max_length = 5000)]
    text: String,
}

/// Where the sender should turn.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "to": "denunciation", "text": "Nội dung là tố cáo; đề nghị gửi Thanh tra thành phố." }))]
struct Guidance {
    to: GuidedTo,
    #[schema(min_length = 1, max_length = 5000)]
    text: String,
}

/// The unit that is to handle it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "unit": "SXD", "note": "Đề nghị trả lời trước thời hạn." }))]
struct Transfer {
    #[schema(max_length = 20)]
    unit: String,
    #[serde(default)]
    #[schema(max_length = 5000)]
    note: Option<String>,
    /// What a unit that is itself complained of gets to read instead; made from the text when missing.
    #[serde(default)]
    #[schema(max_length = 20000)]
    redacted_content: Option<String>,
}

/// A note within the office.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "Đúng trọng tâm." }))]
pub struct OptionalNote {
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub note: Option<String>,
}

/// Accept feedback
///
/// Classifies it. Where something seemed to be missing, a reason is needed; the twenty days then run from its
/// receipt.
#[utoipa::path(tag = "feedback", operation_id = "acceptFeedback", request_body = Acceptance,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/accept")]
async fn accept_feedback(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Acceptance>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::Accept, accept).await
}

fn accept(tx: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &Acceptance) -> Result<Said, Halt> {
    let mut faults = Faults::default();
    let despite = faults.optional_line("/despite_grounds", wanted.despite_grounds.as_deref(), 1000);
    if !row.grounds.is_empty() && despite.is_none() {
        let detail =
            say("Còn thiếu điều kiện; nêu lý do.", "Something is missing; say why it may be handled.");
        faults.add("/despite_grounds", "missing", detail);
    }
    if wanted.class == FeedbackClass::OutOfScope {
        let detail = say("Dùng thao tác hướng dẫn nơi khác.", "Guide the sender elsewhere instead.");
        faults.add("/class", "out_of_scope", detail);
    }
    let field = faults.optional_line("/field", wanted.field.as_deref(), 200);
    let procedure = letter::known_procedure(&mut faults, wanted.procedure_code.as_deref());
    let code = wanted.about.as_ref().map(|about| about.unit_code.as_str());
    let about = letter::known(tx, &mut faults, "/about/unit_code", code)?;
    let person = wanted.about.as_ref().and_then(|about| about.person.as_deref());
    let person = faults.optional_line("/about/person", person, 200);
    faults.finish()?;
    row.class = Some(Stored(wanted.class));
    row.field = field.or(row.field.take());
    row.procedure_code = procedure.or(row.procedure_code.take());
    if about.is_some() {
        (row.about_unit_id, row.about_person) = (about, person);
    }
    row.grounds.clear();
    let noted = json!({ "class": wanted.class });
    Ok(Said { text: despite.unwrap_or_default(), open: false, noted })
}

/// Ask the sender for more
///
/// What seems to be missing. Where something of ND 20/2008 Art. 7 is, the days of the answer begin when it is given;
/// else they go on.
#[utoipa::path(tag = "feedback", operation_id = "askFeedbackSender", request_body = Message,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/ask-sender")]
async fn ask_sender(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Message>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::AskSender, message).await
}

/// Something said to the sender.
pub fn message(_: &mut Tx<'_>, _: &mut FeedbackRow, wanted: &Message) -> Result<Said, Halt> {
    Ok(Said::openly(text(&wanted.text)?))
}

fn text(wanted: &str) -> Result<String, ApiError> {
    let mut faults = Faults::default();
    let text = faults.paragraphs("/text", wanted, 5000);
    faults.finish()?;
    Ok(text)
}

/// Refuse feedback
///
/// With its legal ground, which the sender reads.
#[utoipa::path(tag = "feedback", operation_id = "refuseFeedback", request_body = Refusal,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/refuse")]
async fn refuse_feedback(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Refusal>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::Refuse, refuse).await
}

fn refuse(_: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &Refusal) -> Result<Said, Halt> {
    row.grounds = letter::codes_of(&[wanted.ground]);
    let text = format!("{} ({}). {}", wanted.ground.label_vi(), wanted.ground.basis(), text(&wanted.text)?);
    Ok(Said { text, open: true, noted: json!({ "ground": wanted.ground }) })
}

/// Guide the sender elsewhere
///
/// A complaint, a denunciation, a question or the matter of another body: no clock of feedback runs.
#[utoipa::path(tag = "feedback", operation_id = "guideFeedbackElsewhere", request_body = Guidance,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/guide-elsewhere")]
async fn guide_elsewhere(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Guidance>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::GuideElsewhere, guide).await
}

fn guide(_: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &Guidance) -> Result<Said, Halt> {
    row.guided_to = Some(Stored(wanted.to));
    row.class = Some(Stored(match wanted.to {
        GuidedTo::QuestionDesk => FeedbackClass::Question,
        _ => FeedbackClass::OutOfScope,
    }));
    let text = format!("{}. {}", wanted.to.label_vi(), text(&wanted.text)?);
    Ok(Said { text, open: true, noted: json!({ "guided_to": wanted.to }) })
}

/// Transfer feedback to a unit
///
/// The citizen's days go on. A unit that is itself complained of gets a text without what shows who sent it.
#[utoipa::path(tag = "feedback", operation_id = "transferFeedback", request_body = Transfer,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/transfer")]
async fn transfer_feedback(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Transfer>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::Transfer, transfer).await
}

fn transfer(tx: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &Transfer) -> Result<Said, Halt> {
    let mut faults = Faults::default();
    let note = wanted.note.as_deref().map(|note| faults.paragraphs("/note", note, 5000)).unwrap_or_default();
    let content =
        wanted.redacted_content.as_deref().map(|text| faults.paragraphs("/redacted_content", text, 20_000));
    let unit = letter::existing(tx, &mut faults, "/unit", &wanted.unit)?;
    if row.class.is_none() {
        let detail = say("Phân loại trước khi chuyển.", "It is to be classified first.");
        faults.add("/unit", "not_classified", detail);
    }
    faults.finish()?;
    place(tx, row, unit.ok_or_else(ApiError::not_found)?, content)?;
    let noted = json!({ "to": wanted.unit });
    Ok(Said { text: note, open: false, noted })
}

/// Puts an item into the hands of a unit.
pub fn place(
    tx: &mut Tx<'_>,
    row: &mut FeedbackRow,
    unit_id: String,
    content: Option<String>,
) -> Result<(), Halt> {
    row.handler_unit_id = unit_id;
    row.handler_received_at = Some(tx.now.naive_utc());
    row.officer_id = None;
    if row.about_unit_id.is_some() {
        let sender = sender::of(tx.app, tx.conn, row.whole_id())?;
        let clean = |text: &str| redact(text, sender.as_ref(), &[]);
        let texts = (clean(&row.title), content.unwrap_or_else(|| clean(&row.content)));
        row.redacted = Some(serde_json::to_string(&texts).map_err(kstt_persistence::Error::from)?);
    }
    Ok(())
}

/// Return an answer
///
/// Off the point: the unit answers again; its days go on.
#[utoipa::path(tag = "feedback", operation_id = "returnFeedbackAnswer", request_body = Message,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/return-answer")]
async fn return_answer(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Message>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::ReturnAnswer, inside).await
}

fn inside(_: &mut Tx<'_>, _: &mut FeedbackRow, wanted: &Message) -> Result<Said, Halt> {
    Ok(Said::inside(text(&wanted.text)?))
}

/// Accept an answer
///
/// The clocks of the answer are met as of its submission.
#[utoipa::path(tag = "feedback", operation_id = "acceptFeedbackAnswer", request_body = OptionalNote,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/accept-answer")]
async fn accept_answer(
    caller: Caller,
    id: web::Path<String>,
    body: Body<OptionalNote>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::AcceptAnswer, accept_the_answer).await
}

fn accept_the_answer(tx: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &OptionalNote) -> Result<Said, Halt> {
    let parts = kstt_persistence::feedback::parts(tx.conn, &row.id)?;
    if parts.iter().any(|part| !part.state.0.is_answered() && !part.state.0.is_over()) {
        return Err(refusal("Trả lời theo từng phần.", "It is answered part by part."));
    }
    if row.answer.is_none() {
        return Err(refusal("Chưa có câu trả lời.", "There is no answer."));
    }
    note(wanted)
}

/// An act that changes nothing of an item but its state.
pub fn noted(_: &mut Tx<'_>, _: &mut FeedbackRow, wanted: &OptionalNote) -> Result<Said, Halt> {
    note(wanted)
}

/// What is noted within the office, if anything.
pub fn note(wanted: &OptionalNote) -> Result<Said, Halt> {
    let mut faults = Faults::default();
    let text = wanted.note.as_deref().map(|note| faults.paragraphs("/note", note, 5000));
    faults.finish()?;
    Ok(Said::inside(text.unwrap_or_default()))
}

/// Close feedback without publishing it
///
/// Its sender reads the answer; nobody else does. What was public is taken back.
#[utoipa::path(tag = "feedback", operation_id = "closeFeedback", request_body = OptionalNote,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/close")]
async fn close_feedback(
    caller: Caller,
    id: web::Path<String>,
    body: Body<OptionalNote>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::Close, noted).await
}

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(accept_feedback)
        .service(ask_sender)
        .service(refuse_feedback)
        .service(guide_elsewhere)
        .service(transfer_feedback)
        .service(return_answer)
        .service(accept_answer)
        .service(close_feedback);
}
