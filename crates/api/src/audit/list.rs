//! Reading the trail.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use kstt_domain::policy::Action;
use kstt_persistence::audit::{self, AuditRow, Placed};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::sight::sight;
use crate::contract::problems;
use crate::http::{ApiError, Caller, Cursor, Page, Params, ProblemCode, Reply, limit, say};

/// Asks for rows of the trail.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Only rows about one subject, as `kind:key` or `kind:id`.
    #[param(
        min_length = 3,
        max_length = 241,
        pattern = "^[a-z_]{1,40}:[!-~]{1,200}$",
        example = "unit:C31117"
    )]
    subject: Option<String>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// One change: who did what to what, why, and what it was before and after.
#[derive(Debug, Serialize, ToSchema)]
struct AuditItem {
    /// UUID of the row.
    #[schema(max_length = 36)]
    id: String,
    /// When, by the product's clock.
    at: DateTime<Utc>,
    /// What was done, a code of the list `action`.
    #[schema(max_length = 60, example = "calendar.edit")]
    action: String,
    /// Who did it.
    actor: AuditActor,
    /// What it was done to.
    subject: Subject,
    /// The fields that matter, before; null when it began.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// The same fields, after; null when it ended.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    /// Why, in the words of who did it.
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// Names the request in the log.
    #[schema(max_length = 64)]
    trace_id: String,
    /// Where the request came from.
    #[schema(max_length = 45)]
    client_address: Option<String>,
    /// Place in the sealed sequence; null until it is sealed.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    place: Option<i64>,
}

/// Who did it, as known then.
#[derive(Debug, Serialize, ToSchema)]
struct AuditActor {
    /// A code of the list `actor_kind`.
    #[schema(max_length = 60, example = "user")]
    kind: String,
    /// Id of the account or service client, or the name of a process.
    #[schema(max_length = 200)]
    id: String,
    /// Username, or the name of the client.
    #[schema(max_length = 200)]
    name: String,
    /// Id of the unit it was done for.
    #[schema(max_length = 36)]
    unit: Option<String>,
}

/// What a change was made to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditSubject)]
pub struct Subject {
    /// Kind of thing, the singular noun of its room.
    #[schema(max_length = 40, example = "unit")]
    pub kind: String,
    /// Its id.
    #[schema(max_length = 200)]
    pub id: String,
    /// The key people use, or the id again.
    #[schema(max_length = 200, example = "C31117")]
    pub key: String,
}

impl From<Placed> for AuditItem {
    fn from((row, place): Placed) -> Self {
        Self {
            id: row.id,
            at: row.at.and_utc(),
            action: row.action,
            actor: AuditActor {
                kind: row.actor_kind,
                id: row.actor_id,
                name: row.actor_name,
                unit: row.actor_unit,
            },
            subject: Subject { kind: row.subject_kind, id: row.subject_id, key: row.subject_key },
            before: row.before_state.map(state),
            after: row.after_state.map(state),
            reason: row.reason,
            trace_id: row.trace_id,
            client_address: row.client_address,
            place,
        }
    }
}

/// A state as it was stored; what is no JSON was tampered with, and is shown as it is.
fn state(text: String) -> Value {
    serde_json::from_str(&text).unwrap_or_else(|_| json!({ "unreadable": text }))
}

/// List the audit trail
///
/// Newest first: everything for the centre of the city, matters of its own tree for a lower unit.
#[utoipa::path(tag = "audit", operation_id = "listAudit", params(AuditQuery), responses(
    (status = 200, description = "A page of the trail", body = Page<AuditItem>), problems::Open, problems::Guarded,
), extensions(("x-action" = json!("audit.read"))))]
#[get("/v1/audit")]
async fn list_audit(caller: Caller, query: Params<AuditQuery>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadAudit)?;
    let query = query.0;
    let limit = limit(query.limit)?;
    let subject = query.subject.as_deref().map(read_subject).transpose()?;
    let filters = format!("audit {}", query.subject.as_deref().unwrap_or_default());
    let secret = caller.app.cursor_secret();
    let after = query.cursor.map(|text| Cursor::open(&text, &filters, secret)).transpose()?;
    let (actor, today) = (caller.actor.clone(), caller.today());
    let rows = caller
        .read(move |conn| {
            let sight = sight(conn, &actor, Action::ReadAudit, today)?.ok_or_else(ApiError::forbidden)?;
            let subject = subject.as_ref().map(|(kind, key)| (kind.as_str(), key.as_str()));
            let after = after.as_ref().map(|cursor| cursor.key.as_str());
            Ok(audit::list(conn, &sight, subject, after, i64::from(limit) + 1)?)
        })
        .await?;
    let next = |(row, _): &(AuditRow, _)| Cursor::after(&row.id, "", &filters, None).seal(secret);
    let page = Page::of(rows, usize::from(limit), None, next, AuditItem::from);
    Ok(Reply::ok(&page)?.into_response())
}

fn read_subject(text: &str) -> Result<(String, String), ApiError> {
    let parts = text.split_once(':').filter(|(kind, key)| {
        (1..=40).contains(&kind.len())
            && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            && (1..=200).contains(&key.len())
            && key.bytes().all(|byte| byte.is_ascii_graphic())
    });
    parts.map(|(kind, key)| (kind.to_owned(), key.to_owned())).ok_or_else(|| {
        let detail = say(
            "Viết theo dạng loại:mã, ví dụ unit:C31117.",
            "Write it as kind:key, for example unit:C31117.",
        );
        ApiError::parameter(ProblemCode::Malformed, "subject", detail)
    })
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_audit);
}
