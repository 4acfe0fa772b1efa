//! From a bearer token to an actor with the grants in force now. Claims are hints only.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use kstt_domain::codes::Code;
use kstt_domain::policy::{ActingUnit, Actor, ActorKind, ClientScope};
use kstt_persistence::Conn;
use kstt_persistence::accounts::{self, ServiceClientRow, UserRow};
use kstt_persistence::units::UnitRow;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::http::{ApiError, Ctx, ProblemCode};

/// Access tokens live this long, in real time.
pub const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(15);
/// The audience of access tokens.
const AUDIENCE: &str = "kstt";

/// What an access token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    exp: i64,
    jti: String,
    /// `user` or `client`.
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_kind: Option<String>,
    roles: Vec<String>,
    scope: String,
}

/// A new access token of an actor.
pub fn issue(
    app: &App,
    actor: &Actor,
    session: Option<&str>,
    real_now: DateTime<Utc>,
) -> Result<String, ApiError> {
    let failed = |reason: &str| {
        log::error!("token: {reason}");
        ApiError::new(ProblemCode::Internal)
    };
    let (kid, key) = app.signing.signer().ok_or_else(|| failed("no signing key"))?;
    let claims = Claims {
        iss: app.config.issuer.clone(),
        aud: AUDIENCE.into(),
        sub: actor.id.clone(),
        iat: real_now.timestamp(),
        exp: (real_now + TOKEN_LIFE).timestamp(),
        jti: app.ids.id(),
        kind: actor.kind.to_string(),
        sid: session.map(str::to_owned),
        unit: actor.unit.as_ref().map(|unit| unit.code.clone()),
        unit_kind: actor.unit.as_ref().map(|unit| unit.kind.to_string()),
        roles: actor.roles.iter().map(ToString::to_string).collect(),
        scope: actor.scopes.iter().map(|scope| scope.code()).collect::<Vec<_>>().join(" "),
    };
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid);
    encode(&header, &claims, &key).map_err(|error| failed(&error.to_string()))
}

/// Whoever a token proved to be.
#[derive(Debug, Clone)]
pub struct Identity {
    pub actor: Actor,
    /// The session of a person's token.
    pub session: Option<String>,
    /// Nothing but the password may be changed before it was.
    pub must_change_password: bool,
}

/// Who a token belongs to. Answers are remembered for at most two seconds.
pub async fn authenticate(ctx: &Ctx, token: &str) -> Result<Identity, ApiError> {
    let invalid = || ApiError::new(ProblemCode::InvalidToken);
    let real_now = ctx.app.clock.real_now();
    let claims = verified(ctx, token, real_now).await?;
    let cache_key = format!(
        "{}|{}|{}",
        claims.sub,
        claims.unit.as_deref().unwrap_or(""),
        claims.sid.as_deref().unwrap_or("")
    );
    if let Some(found) = ctx.app.actors.get(&cache_key, real_now) {
        return Ok(found);
    }
    let today = ctx.today();
    let found = ctx
        .read(move |conn| match claims.kind.as_str() {
            "client" => client_identity(conn, &claims.sub),
            _ => session_actor(conn, &claims, today, real_now),
        })
        .await?
        .ok_or_else(invalid)?;
    ctx.app.actors.put(cache_key, found.clone(), real_now);
    Ok(found)
}

async fn verified(ctx: &Ctx, token: &str, real_now: DateTime<Utc>) -> Result<Claims, ApiError> {
    let invalid = || ApiError::new(ProblemCode::InvalidToken);
    let header = decode_header(token).map_err(|_| invalid())?;
    let kid = header.kid.ok_or_else(invalid)?;
    let key = match ctx.app.signing.verifier(&kid) {
        Some(key) => key,
        // Another instance may have rotated the keys a moment ago.
        None if uuid::Uuid::parse_str(&kid).is_ok() => {
            super::jwks::refresh_keys(ctx).await?;
            ctx.app.signing.verifier(&kid).ok_or_else(invalid)?
        }
        None => return Err(invalid()),
    };
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[&ctx.app.config.issuer]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    validation.leeway = 0;
    // Expiry is compared below with the clock that is passed in.
    validation.validate_exp = false;
    let claims = decode::<Claims>(token, &key, &validation).map_err(|_| invalid())?.claims;
    if claims.exp <= real_now.timestamp() || claims.iat > real_now.timestamp() + 60 {
        return Err(invalid());
    }
    Ok(claims)
}

fn session_actor(
    conn: &mut Conn,
    claims: &Claims,
    today: chrono::NaiveDate,
    real_now: DateTime<Utc>,
) -> Result<Option<Identity>, ApiError> {
    let (Some(sid), Some(unit_code)) = (&claims.sid, &claims.unit) else { return Ok(None) };
    let Some(session) = accounts::session(conn, sid)? else { return Ok(None) };
    let alive = session.ended_at.is_none() && session.expires_at > real_now.naive_utc();
    let Some(user) = accounts::user(conn, &session.user_id)?.filter(|user| user.disabled_at.is_none()) else {
        return Ok(None);
    };
    let Some(unit) = kstt_persistence::units::by_code(conn, unit_code)? else { return Ok(None) };
    if !alive || user.id != claims.sub || unit.id != session.unit_id {
        return Ok(None);
    }
    Ok(Some(Identity {
        actor: person(conn, &user, &unit, today)?,
        session: Some(session.id),
        must_change_password: user.must_change_password,
    }))
}

/// A person acting for one unit with the roles held there on `today`.
pub fn person(
    conn: &mut Conn,
    user: &UserRow,
    unit: &UnitRow,
    today: chrono::NaiveDate,
) -> Result<Actor, ApiError> {
    let grants = accounts::live_grants(conn, &user.id, today)?;
    let mut roles: Vec<_> =
        grants.iter().filter(|(_, at)| at.id == unit.id).map(|(grant, _)| grant.role.0).collect();
    roles.sort();
    roles.dedup();
    Ok(Actor {
        kind: ActorKind::User,
        id: user.id.clone(),
        name: user.username.clone(),
        unit: Some(ActingUnit { id: unit.id.clone(), code: unit.code.clone(), kind: unit.kind.0 }),
        roles,
        scopes: Vec::new(),
    })
}

fn client_identity(conn: &mut Conn, id: &str) -> Result<Option<Identity>, ApiError> {
    let client = accounts::client(conn, id)?.filter(|client| client.disabled_at.is_none());
    Ok(client.map(|client| Identity { actor: service(&client), session: None, must_change_password: false }))
}

/// A service client with its scopes.
pub fn service(client: &ServiceClientRow) -> Actor {
    Actor {
        kind: ActorKind::Client,
        id: client.id.clone(),
        name: client.name.clone(),
        unit: None,
        roles: Vec::new(),
        scopes: client.scopes.split_whitespace().filter_map(ClientScope::from_code).collect(),
    }
}
