//! The citizen with code and secret: how it stands, and what they may add, withdraw, reopen or say of it.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev, get, post, web};
use chrono::{DateTime, Days, NaiveDate, Utc};
use hmac::{Hmac, Mac};
use kstt_domain::calendar::vn_date;
use kstt_domain::codes::Code;
use kstt_domain::feedback::{CitizenAct, FeedbackEvent, FeedbackState, Letter, Sender, grounds, next};
use kstt_domain::obligations::Words;
use kstt_domain::policy::actions::FollowFeedback;
use kstt_domain::policy::{Permit, Target};
use kstt_persistence::feedback::{self as rows, FeedbackRow};
use kstt_persistence::{Conn, units};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::Sha256;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::{Said, perform, refusal};
use super::{clocks, intake, sender};
use crate::app::App;
use crate::contract::problems;
use crate::http::{ApiError, Body, Faults, Halt, IdempotencyKey, Reply, Tx, Visitor, canonical};

/// The secret of an item, in a header so that no address holds it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
struct SecretHeader {
    /// As it was told when the item was sent.
    #[param(rename = "Feedback-Secret", max_length = 100, example = "0a1b2-c3d4e-f5g6h-7j8k9")]
    feedback_secret: String,
}

/// The secret as it came; none is a wrong one.
struct Secret(String);

impl FromRequest for Secret {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let value = req.headers().get("feedback-secret").and_then(|value| value.to_str().ok());
        ready(Ok(Self(value.unwrap_or_default().to_owned())))
    }
}

/// Digits and letters that nobody takes for one another.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The secret of an item: derived from its code, never stored.
pub fn secret_of(app: &App, code: &str) -> String {
    let key = app.master.derive("feedback lookup");
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return String::new() };
    mac.update(code.as_bytes());
    let bytes = mac.finalize().into_bytes();
    let letters: Vec<char> =
        bytes.iter().take(20).map(|byte| ALPHABET[usize::from(byte % 32)].into()).collect();
    letters.chunks(5).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The item of a code and its secret. A wrong code and a wrong secret look and take the same.
fn proven(conn: &mut Conn, app: &App, code: &str, secret: &str) -> Result<FeedbackRow, ApiError> {
    let row = rows::by_code(conn, code)?.filter(|row| row.parent_id.is_none());
    let bare =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    // Digests are compared: how far they agree tells nothing of the secret.
    let digest = |text: &str| canonical(bare(text).as_bytes());
    let right = digest(&secret_of(app, code)) == digest(secret);
    row.filter(|_| right).ok_or_else(ApiError::not_found)
}

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
    #[serde(default)]
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

/// The item, and the citizen's permission to follow it.
fn own(tx: &mut Tx<'_>, code: &str, secret: &Secret) -> Result<(FeedbackRow, Permit<FollowFeedback>), Halt> {
    let row = proven(tx.conn, tx.app, code, &secret.0)?;
    let permit = tx.permit(&Target::city(&row.id))?;
    Ok((row, permit))
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
            &body.hash,
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
    intake::check_sender(&mut faults, &more);
    faults.finish()?;
    let known = sender::of(tx.app, tx.conn, &row.id)?.unwrap_or_default();
    let whole = Sender {
        name: more.name.or(known.name),
        address: more.address.or(known.address),
        phone: more.phone.or(known.phone),
        email: more.email.or(known.email),
    };
    if row.valid_at.is_none() {
        let content = format!("{}\n\n{text}", row.content);
        let letter = Letter { title: &row.title, content: &content, sender: &whole };
        row.grounds = intake::codes_of(&grounds(letter, &tx.app.feedback));
    }
    rows::replace_sender(tx.conn, permit, &sender::seal(tx.app, row, &whole)?)?;
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
            &body.hash,
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
            &body.hash,
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
