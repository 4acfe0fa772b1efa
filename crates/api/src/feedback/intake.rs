//! Receiving: from the public without login, and by staff on behalf of someone.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::feedback::{FeedbackChannel, FeedbackClass, FeedbackState, LedgerState, Sender};
use kstt_domain::policy::actions::{RegisterFeedback, SendFeedback};
use kstt_domain::policy::{Action, Permit, Target};
use kstt_persistence::audit::Change;
use kstt_persistence::feedback::{self as rows, FeedbackRow, LedgerRow, Receives};
use kstt_persistence::{Stored, counters, units};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::told;
use super::letter::{Judged, Written, codes_of, known, refuse};
use super::letter_files::{LetterFile, WITH_FILES, files_of};
use super::secret::secret_of;
use super::wire::{AboutView, FeedbackTeller, FeedbackView};
use super::{KIND, clocks, sender};
use crate::attachments::{self, Holder};
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Faults, Halt, IdempotencyKey, Reply, Tx, Visitor, object, optional_object, say,
};

/// What a citizen sends.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "Chậm trả kết quả đăng ký khai sinh", "kind": "conduct", "unit_code": "C31149",
    "content": "Tôi nộp hồ sơ đăng ký khai sinh ngày 04/3 nhưng đến nay vẫn chưa nhận được kết quả.",
    "sender": { "name": "Nguyễn Văn An", "address": "Phường An Khánh, quận Ninh Kiều", "phone": "0900 000 001" },
}))]
struct NewFeedback {
    #[schema(min_length = 1, max_length = 300)]
    title: String,
    #[schema(min_length = 1, max_length = 20000)]
    content: String,
    /// What the sender takes it for; the office judges.
    #[serde(default)]
    kind: Option<FeedbackClass>,
    #[serde(default)]
    #[schema(max_length = 40, example = "1.001193")]
    procedure_code: Option<String>,
    /// The unit it is meant for, if the sender knows.
    #[serde(default)]
    #[schema(max_length = 20)]
    unit_code: Option<String>,
    /// Whose conduct it is about.
    #[serde(default, deserialize_with = "optional_object")]
    about: Option<AboutView>,
    #[serde(deserialize_with = "object")]
    sender: Sender,
    /// Files that go with it, up to 5 and 10 MiB together; more and larger ones can be added afterwards.
    #[serde(default)]
    #[schema(max_items = 5)]
    files: Vec<LetterFile>,
}

/// What a citizen gets in return.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Receipt {
    #[schema(max_length = 40, example = "PAKN.20190304.0001")]
    code: String,
    /// With the code it stands for the item, in the header `Feedback-Secret`. It is told here only.
    #[schema(max_length = 40, example = "0a1b2-c3d4e-f5g6h-7j8k9")]
    #[serde(default)]
    secret: Option<String>,
    received_at: DateTime<Utc>,
    /// The last lawful day of an answer.
    answer_due_on: Option<chrono::NaiveDate>,
}

/// Send feedback
///
/// Without an account. What ND 20/2008 Art. 7 asks is checked: every ground of refusal is told at once, and
/// nothing is stored. The answer holds a code and a secret; who has both follows the item.
#[utoipa::path(tag = "public-feedback", operation_id = "sendFeedback", security(()), params(IdempotencyKey), request_body = NewFeedback,
    responses((status = 201, description = "The code and the secret", body = Receipt), problems::Open, problems::Content, problems::Collision))]
#[post("/v1/public/feedback")]
async fn send_feedback(
    visitor: Visitor,
    body: Body<NewFeedback, WITH_FILES>,
) -> Result<HttpResponse, ApiError> {
    crate::edge::limit_sends(&visitor.app, visitor.address)?;
    let (mut wanted, app) = (body.value, visitor.app.clone());
    let here = app.clone();
    let with_secret = move |kept: &str| -> Result<String, ApiError> {
        let mut receipt: Receipt = serde_json::from_str(kept).map_err(kstt_persistence::Error::from)?;
        receipt.secret = Some(secret_of(&here, &receipt.code));
        serde_json::to_string(&receipt).map_err(|error| kstt_persistence::Error::from(error).into())
    };
    let files = attachments::receive(app, files_of(std::mem::take(&mut wanted.files))?).await?;
    let kept = files.clone();
    // Judged before its turn to be written, so that others do not wait for it.
    let letter = Written::from(wanted).judged(&visitor.app.feedback);
    let outcome = visitor
        .write_as_citizen(&body.hash, with_secret, move |tx| {
            let id = tx.id();
            let permit = tx.permit::<SendFeedback>(&Target::city(&id))?;
            let office = tx.office()?.ok_or_else(no_office)?;
            let incoming = Incoming {
                id,
                letter: &letter,
                channel: FeedbackChannel::Portal,
                place_unit_id: office,
                received_at: tx.now,
            };
            let row = register(tx, &permit, incoming, true)?;
            for file in &files {
                attachments::attach(tx, &permit, Holder::Feedback(&row), file)?;
            }
            let receipt = Receipt {
                received_at: row.received_at.and_utc(),
                answer_due_on: row.due_on(),
                code: row.code,
                secret: None,
            };
            let location = format!("/v1/public/feedback/{}", receipt.code);
            Ok(Reply::created(location, &receipt)?)
        })
        .await;
    attachments::drop_unless_stored(visitor.app.clone(), kept).await;
    outcome
}

