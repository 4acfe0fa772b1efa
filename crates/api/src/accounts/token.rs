//! Tokens, in OAuth 2 shapes: password, refresh with rotation and reuse detection, client credentials.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, TimeDelta, Utc};
use kstt_domain::policy::actions::{EndMySession, OpenMySession};
use kstt_domain::policy::{Actor, Target};
use kstt_persistence::accounts::{self, RefreshTokenRow, SessionRow, UserRow};
use kstt_persistence::audit::Change;
use kstt_persistence::{Conn, units};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::authenticate::{TOKEN_LIFE, issue, person, service};
use super::jwks::refresh_keys;
use super::password::lock_after;
use crate::contract::problems;
use crate::http::{ApiError, Body, Ctx, FieldFault, Halt, ProblemCode, Reply, Tx, Visitor, canonical, say};

/// A session ends this long after its last refresh, in real time.
const SESSION_LIFE: TimeDelta = TimeDelta::days(14);

/// What kind of proof a token is asked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    Password,
    RefreshToken,
    ClientCredentials,
}

/// A request for tokens (RFC 6749 names).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"grant_type": "password", "username": "nguyen.van.an", "password": "a long secret", "unit": "D916"}))]
pub struct TokenRequest {
    pub grant_type: GrantType,
    /// With `password`.
    #[schema(max_length = 60)]
    pub username: Option<String>,
    /// With `password`.
    #[schema(max_length = 200)]
    pub password: Option<String>,
    /// Code of the unit to act for; needed when the person has several.
    #[schema(max_length = 20)]
    pub unit: Option<String>,
    /// With `refresh_token`.
    #[schema(max_length = 200)]
    pub refresh_token: Option<String>,
    /// With `client_credentials`.
    #[schema(max_length = 36)]
    pub client_id: Option<String>,
    /// With `client_credentials`.
    #[schema(max_length = 200)]
    pub client_secret: Option<String>,
}

/// Tokens (RFC 6749 names).
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenAnswer {
    /// A signed JWT; send it as `Authorization: Bearer …`.
    #[schema(max_length = 4000)]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 10)]
    pub token_type: &'static str,
    /// Seconds the access token lives.
    #[schema(format = "int32", minimum = 0, maximum = 900)]
    pub expires_in: i64,
    /// For people: good once, for the next pair.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub refresh_token: Option<String>,
    /// The person must change the password before anything else.
    pub must_change_password: bool,
}

fn wrong_credentials() -> ApiError {
    ApiError::because(
        ProblemCode::InvalidCredentials,
        say(
            "Sai tên, mật khẩu hoặc mã; hoặc tài khoản đang tạm khóa.",
            "The name, password or secret is wrong, or the account is locked for a while.",
        ),
    )
}

fn missing(names: &[(&str, bool)]) -> Result<(), ApiError> {
    let absent = names.iter().filter(|(_, given)| !given).map(|(name, _)| FieldFault {
        pointer: format!("/{name}"),
        code: "missing",
        detail: say("Còn thiếu cho grant_type này.", "Missing for this grant_type."),
    });
    let absent: Vec<FieldFault> = absent.collect();
    if absent.is_empty() { Ok(()) } else { Err(ApiError::invalid(absent)) }
}

