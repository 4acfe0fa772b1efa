//! The citizen with code and secret: how it stands, and what they may add, withdraw, reopen or say of it.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Days, NaiveDate, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::codes::Code;
use kstt_domain::feedback::{CitizenAct, FeedbackEvent, FeedbackState, Letter, Sender, grounds, next};
use kstt_domain::obligations::Words;
use kstt_domain::policy::Permit;
use kstt_persistence::feedback::{self as rows, FeedbackRow};
use kstt_persistence::units;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::{Said, perform, refusal};
use super::secret::{Secret, SecretHeader, own, proven};
use super::{clocks, letter, sender};
use crate::app::App;
use crate::contract::problems;
use crate::http::{ApiError, Body, Faults, Halt, IdempotencyKey, Reply, Tx, Visitor, optional_object};

/// An item as its sender sees it.
#[derive(Debug, Serialize, ToSchema)]
struct FollowedFeedback {
    #[schema(max_length = 40)]
    code: String,
    state: FeedbackState,
    /// The state in plain words.
    state_text: Words,
    #[schema(max_length = 300)]
    title: String,
    #[schema(max_length = 40000)]
    content: String,
    received_at: DateTime<Utc>,
    /// The unit that handles it now.
    #[schema(max_length = 300)]
    handler: String,
    /// The next day on which something can be expected; null when nothing is owed.
    next_expected_on: Option<NaiveDate>,
    /// What was said to the sender, oldest first.
    #[schema(max_items = 1000)]
    updates: Vec<UpdateView>,
    /// The answer, once it is accepted.
    #[schema(max_length = 40000)]
    answer: Option<String>,
    /// The last day on which it can be opened again.
    can_reopen_until: Option<NaiveDate>,
    satisfied: Option<bool>,
    /// What the sender may do now.
    #[schema(max_items = 10)]
    allowed_acts: Vec<CitizenAct>,
}

/// Something that was said to the sender, or by them.
#[derive(Debug, Serialize, ToSchema)]
struct UpdateView {
    at: DateTime<Utc>,
    event: FeedbackEvent,
    #[schema(max_length = 40000)]
    text: String,
}

/// The last day on which an item can be opened again.
fn can_reopen_until(app: &App, row: &FeedbackRow) -> Option<NaiveDate> {
    next(row.state.0, FeedbackEvent::Reopen).ok()?;
    vn_date(row.ended_at?.and_utc()).checked_add_days(Days::new(app.feedback.reopen_days))
}

fn view(tx: &mut Tx<'_>, row: &FeedbackRow) -> Result<FollowedFeedback, Halt> {
    let today = vn_date(tx.now);
    let said = rows::entries(tx.conn, &row.id, true)?;
    let updates = said.into_iter().filter(|entry| !entry.text.is_empty()).map(|entry| UpdateView {
        at: entry.at.and_utc(),
        event: entry.event.0,
        text: entry.text,
    });
    let running = clocks::of(row).all(tx)?.into_iter().filter(|clock| clock.is_pending());
    let expected = running.filter(|clock| matches!(clock.rule.as_str(), "K-42" | "K-44" | "K-45"));
    let next_expected_on = expected.map(|clock| clock.due_on).filter(|day| *day >= today).min();
    let until = can_reopen_until(tx.app, row);
    let may = |act: &CitizenAct| match act {
        CitizenAct::Supplement => next(row.state.0, FeedbackEvent::Supplement).is_ok(),
        CitizenAct::Withdraw => next(row.state.0, FeedbackEvent::Withdraw).is_ok(),
        CitizenAct::Reopen => until.is_some_and(|until| today <= until),
        CitizenAct::Vote => row.state.0.is_answered() && row.satisfied.is_none(),
    };
    let unit = units::by_id(tx.conn, &row.handler_unit_id)?;
    let name = units::period_on(tx.conn, &row.handler_unit_id, today)?.map(|period| period.name);
    Ok(FollowedFeedback {
        code: row.code.clone(),
        state: row.state.0,
        state_text: Words { vi: row.state.0.label_vi().to_owned(), en: row.state.0.label_en().to_owned() },
        title: row.title.clone(),
        content: row.content.clone(),
        received_at: row.received_at.and_utc(),
        handler: name.or(unit.map(|unit| unit.code)).unwrap_or_default(),
        next_expected_on,
        updates: updates.collect(),
        answer: row.answer.clone().filter(|_| row.state.0.is_answered()),
        can_reopen_until: until,
        satisfied: row.satisfied,
        allowed_acts: CitizenAct::ALL.iter().copied().filter(may).collect(),
    })
}

