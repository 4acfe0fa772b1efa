//! Publicity: what would show who someone is is found first, and confirmed or taken out.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use kstt_domain::feedback::{FeedbackClass, FeedbackEvent, PersonalFinding, findings};
use kstt_domain::policy::actions::JudgeFeedback;
use kstt_domain::policy::{Action, Target};
use kstt_domain::text;
use kstt_persistence::feedback::{self as rows, FeedbackRow, PublicRow};
use kstt_persistence::units;
use kstt_persistence::{Conn, counters};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::{Said, acted, refusal};
use super::wire::FeedbackView;
use super::{sender, sight};
use crate::app::App;
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Cursor, Faults, Halt, IdempotencyKey, IfMatch, Page, Params, Reply, Tx, Visitor,
    limit, list, say,
};

/// What in each text would show who someone is.
#[derive(Debug, Serialize, ToSchema)]
struct PublicationCheck {
    #[schema(max_items = 1000)]
    title: Vec<PersonalFinding>,
    #[schema(max_items = 1000)]
    content: Vec<PersonalFinding>,
    #[schema(max_items = 1000)]
    answer: Vec<PersonalFinding>,
}

fn found(
    app: &App,
    conn: &mut Conn,
    row: &FeedbackRow,
    texts: [&str; 3],
) -> Result<[Vec<PersonalFinding>; 3], ApiError> {
    let sender = sender::of(app, conn, row.whole_id())?;
    let people: Vec<&str> = row.about_person.as_deref().into_iter().collect();
    Ok(texts.map(|text| findings(text, sender.as_ref(), &people)))
}

/// Check an item before publishing it
///
/// Names, telephone numbers, e-mail addresses and identity numbers found in question and answer; each is to
/// be taken out or confirmed when it is published.
#[utoipa::path(tag = "feedback", operation_id = "checkFeedbackPublication",
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40)),
    responses((status = 200, description = "What was found", body = PublicationCheck), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("feedback.judge"))))]
#[get("/v1/feedback/{id}/publication-check")]
async fn check_publication(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::JudgeFeedback)?;
    let (here, today) = (caller.clone(), caller.today());
    let check = caller
        .read(move |conn| {
            let row = sight::visible(conn, &here.app, &here.actor, &id, today)?;
            let texts = [row.title.as_str(), &row.content, row.answer.as_deref().unwrap_or_default()];
            let [title, content, answer] = found(&here.app, conn, &row, texts)?;
            Ok(PublicationCheck { title, content, answer })
        })
        .await?;
    Ok(Reply::ok(&check)?.into_response())
}

/// The texts as everyone is to read them; what is missing stays as it is. `confirmed` names the findings that
/// may stay, as they stand in the text.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "content": "Tôi nộp hồ sơ đăng ký khai sinh nhưng chưa nhận được kết quả.", "confirmed": [] }))]
struct Publication {
    #[serde(default)]
    #[schema(max_length = 300)]
    title: Option<String>,
    #[serde(default)]
    #[schema(max_length = 20000)]
    content: Option<String>,
    #[serde(default)]
    #[schema(max_length = 20000)]
    answer: Option<String>,
    #[serde(default)]
    #[schema(schema_with = list::<100, 500>)]
    confirmed: Vec<String>,
}

/// Publish feedback and its answer
///
/// Refused while anything in the texts would show who someone is and was not confirmed.
#[utoipa::path(tag = "feedback", operation_id = "publishFeedback", request_body = Publication,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The item as it is now", body = FeedbackView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.judge"))))]
#[post("/v1/feedback/{id}/publish")]
async fn publish_feedback(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Publication>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeFeedback, _>(caller, id, body, FeedbackEvent::Publish, publish).await
}

fn publish(tx: &mut Tx<'_>, row: &mut FeedbackRow, wanted: &Publication) -> Result<Said, Halt> {
    if row.parent_id.is_some() {
        return Err(refusal("Công khai ở phản ánh gốc.", "The whole item is published, not a part."));
    }
    let mut faults = Faults::default();
    faults.list::<100, 500>("/confirmed", &wanted.confirmed);
    let text = |faults: &mut Faults, pointer, given: &Option<String>, stored: &str, longest| match given {
        Some(text) => faults.paragraphs(pointer, text, longest),
        None => stored.to_owned(),
    };
    let title = text(&mut faults, "/title", &wanted.title, &row.title, 300);
    let content = text(&mut faults, "/content", &wanted.content, &row.content, 20_000);
    let answer =
        text(&mut faults, "/answer", &wanted.answer, row.answer.as_deref().unwrap_or_default(), 20_000);
    let kept = found(tx.app, tx.conn, row, [&title, &content, &answer])?;
    for (pointer, findings) in ["/title", "/content", "/answer"].into_iter().zip(kept) {
        for finding in findings.into_iter().filter(|finding| !wanted.confirmed.contains(&finding.text)) {
            let (vi, en) = ("Xóa hoặc xác nhận", "Take out or confirm");
            let detail = say(format!("{vi}: {}", finding.text), format!("{en}: {}", finding.text));
            faults.add(pointer, "shows_someone", detail);
        }
    }
    faults.finish()?;
    make_public(tx, row, (title, content, answer))?;
    Ok(Said { noted: json!({ "confirmed": wanted.confirmed.len() }), ..Said::default() })
}