/// Get tokens
///
/// `password` logs a person in for one unit, `refresh_token` continues the session with a new pair,
/// `client_credentials` serves programs. A refresh token that is used twice ends its whole session.
#[utoipa::path(tag = "auth", operation_id = "createToken", security(()), request_body = TokenRequest, responses(
    (status = 200, description = "The tokens", body = TokenAnswer), problems::Open, problems::Content,
    (status = 401, description = "Wrong credentials", body = crate::http::ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/auth/token")]
async fn create_token(visitor: Visitor, body: Body<TokenRequest>) -> Result<HttpResponse, ApiError> {
    let request = body.value;
    refresh_keys(&visitor.0).await?;
    let given = |field: &Option<String>| field.is_some();
    let answer = match request.grant_type {
        GrantType::Password => {
            missing(&[("username", given(&request.username)), ("password", given(&request.password))])?;
            log_in(&visitor.0, request).await?
        }
        GrantType::RefreshToken => {
            missing(&[("refresh_token", given(&request.refresh_token))])?;
            refresh(&visitor.0, request.refresh_token.unwrap_or_default()).await?
        }
        GrantType::ClientCredentials => {
            missing(&[
                ("client_id", given(&request.client_id)),
                ("client_secret", given(&request.client_secret)),
            ])?;
            client_token(
                &visitor.0,
                request.client_id.unwrap_or_default(),
                request.client_secret.unwrap_or_default(),
            )
            .await?
        }
    };
    let mut response = Reply::ok(&answer)?.into_response();
    let no_store = actix_web::http::header::HeaderValue::from_static("no-store");
    response.headers_mut().insert(actix_web::http::header::CACHE_CONTROL, no_store);
    Ok(response)
}

async fn log_in(ctx: &Ctx, request: TokenRequest) -> Result<TokenAnswer, ApiError> {
    let username = request.username.unwrap_or_default().to_lowercase();
    let found = ctx.read(move |conn| Ok(accounts::by_username(conn, &username)?)).await?;
    let real_now = ctx.app.clock.real_now();
    let locked = found
        .as_ref()
        .is_some_and(|user| user.locked_until.is_some_and(|until| until > real_now.naive_utc()));
    let hash =
        found.as_ref().filter(|user| user.disabled_at.is_none()).map(|user| user.password_hash.clone());
    let matches = ctx.app.passwords.verify(request.password.unwrap_or_default(), hash).await?;
    let Some(user) = found else { return Err(wrong_credentials()) };
    if locked {
        return Err(wrong_credentials());
    }
    if !matches {
        remember_failure(ctx, user.id, real_now).await?;
        return Err(wrong_credentials());
    }
    open(ctx, user, request.unit, real_now).await
}

async fn remember_failure(ctx: &Ctx, user_id: String, real_now: DateTime<Utc>) -> Result<(), ApiError> {
    write(ctx, move |conn| {
        let failures = accounts::note_failure(conn, &user_id)?;
        if let Some(span) = lock_after(failures) {
            accounts::lock(conn, &user_id, (real_now + span).naive_utc())?;
        }
        Ok(())
    })
    .await
}

async fn open(
    ctx: &Ctx,
    user: UserRow,
    unit: Option<String>,
    real_now: DateTime<Utc>,
) -> Result<TokenAnswer, ApiError> {
    let (here, today) = (ctx.clone(), ctx.today());
    write(ctx, move |conn| {
        // Read again: it may have been locked or disabled while its password was hashed.
        let user = accounts::user(conn, &user.id)?.filter(|user| user.disabled_at.is_none());
        let user = user.filter(|user| user.locked_until.is_none_or(|until| until <= real_now.naive_utc()));
        let user = user.ok_or_else(wrong_credentials)?;
        let unit = chosen_unit(conn, &user, unit.as_deref(), today)?;
        let actor = person(conn, &user, &unit, today)?;
        let session = SessionRow {
            id: here.app.ids.id(),
            user_id: user.id.clone(),
            unit_id: unit.id.clone(),
            user_agent: here.user_agent.clone(),
            client_address: here.address.map(|address| address.to_string()),
            created_at: real_now.naive_utc(),
            used_at: real_now.naive_utc(),
            expires_at: (real_now + SESSION_LIFE).naive_utc(),
            ended_at: None,
            end_reason: None,
        };
        accounts::open_session(conn, &session)?;
        if user.failed_logins > 0 {
            accounts::note_success(conn, &user.id)?;
        }
        let refresh_token = new_refresh_token(conn, &here, &session.id, real_now)?;
        let mut tx = Tx::of_request(conn, &here, &actor);
        let permit = tx.permit::<OpenMySession>(&Target::owned(&session.id, &user.id))?;
        let after = json!({ "unit": unit.code, "client_address": session.client_address });
        let change = Change {
            kind: "session",
            id: &session.id,
            key: &session.id,
            unit_id: Some(&unit.id),
            after: Some(after),
            ..Change::default()
        };
        tx.audit(&permit, change)?;
        answer(&here, &actor, Some(&session.id), Some(refresh_token), user.must_change_password, real_now)
    })
    .await
}

/// The unit a person logs in for: the named one, or the only one.
fn chosen_unit(
    conn: &mut Conn,
    user: &UserRow,
    wanted: Option<&str>,
    today: chrono::NaiveDate,
) -> Result<units::UnitRow, ApiError> {
    let mut held: Vec<units::UnitRow> =
        accounts::live_grants(conn, &user.id, today)?.into_iter().map(|(_, unit)| unit).collect();
    held.sort_by(|a, b| a.code.cmp(&b.code));
    held.dedup_by(|a, b| a.code == b.code);
    let codes = held.iter().map(|unit| unit.code.as_str()).collect::<Vec<_>>().join(", ");
    if held.is_empty() {
        return Err(ApiError::because(
            ProblemCode::Forbidden,
            say("Tài khoản hiện không giữ vai trò nào.", "The account holds no role today."),
        ));
    }
    let fault = |vi: String, en: String| ApiError::fault("/unit", "choose_unit", say(vi, en));
    match wanted {
        None if held.len() == 1 => Ok(held.remove(0)),
        None => Err(fault(format!("Chọn một đơn vị: {codes}."), format!("Choose one unit: {codes}."))),
        Some(code) => held.into_iter().find(|unit| unit.code == code).ok_or_else(|| {
            fault(
                format!("Không giữ vai trò ở đơn vị này; có: {codes}."),
                format!("No role there; there are: {codes}."),
            )
        }),
    }
}

async fn refresh(ctx: &Ctx, token: String) -> Result<TokenAnswer, ApiError> {
    let here = ctx.clone();
    let real_now = ctx.app.clock.real_now();
    let today = ctx.today();
    let outcome = write(ctx, move |conn| {
        let hash = canonical(token.as_bytes());
        let Some(known) = accounts::refresh_token(conn, &hash)? else { return Ok(None) };
        let Some(session) = accounts::session(conn, &known.session_id)? else { return Ok(None) };
        let alive = session.ended_at.is_none() && session.expires_at > real_now.naive_utc();
        let user = accounts::user(conn, &session.user_id)?.filter(|user| user.disabled_at.is_none());
        let unit = units::by_id(conn, &session.unit_id)?;
        let (Some(user), Some(unit), true) = (user, unit, alive) else { return Ok(None) };
        let actor = person(conn, &user, &unit, today)?;
        if !accounts::spend_refresh_token(conn, &hash, real_now.naive_utc())? {
            // Whoever has the old token may not be whoever has the new one: nobody goes on.
            end(&mut Tx::of_request(conn, &here, &actor), &session.id, "refresh_token_reused")?;
            return Ok(None);
        }
        let expires_at = (real_now + SESSION_LIFE).naive_utc();
        accounts::use_session(conn, &session.id, real_now.naive_utc(), expires_at)?;
        let next = new_refresh_token(conn, &here, &session.id, real_now)?;
        answer(&here, &actor, Some(&session.id), Some(next), user.must_change_password, real_now).map(Some)
    })
    .await?;
    outcome.ok_or_else(|| {
        ctx.app.actors.clear();
        ApiError::new(ProblemCode::InvalidToken)
    })
}

/// Ends one's own session, on record.
pub fn end(tx: &mut Tx<'_>, session_id: &str, reason: &str) -> Result<(), ApiError> {
    let owner = tx.actor.id.clone();
    let permit = tx.permit::<EndMySession>(&Target::owned(session_id, owner))?;
    accounts::end_session(tx.conn, session_id, reason, tx.app.clock.real_now().naive_utc())?;
    let unit = tx.actor.unit.as_ref().map(|unit| unit.id.clone());
    let change = Change {
        kind: "session",
        id: session_id,
        key: session_id,
        unit_id: unit.as_deref(),
        reason: Some(reason),
        ..Change::default()
    };
    tx.audit(&permit, change)
}

async fn client_token(ctx: &Ctx, id: String, secret: String) -> Result<TokenAnswer, ApiError> {
    let found = ctx.read(move |conn| Ok(accounts::client(conn, &id)?)).await?;
    let client = found.filter(|client| client.disabled_at.is_none());
    // Client secrets are 256 random bits: a plain digest of them cannot be guessed.
    let client = client.filter(|client| client.secret_hash == canonical(secret.as_bytes()));
    let client = client.ok_or_else(wrong_credentials)?;
    answer(ctx, &service(&client), None, None, false, ctx.app.clock.real_now())
}

fn new_refresh_token(
    conn: &mut Conn,
    ctx: &Ctx,
    session: &str,
    real_now: DateTime<Utc>,
) -> Result<String, ApiError> {
    use base64::Engine;
    let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(ctx.app.ids.random(32));
    let row = RefreshTokenRow {
        hash: canonical(token.as_bytes()),
        session_id: session.to_owned(),
        created_at: real_now.naive_utc(),
        used_at: None,
    };
    accounts::insert_refresh_token(conn, &row)?;
    Ok(token)
}

fn answer(
    ctx: &Ctx,
    actor: &Actor,
    session: Option<&str>,
    refresh_token: Option<String>,
    must_change_password: bool,
    real_now: DateTime<Utc>,
) -> Result<TokenAnswer, ApiError> {
    Ok(TokenAnswer {
        access_token: issue(&ctx.app, actor, session, real_now)?,
        token_type: "Bearer",
        expires_in: TOKEN_LIFE.num_seconds(),
        refresh_token,
        must_change_password,
    })
}

async fn write<T, F>(ctx: &Ctx, work: F) -> Result<T, ApiError>
where
    T: Send + 'static,
    F: FnOnce(&mut Conn) -> Result<T, ApiError> + Send + 'static,
{
    let app = ctx.app.clone();
    let done = actix_web::web::block(move || app.db.write(work)).await;
    done.unwrap_or_else(|_| Err(ApiError::new(ProblemCode::Unavailable)))
}

/// Log out
///
/// Ends the session of this token: neither its access nor its refresh token works any more.
#[utoipa::path(tag = "auth", operation_id = "logOut", responses(
    (status = 204, description = "The session has ended"), problems::Open, problems::Guarded,
), extensions(("x-action" = json!("me.end_session"))))]
#[post("/v1/auth/logout")]
async fn log_out(caller: crate::http::Caller) -> Result<HttpResponse, ApiError> {
    let Some(session) = caller.session.clone() else { return Err(ApiError::forbidden()) };
    let app = caller.app.clone();
    let response = caller
        .write("", move |tx| {
            end(tx, &session, "logout").map_err(Halt::from)?;
            Ok(Reply::nothing())
        })
        .await;
    app.actors.clear();
    response
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(create_token).service(log_out);
}