fn reply(tx: &mut Tx<'_>, row: &FeedbackRow) -> Result<Reply, Halt> {
    Ok(Reply::ok(&view(tx, row)?)?)
}

/// Follow one's feedback
///
/// Where it stands in plain words, when something can be expected, what was said, and the answer.
#[utoipa::path(tag = "public-feedback", operation_id = "followFeedback", security(()),
    params(("code" = String, Path, description = "Code of the item", max_length = 40, example = "PAKN.20190304.0001"), SecretHeader),
    responses((status = 200, description = "The item", body = FollowedFeedback), problems::Open, problems::Missing))]
#[get("/v1/public/feedback/{code}")]
async fn follow_feedback(
    visitor: Visitor,
    code: web::Path<String>,
    secret: Secret,
) -> Result<HttpResponse, ApiError> {
    let here = visitor.0.clone();
    let reply = visitor
        .read(move |conn| {
            let row = proven(conn, &here.app, &code, &secret.0)?;
            let citizen = kstt_domain::policy::Actor::citizen();
            let mut tx = Tx::of_request(conn, &here, &citizen);
            reply(&mut tx, &row).map_err(|halt| match halt {
                Halt::Refused(error) => error,
                _ => ApiError::not_found(),
            })
        })
        .await?;
    let mut response = reply.into_response();
    let private = actix_web::http::header::HeaderValue::from_static("private, no-store");
    response.headers_mut().insert(actix_web::http::header::CACHE_CONTROL, private);
    Ok(response)
}

/// Something the sender says.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "Tôi bổ sung số điện thoại liên hệ." }))]
pub struct SupplementBody {
    #[schema(min_length = 1, max_length = 5000)]
    text: String,
    /// What was missing of the sender.
    #[serde(default, deserialize_with = "optional_object")]
    sender: Option<Sender>,
}

/// A reason of the sender.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "Việc đã được giải quyết." }))]
struct CitizenReason {
    #[schema(min_length = 1, max_length = 5000)]
    reason: String,
}

/// Whether the sender is satisfied.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "satisfied": true }))]
struct Vote {
    satisfied: bool,
}

/// Add to one's feedback
///
/// Where something of ND 20/2008 Art. 7 was missing and is given now, the twenty days begin with this.
#[utoipa::path(tag = "public-feedback", operation_id = "supplementFeedback", security(()), request_body = SupplementBody,
    params(("code" = String, Path, description = "Code of the item", max_length = 40), SecretHeader, IdempotencyKey),
    responses((status = 200, description = "The item", body = FollowedFeedback), problems::Open, problems::Missing, problems::Content, problems::Collision))]
#[post("/v1/public/feedback/{code}/supplement")]
async fn supplement_feedback(
    visitor: Visitor,
    code: web::Path<String>,
    secret: Secret,
    body: Body<SupplementBody>,
) -> Result<HttpResponse, ApiError> {
    let wanted = body.value;
    visitor
        .write_as_citizen(
            &secret.with(&body.hash),
            |kept| Ok(kept.to_owned()),
            move |tx| {
                let (before, permit) = own(tx, &code, &secret)?;
                let row = perform(tx, &permit, &before, FeedbackEvent::Supplement, |tx, row| {
                    add(tx, &permit, row, &wanted)
                })?;
                reply(tx, &row)
            },
        )
        .await
}

/// Adds what a sender says to an item, and judges anew what was missing.
pub fn add<A: rows::Changes>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    row: &mut FeedbackRow,
    wanted: &SupplementBody,
) -> Result<Said, Halt> {
    let mut faults = Faults::default();
    let text = faults.paragraphs("/text", &wanted.text, 5000);
    let more = wanted.sender.clone().map(Sender::cleaned).unwrap_or_default();
    letter::check_sender(&mut faults, &more);
    faults.finish()?;
    let known = sender::of(tx.app, tx.conn, row.whole_id())?.unwrap_or_default();
    let whole = Sender {
        name: more.name.or(known.name),
        address: more.address.or(known.address),
        phone: more.phone.or(known.phone),
        email: more.email.or(known.email),
    };
    if row.valid_at.is_none() {
        let content = format!("{}\n\n{text}", row.content);
        let letter = Letter { title: &row.title, content: &content, sender: &whole };
        row.grounds = letter::codes_of(&grounds(letter, &tx.app.feedback));
    }
    rows::replace_sender(tx.conn, permit, &sender::seal(tx.app, (row.whole_id(), row.received_at), &whole)?)?;
    Ok(Said::openly(text))
}