/// What staff register on behalf of someone.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "channel": "telephone", "received_at": "2019-03-04T01:30:00Z", "title": "Chậm trả kết quả đăng ký khai sinh",
    "content": "Người dân gọi điện phản ánh việc chậm trả kết quả đăng ký khai sinh tại phường An Khánh.",
    "sender": { "name": "Nguyễn Văn An", "address": "Phường An Khánh", "phone": "0900 000 001" },
}))]
struct FeedbackOnBehalf {
    channel: FeedbackChannel,
    /// When it was received first, anywhere in the city.
    received_at: DateTime<Utc>,
    /// Code of the unit where it was received; the caller's own when missing.
    #[serde(default)]
    #[schema(max_length = 20)]
    place: Option<String>,
    #[schema(min_length = 1, max_length = 300)]
    title: String,
    #[schema(min_length = 1, max_length = 20000)]
    content: String,
    #[serde(default)]
    kind: Option<FeedbackClass>,
    #[serde(default)]
    #[schema(max_length = 40)]
    procedure_code: Option<String>,
    #[serde(default)]
    #[schema(max_length = 20)]
    unit_code: Option<String>,
    #[serde(default, deserialize_with = "optional_object")]
    about: Option<AboutView>,
    #[serde(default, deserialize_with = "object")]
    sender: Sender,
}

/// An item that was registered, and the secret to be handed to its sender.
#[derive(Debug, Serialize, ToSchema)]
struct RegisteredFeedback {
    #[serde(flatten)]
    feedback: FeedbackView,
    /// With the code it lets the sender follow the item. Told here only; missing in the answer to a retry.
    #[schema(max_length = 40)]
    secret: Option<String>,
}

/// Register feedback on behalf
///
/// What came on paper, by telephone, e-mail, survey form or through the national system, with the true moment
/// and place of its receipt. What may not be received is registered all the same, with the grounds, and
/// refused or completed afterwards.
#[utoipa::path(tag = "feedback", operation_id = "registerFeedback", params(IdempotencyKey), request_body = FeedbackOnBehalf,
    responses((status = 201, description = "The item", body = RegisteredFeedback), problems::Open, problems::Guarded,
        problems::Content, problems::Collision),
    extensions(("x-action" = json!("feedback.register"))))]
#[post("/v1/feedback")]
async fn register_feedback(caller: Caller, body: Body<FeedbackOnBehalf>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::RegisterFeedback)?;
    let wanted = body.value;
    let letter = Written::from(wanted.clone()).judged(&caller.app.feedback);
    caller
        .write(&body.hash, move |tx| {
            let id = tx.id();
            let own = tx.actor.unit.as_ref().map(|unit| unit.code.clone()).unwrap_or_default();
            let code = wanted.place.clone().unwrap_or(own);
            let place = units::by_code(tx.conn, &code)?.ok_or_else(|| unknown_unit("/place"))?;
            let path = units::path_of(tx.conn, &place.id, vn_date(tx.now))?;
            let permit = tx.permit::<RegisterFeedback>(&Target::unit(&id, path))?;
            let mut faults = Faults::default();
            faults.past("/received_at", wanted.received_at, tx.now);
            faults.finish()?;
            let (channel, received_at) = (wanted.channel, wanted.received_at);
            let incoming = Incoming { id, letter: &letter, channel, place_unit_id: place.id, received_at };
            let row = register(tx, &permit, incoming, false)?;
            let plain = told(tx, &row)?;
            let feedback = FeedbackTeller::at(tx.app, tx.conn, tx.actor, tx.now)?.tell(tx.conn, &row)?;
            let secret = Some(secret_of(tx.app, &row.code));
            let mut reply =
                Reply::created(format!("/v1/feedback/{}", row.id), &RegisteredFeedback { feedback, secret })?;
            (reply.etag, reply.kept) = (plain.etag, Some(plain.body));
            Ok(reply)
        })
        .await
}

macro_rules! written {
    ($($from:ident)+) => {$(
        impl From<$from> for Written {
            fn from(value: $from) -> Self {
                let $from { title, content, kind, procedure_code, unit_code, about, sender, .. } = value;
                Self { title, content, kind, procedure_code, unit_code, about, sender }
            }
        }
    )+};
}
written!(NewFeedback FeedbackOnBehalf);

