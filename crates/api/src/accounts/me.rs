//! One's own account: who am I, what may I do, my sessions, my password.

use actix_web::{HttpResponse, delete, get, put, web};
use kstt_domain::codes::Code;
use kstt_domain::policy::actions::ChangeMyPassword;
use kstt_domain::policy::{Action, ActorKind, Reach, Target, reach};
use kstt_persistence::accounts;
use kstt_persistence::audit::Change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::password::check_new;
use super::token::end;
use super::wire::{AccountView, MeView, SessionView};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Halt, Page, Reply, say};

/// Who am I
///
/// The account behind the token, the unit it acts for, the roles in force today and every grant.
#[utoipa::path(tag = "me", operation_id = "getMe", responses(
    (status = 200, description = "The caller", body = MeView), problems::Open, problems::Guarded,
))]
#[get("/v1/me")]
async fn get_me(caller: Caller) -> Result<HttpResponse, ApiError> {
    let actor = caller.actor.clone();
    let view = caller
        .read(move |conn| {
            if actor.kind != ActorKind::User {
                return Ok(MeView::of(&actor, None, Vec::new()));
            }
            let account = accounts::user(conn, &actor.id)?.map(AccountView::from);
            let grants = accounts::grants_of(conn, &actor.id)?.into_iter().map(Into::into).collect();
            Ok(MeView::of(&actor, account, grants))
        })
        .await?;
    Ok(Reply::ok(&view)?.into_response())
}

/// One thing the caller may do.
#[derive(Serialize, ToSchema)]
struct PermissionView {
    action: Action,
    /// `city` everything, `subtree` the unit and all below it, `own` that unit, `myself` one's account.
    #[schema(max_length = 10)]
    reach: &'static str,
    #[schema(max_length = 200)]
    meaning: &'static str,
}

/// Everything the caller may do.
#[derive(Serialize, ToSchema)]
struct Permissions {
    #[schema(max_items = 500)]
    items: Vec<PermissionView>,
}

/// What may I do
///
/// Every action the caller may do now, and how far: the answer of the same table that decides.
#[utoipa::path(tag = "me", operation_id = "getMyPermissions", responses(
    (status = 200, description = "The permissions", body = Permissions), problems::Open, problems::Guarded,
))]
#[get("/v1/me/permissions")]
async fn permissions(caller: Caller) -> Result<HttpResponse, ApiError> {
    let items = Action::ALL.iter().filter_map(|action| {
        let reach = match reach(&caller.actor, *action)? {
            Reach::City => "city",
            Reach::Subtree => "subtree",
            Reach::Own => "own",
            Reach::Myself => "myself",
        };
        Some(PermissionView { action: *action, reach, meaning: action.label_vi() })
    });
    Ok(Reply::ok(&Permissions { items: items.collect() })?.into_response())
}

/// My open sessions
///
/// Every login that can still be refreshed, oldest first.
#[utoipa::path(tag = "me", operation_id = "listMySessions", responses(
    (status = 200, description = "The sessions", body = Page<SessionView>), problems::Open, problems::Guarded,
), extensions(("x-action" = json!("me.read"))))]
#[get("/v1/me/sessions")]
async fn sessions(caller: Caller) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadMyself)?;
    let (id, current) = (caller.actor.id.clone(), caller.session.clone());
    let real_now = caller.app.clock.real_now().naive_utc();
    let rows = caller.read(move |conn| Ok(accounts::sessions_of(conn, &id, real_now)?)).await?;
    let items = rows.into_iter().map(|row| SessionView::of(row, current.as_deref())).collect();
    Ok(Reply::ok(&Page { items, next_cursor: None, count: None })?.into_response())
}

/// End one of my sessions
///
/// Neither its access nor its refresh token works any more.
#[utoipa::path(tag = "me", operation_id = "endMySession",
    params(("id" = String, Path, description = "UUID of the session", max_length = 36)),
    responses((status = 204, description = "The session has ended"), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("me.end_session"))))]
#[delete("/v1/me/sessions/{id}")]
async fn end_session(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EndMySession)?;
    let (id, me, app) = (id.into_inner(), caller.actor.id.clone(), caller.app.clone());
    let response = caller
        .write("", move |tx| {
            let session = accounts::session(tx.conn, &id)?;
            let mine = session.filter(|session| session.user_id == me && session.ended_at.is_none());
            let session = mine.ok_or_else(ApiError::not_found)?;
            end(tx, &session.id, "ended_by_owner").map_err(Halt::from)?;
            Ok(Reply::nothing())
        })
        .await;
    app.actors.clear();
    response
}

/// A change of password.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"current_password": "the long old secret", "new_password": "a longer new secret"}))]
struct PasswordChange {
    /// The password as it is.
    #[schema(max_length = 200)]
    current_password: String,
    /// The password as it is to be; it does not contain the username.
    #[schema(min_length = 12, max_length = 200)]
    new_password: String,
}

/// Change my password
///
/// Ends all other sessions of the account.
#[utoipa::path(tag = "me", operation_id = "changeMyPassword", request_body = PasswordChange, responses(
    (status = 204, description = "The password is changed"), problems::Open, problems::Guarded, problems::Content,
), extensions(("x-action" = json!("me.change_password"))))]
#[put("/v1/me/password")]
async fn change_password(caller: Caller, body: Body<PasswordChange>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ChangeMyPassword)?;
    let me = caller.actor.id.clone();
    let user =
        caller.read(move |conn| Ok(accounts::user(conn, &me)?)).await?.ok_or_else(ApiError::not_found)?;
    let mut faults = crate::http::Faults::default();
    check_new(&mut faults, "/new_password", &body.value.new_password, &user.username);
    faults.finish()?;
    if !caller.app.passwords.verify(body.value.current_password, Some(user.password_hash)).await? {
        let detail = say("Mật khẩu hiện tại không đúng.", "The current password is wrong.");
        let pointer = "/current_password".to_owned();
        return Err(ApiError::fault(pointer, "wrong_password", detail));
    }
    let hash = caller.app.passwords.hash(body.value.new_password, caller.app.ids.random(16)).await?;
    let (session, app) = (caller.session.clone(), caller.app.clone());
    let response = caller
        .write("", move |tx| {
            let permit = tx.permit::<ChangeMyPassword>(&Target::owned(&user.id, &user.id))?;
            accounts::set_password(tx.conn, &permit, &hash, false, tx.now.naive_utc())?;
            let real_now = tx.app.clock.real_now().naive_utc();
            accounts::end_sessions_of(tx.conn, &user.id, session.as_deref(), "password_changed", real_now)?;
            let change = Change { kind: "account", id: &user.id, key: &user.username, ..Change::default() };
            tx.audit(&permit, change)?;
            Ok(Reply::nothing())
        })
        .await;
    app.actors.clear();
    response
}

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(get_me)
        .service(permissions)
        .service(sessions)
        .service(end_session)
        .service(change_password);
}