/// Publishes made-up texts, in which nobody is shown.
pub fn as_it_is(tx: &mut Tx<'_>, row: &mut FeedbackRow) -> Result<Said, Halt> {
    let answer = row.answer.clone().unwrap_or_default();
    make_public(tx, row, (row.title.clone(), row.content.clone(), answer))?;
    Ok(Said::default())
}

fn make_public(
    tx: &mut Tx<'_>,
    row: &FeedbackRow,
    (title, content, answer): (String, String, String),
) -> Result<(), Halt> {
    let public = PublicRow {
        feedback_id: row.id.clone(),
        number: counters::next(tx.conn, "feedback published", "", "")?,
        title,
        content,
        answer,
        published_at: tx.now.naive_utc(),
    };
    let permit = tx.permit::<JudgeFeedback>(&Target::city(&row.id))?;
    Ok(rows::publish(tx.conn, &permit, &public)?)
}

/// Narrows what is public.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PublicQuery {
    /// Words of the title, the content or the answer; without diacritics too.
    #[param(max_length = 200)]
    q: Option<String>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// Feedback as everyone reads it.
#[derive(Debug, Serialize, ToSchema)]
struct PublicFeedback {
    #[schema(max_length = 40)]
    code: String,
    class: Option<FeedbackClass>,
    #[schema(max_length = 200)]
    field: Option<String>,
    #[schema(max_length = 40)]
    procedure_code: Option<String>,
    #[schema(max_length = 300)]
    title: String,
    #[schema(max_length = 40000)]
    content: String,
    #[schema(max_length = 40000)]
    answer: String,
    /// The unit that answered, by the name it had then.
    #[schema(max_length = 300)]
    answered_by: String,
    received_at: DateTime<Utc>,
    published_at: DateTime<Utc>,
    satisfied: Option<bool>,
}

fn told(conn: &mut Conn, (public, row): (PublicRow, FeedbackRow)) -> Result<(i64, PublicFeedback), ApiError> {
    let day = kstt_domain::calendar::vn_date(public.published_at.and_utc());
    let name = units::period_on(conn, &row.handler_unit_id, day)?.map(|period| period.name);
    let view = PublicFeedback {
        code: row.code,
        class: row.class.map(|class| class.0),
        field: row.field,
        procedure_code: row.procedure_code,
        title: public.title,
        content: public.content,
        answer: public.answer,
        answered_by: name.unwrap_or_default(),
        received_at: row.received_at.and_utc(),
        published_at: public.published_at.and_utc(),
        satisfied: row.satisfied,
    };
    Ok((public.number, view))
}

/// Search answered feedback
///
/// What was published, newest first, or what holds all words of `q`.
#[utoipa::path(tag = "public-feedback", operation_id = "listPublicFeedback", security(()), params(PublicQuery), responses(
    (status = 200, description = "A page of answered feedback", body = Page<PublicFeedback>), problems::Open,
))]
#[get("/v1/public/feedback")]
async fn list_public(visitor: Visitor, query: Params<PublicQuery>) -> Result<HttpResponse, ApiError> {
    let limit = limit(query.0.limit)?;
    let words: Vec<String> =
        text::words(query.0.q.as_deref().unwrap_or_default()).into_iter().map(|word| word.folded).collect();
    let filters = format!("public feedback {}", words.join(" "));
    let secret = visitor.app.cursor_secret();
    let before = query.0.cursor.map(|text| Cursor::open(&text, &filters, secret)).transpose()?;
    let before = before.and_then(|cursor| cursor.key.parse::<i64>().ok());
    let app = visitor.app.clone();
    let pages = visitor
        .read(move |conn| {
            let most = i64::from(limit) + 1;
            let numbers = match words.is_empty() {
                true => None,
                false => Some(app.feedback_search()?.published(&words, before, usize::from(limit) + 1)?),
            };
            let found = rows::published_list(conn, numbers.as_deref(), before, most)?;
            found.into_iter().map(|row| told(conn, row)).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let next =
        |last: &(i64, PublicFeedback)| Cursor::after(last.0.to_string(), "", &filters, None).seal(secret);
    Ok(Reply::ok(&Page::of(pages, usize::from(limit), None, next, |(_, view)| view))?.into_response())
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_public).service(check_publication).service(publish_feedback);
}