/// Something that came.
pub struct Incoming<'l> {
    pub id: String,
    pub letter: &'l Judged,
    pub channel: FeedbackChannel,
    /// Where in the city it was received first.
    pub place_unit_id: String,
    pub received_at: DateTime<Utc>,
}

/// Stores a new item with its sender, clocks, ledger page and number. What may not be received is refused
/// here if it is `public`, and stored with its grounds otherwise.
pub fn register<A: Receives>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    incoming: Incoming<'_>,
    public: bool,
) -> Result<FeedbackRow, Halt> {
    let Incoming { id, letter, channel, place_unit_id, received_at } = incoming;
    let mut faults = letter.faults.clone();
    if public {
        letter.grounds.iter().for_each(|ground| refuse(&mut faults, *ground));
    }
    let named = known(tx, &mut faults, "/unit_code", letter.unit_code.as_deref())?;
    let about = known(tx, &mut faults, "/about/unit_code", letter.about_unit_code.as_deref())?;
    faults.finish()?;
    let now = tx.now.naive_utc();
    let office = tx.office()?.ok_or_else(no_office)?;
    let mut row = FeedbackRow {
        // Until it has its number, which is taken last.
        code: id.clone(),
        sort_key: String::new(),
        id,
        parent_id: None,
        state: Stored(FeedbackState::Received),
        class: letter.kind.map(Stored),
        channel: Stored(channel),
        title: letter.title.clone(),
        content: letter.content.clone(),
        redacted: None,
        procedure_code: letter.procedure_code.clone(),
        field: None,
        named_unit_id: named,
        about_unit_id: about,
        about_person: letter.about_person.clone(),
        place_unit_id,
        received_at: received_at.naive_utc(),
        registered_at: now,
        valid_at: letter.grounds.is_empty().then_some(received_at.naive_utc()),
        handler_unit_id: office,
        handler_received_at: None,
        officer_id: None,
        grounds: codes_of(&letter.grounds),
        guided_to: None,
        merged_into_id: None,
        answer: None,
        approved_at: None,
        ended_at: None,
        next_window_at: None,
        satisfied: None,
        version: 1,
        updated_at: now,
    };
    clocks::begin(tx, &mut row)?;
    rows::insert(tx.conn, permit, &row)?;
    let viewers = tx.viewers()?;
    rows::show_to(tx.conn, &row, &viewers, true)?;
    rows::insert_sender(tx.conn, permit, &sender::seal(tx.app, (&row.id, row.received_at), &letter.sender)?)?;
    rows::remember_fingerprint(tx.conn, &row.id, letter.print, row.received_at)?;
    rows::open_ledger(tx.conn, permit, &ledger_page(&row, channel))?;
    row.code = number(tx)?;
    rows::set_code(tx.conn, permit, &row)?;
    trail(tx, permit, &row)?;
    Ok(row)
}

/// The number of the day, in Vietnam, on which it is registered.
fn number(tx: &mut Tx<'_>) -> Result<String, Halt> {
    let day = vn_date(tx.now).format("%Y%m%d").to_string();
    let number = counters::next(tx.conn, "PAKN", "", &day)?;
    Ok(format!("PAKN.{day}.{number:04}"))
}

fn trail<A: Receives>(tx: &mut Tx<'_>, permit: &Permit<A>, row: &FeedbackRow) -> Result<(), Halt> {
    let change = Change {
        kind: KIND,
        id: &row.id,
        key: &row.code,
        unit_id: Some(&row.handler_unit_id),
        after: Some(json!({ "state": row.state.0, "channel": row.channel.0, "place": row.place_unit_id })),
        ..Change::default()
    };
    Ok(tx.audit(permit, change)?)
}

/// What came through the national system is in it.
fn ledger_page(row: &FeedbackRow, channel: FeedbackChannel) -> LedgerRow {
    let there = channel == FeedbackChannel::NationalSystem;
    LedgerRow {
        feedback_id: row.id.clone(),
        state: Stored(if there { LedgerState::Entered } else { LedgerState::ToEnter }),
        national_code: None,
        entered_at: there.then_some(row.registered_at),
        missing: None,
        note: None,
        version: 1,
        updated_at: row.registered_at,
    }
}

fn unknown_unit(pointer: &str) -> ApiError {
    ApiError::fault(pointer, "unknown_unit", say("Không có đơn vị này.", "There is no such unit."))
}

fn no_office() -> ApiError {
    ApiError::conflict(say("Hiện không có Văn phòng tiếp nhận.", "There is no control office today."))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(send_feedback).service(register_feedback);
}
