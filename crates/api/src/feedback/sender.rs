//! Who sent an item: sealed when it comes, shown here and nowhere else, with a reason.

use actix_web::{HttpResponse, get, web};
use chrono::NaiveDateTime;
use hmac::{Hmac, Mac};
use kstt_domain::feedback::Sender;
use kstt_domain::policy::Action;
use kstt_domain::policy::actions::ReadFeedbackSender;
use kstt_persistence::audit::Change;
use kstt_persistence::feedback::{self as rows, SenderRow};
use kstt_persistence::{Conn, hex};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{KIND, sight};
use crate::app::App;
use crate::contract::problems;
use crate::http::{ApiError, Caller, Faults, Params, ProblemCode, Reply, say};

/// Why someone wants to know.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReasonQuery {
    /// Kept in the audit trail.
    #[param(min_length = 3, max_length = 500, example = "Mời người phản ánh làm việc")]
    reason: String,
}

/// Who sent an item.
#[derive(Debug, Serialize, ToSchema)]
struct SenderView {
    #[schema(max_length = 40, example = "PAKN.20190304.0001")]
    code: String,
    /// Null once it was erased.
    sender: Option<Sender>,
    /// When it was erased.
    erased_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// Read who sent feedback
///
/// For those who handle it; every read is kept in the trail with its reason. Nobody of the unit whose conduct
/// the item is about ever learns it.
#[utoipa::path(tag = "feedback", operation_id = "getFeedbackSender",
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), ReasonQuery),
    responses((status = 200, description = "The sender", body = SenderView), problems::Open, problems::Guarded, problems::Missing, problems::Sense),
    extensions(("x-action" = json!("feedback.read_sender"))))]
#[get("/v1/feedback/{id}/sender")]
async fn get_feedback_sender(
    caller: Caller,
    id: web::Path<String>,
    query: Params<ReasonQuery>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadFeedbackSender)?;
    let (today, reason) = (caller.today(), query.0.reason);
    caller
        .tell(move |tx| {
            let mut faults = Faults::default();
            let reason = faults.line("/query/reason", &reason, 500);
            faults.finish()?;
            let row = sight::visible(tx.conn, tx.app, tx.actor, &id, today)?;
            let viewers = tx.viewers()?;
            let permit = tx.permit::<ReadFeedbackSender>(&sight::target(&viewers, tx.actor, &row, today))?;
            if sight::is_complained_of(&viewers, tx.actor, &row, today) {
                let detail = say(
                    "Đơn vị bị phản ánh không được biết người phản ánh; liên hệ qua Văn phòng.",
                    "The unit complained of does not learn who sent it; the office relays.",
                );
                return Err(ApiError::because(ProblemCode::Forbidden, detail).into());
            }
            let stored = rows::sender(tx.conn, row.whole_id())?.ok_or_else(ApiError::not_found)?;
            let change = Change {
                kind: KIND,
                id: &row.id,
                key: &row.code,
                unit_id: Some(&row.handler_unit_id),
                reason: Some(&reason),
                ..Change::default()
            };
            tx.audit(&permit, change)?;
            let view = SenderView {
                sender: open(tx.app, &stored)?,
                erased_at: stored.erased_at.map(|moment| moment.and_utc()),
                code: row.code,
            };
            Ok(Reply::ok(&view)?)
        })
        .await
}

/// A sender sealed for storing, with what finds other items of the same sender.
pub fn seal(
    app: &App,
    (id, received_at): (&str, NaiveDateTime),
    sender: &Sender,
) -> Result<SenderRow, ApiError> {
    let plain = serde_json::to_vec(sender).map_err(|error| broken(error.to_string()))?;
    let mut nonce = [0; 24];
    nonce.copy_from_slice(&app.ids.random(24));
    let sealed = app.master.seal(&plain, &context(id), nonce).map_err(broken)?;
    let hash = |text: String| hashed(app, &text);
    Ok(SenderRow {
        feedback_id: id.to_owned(),
        sealed: Some(sealed),
        phone_hash: sender.phone_digits().map(hash),
        email_hash: sender.mail().map(|mail| hash(mail.to_lowercase())),
        received_at,
        erased_at: None,
    })
}

/// The sender as they wrote themselves; `None` once it was erased.
pub fn open(app: &App, row: &SenderRow) -> Result<Option<Sender>, ApiError> {
    let Some(sealed) = &row.sealed else { return Ok(None) };
    let plain = app.master.open(sealed, &context(&row.feedback_id)).map_err(broken)?;
    serde_json::from_slice(&plain).map(Some).map_err(|error| broken(error.to_string()))
}

/// The sender of an item, for comparing texts with; never to be shown.
pub fn of(app: &App, conn: &mut Conn, id: &str) -> Result<Option<Sender>, ApiError> {
    match rows::sender(conn, id)? {
        Some(row) => open(app, &row),
        None => Ok(None),
    }
}

fn context(id: &str) -> String {
    format!("feedback sender {id}")
}

fn hashed(app: &App, text: &str) -> String {
    let key = app.master.derive("feedback sender");
    Hmac::<Sha256>::new_from_slice(&key).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            hex(mac.finalize().into_bytes())
        },
    )
}

fn broken(error: String) -> ApiError {
    log::error!("{error}");
    ApiError::new(ProblemCode::Internal)
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_feedback_sender);
}