/// Withdraw one's feedback
///
/// Nothing more is done about it.
#[utoipa::path(tag = "public-feedback", operation_id = "withdrawFeedback", security(()), request_body = CitizenReason,
    params(("code" = String, Path, description = "Code of the item", max_length = 40), SecretHeader, IdempotencyKey),
    responses((status = 200, description = "The item", body = FollowedFeedback), problems::Open, problems::Missing, problems::Content, problems::Collision))]
#[post("/v1/public/feedback/{code}/withdraw")]
async fn withdraw_feedback(
    visitor: Visitor,
    code: web::Path<String>,
    secret: Secret,
    body: Body<CitizenReason>,
) -> Result<HttpResponse, ApiError> {
    says(visitor, code, secret, body, FeedbackEvent::Withdraw).await
}

/// Ask for one's feedback to be opened again
///
/// Within the days that the answer to following it tells.
#[utoipa::path(tag = "public-feedback", operation_id = "reopenFeedback", security(()), request_body = CitizenReason,
    params(("code" = String, Path, description = "Code of the item", max_length = 40), SecretHeader, IdempotencyKey),
    responses((status = 200, description = "The item", body = FollowedFeedback), problems::Open, problems::Missing, problems::Content, problems::Collision))]
#[post("/v1/public/feedback/{code}/reopen")]
async fn reopen_feedback(
    visitor: Visitor,
    code: web::Path<String>,
    secret: Secret,
    body: Body<CitizenReason>,
) -> Result<HttpResponse, ApiError> {
    says(visitor, code, secret, body, FeedbackEvent::Reopen).await
}

async fn says(
    visitor: Visitor,
    code: web::Path<String>,
    secret: Secret,
    body: Body<CitizenReason>,
    event: FeedbackEvent,
) -> Result<HttpResponse, ApiError> {
    let wanted = body.value;
    visitor
        .write_as_citizen(
            &secret.with(&body.hash),
            |kept| Ok(kept.to_owned()),
            move |tx| {
                let (before, permit) = own(tx, &code, &secret)?;
                let mut faults = Faults::default();
                let reason = faults.line("/reason", &wanted.reason, 5000);
                faults.finish()?;
                let today = vn_date(tx.now);
                let until = can_reopen_until(tx.app, &before);
                if event == FeedbackEvent::Reopen && until.is_some_and(|until| today > until) {
                    return Err(refusal("Đã hết thời hạn mở lại.", "The time to open it again has passed."));
                }
                let row = perform(tx, &permit, &before, event, |_, row| {
                    row.satisfied = None;
                    Ok(Said::openly(reason))
                })?;
                reply(tx, &row)
            },
        )
        .await
}

/// Say whether one is satisfied
///
/// Once, after the answer.
#[utoipa::path(tag = "public-feedback", operation_id = "voteOnFeedback", security(()), request_body = Vote,
    params(("code" = String, Path, description = "Code of the item", max_length = 40), SecretHeader, IdempotencyKey),
    responses((status = 200, description = "The item", body = FollowedFeedback), problems::Open, problems::Missing, problems::Content, problems::Collision))]
#[post("/v1/public/feedback/{code}/vote")]
async fn vote_on_feedback(
    visitor: Visitor,
    code: web::Path<String>,
    secret: Secret,
    body: Body<Vote>,
) -> Result<HttpResponse, ApiError> {
    let satisfied = body.value.satisfied;
    visitor
        .write_as_citizen(
            &secret.with(&body.hash),
            |kept| Ok(kept.to_owned()),
            move |tx| {
                let (before, permit) = own(tx, &code, &secret)?;
                if !before.state.0.is_answered() {
                    return Err(refusal(
                        "Chưa có câu trả lời để đánh giá.",
                        "There is no answer to judge yet.",
                    ));
                }
                if before.satisfied.is_some() {
                    return Err(refusal("Đã đánh giá rồi.", "It was judged before."));
                }
                let row = perform(tx, &permit, &before, FeedbackEvent::Note, |_, row| {
                    row.satisfied = Some(satisfied);
                    let (vi, noted) =
                        if satisfied { ("Hài lòng.", true) } else { ("Không hài lòng.", false) };
                    Ok(Said { text: vi.to_owned(), open: true, noted: json!({ "satisfied": noted }) })
                })?;
                reply(tx, &row)
            },
        )
        .await
}

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(follow_feedback)
        .service(supplement_feedback)
        .service(withdraw_feedback)
        .service(reopen_feedback)
        .service(vote_on_feedback);
}
