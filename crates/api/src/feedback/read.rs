//! One item, and what was said about it.

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, Utc};
use kstt_domain::feedback::FeedbackEvent;
use kstt_domain::policy::Action;
use kstt_persistence::feedback as rows;
use kstt_persistence::units;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::told;
use super::sight;
use super::wire::FeedbackView;
use crate::contract::problems;
use crate::http::{ApiError, Caller, IfNoneMatch, Page, Reply, Tx};

/// Read feedback
///
/// With what the caller may do, what is missing, and its `ETag`, which every act needs.
#[utoipa::path(tag = "feedback", operation_id = "getFeedback",
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfNoneMatch),
    responses((status = 200, description = "The item", body = FeedbackView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("feedback.read"))))]
#[get("/v1/feedback/{id}")]
async fn get_feedback(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadFeedback)?;
    let (here, today) = (caller.clone(), caller.today());
    let reply = caller
        .read(move |conn| {
            let row = sight::visible(conn, &here.app, &here.actor, &id, today)?;
            told(&mut Tx::of_request(conn, &here, &here.actor), &row)
        })
        .await?;
    Ok(caller.answer(reply))
}

/// Something that was said when something happened.
#[derive(Debug, Serialize, ToSchema)]
struct EntryView {
    /// UUID.
    #[schema(max_length = 36)]
    id: String,
    at: DateTime<Utc>,
    event: FeedbackEvent,
    /// The sender reads it too.
    open: bool,
    /// Name of the account; `citizen` for the sender.
    #[schema(max_length = 200)]
    author: String,
    /// Code of the author's unit.
    #[schema(max_length = 20)]
    unit: Option<String>,
    #[schema(max_length = 40000)]
    text: String,
}

/// List what was said about feedback
///
/// Every step with who took it and what was noted, oldest first. A unit that is complained of reads what its
/// own people said and what the sender may read, and nothing the sender wrote.
#[utoipa::path(tag = "feedback", operation_id = "listFeedbackEntries",
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40)),
    responses((status = 200, description = "The entries", body = Page<EntryView>), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("feedback.read"))))]
#[get("/v1/feedback/{id}/entries")]
async fn list_entries(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadFeedback)?;
    let (here, today) = (caller.clone(), caller.today());
    let items = caller
        .read(move |conn| {
            let row = sight::visible(conn, &here.app, &here.actor, &id, today)?;
            let viewers = here.app.units.viewers(conn)?;
            let hidden = sight::is_complained_of(&viewers, &here.actor, &row, today);
            let own = here.actor.unit.as_ref().map(|unit| unit.id.clone());
            let mut items = Vec::new();
            for entry in rows::entries(conn, &row.id, false)? {
                let by_sender = entry.unit_id.is_none();
                if hidden && (by_sender || entry.unit_id != own && !entry.open) {
                    continue;
                }
                let unit = match &entry.unit_id {
                    Some(id) => units::by_id(conn, id)?.map(|unit| unit.code),
                    None => None,
                };
                items.push(EntryView {
                    id: entry.id,
                    at: entry.at.and_utc(),
                    event: entry.event.0,
                    open: entry.open,
                    author: entry.author,
                    unit,
                    text: entry.text,
                });
            }
            Ok(items)
        })
        .await?;
    Ok(Reply::ok(&Page { items, next_cursor: None, count: None })?.into_response())
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_feedback).service(list_entries);
}
