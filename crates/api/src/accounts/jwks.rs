//! The public half of the signing keys, and keeping the keys of this process fresh.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::contract::problems;
use crate::http::{ApiError, Ctx, ProblemCode, Reply, Visitor};

/// Reads the signing keys again: another process may have rotated them.
pub async fn refresh_keys(ctx: &Ctx) -> Result<(), ApiError> {
    let app = ctx.app.clone();
    let real_now = app.clock.real_now();
    ctx.read(move |conn| {
        app.signing.refresh(conn, &app.master, real_now).map_err(|error| {
            log::error!("keys: {error}");
            ApiError::new(ProblemCode::Internal)
        })
    })
    .await
}

/// A public key that verifies access tokens (RFC 8037).
#[derive(Serialize, ToSchema)]
struct Jwk {
    #[schema(max_length = 10)]
    kty: &'static str,
    #[schema(max_length = 10)]
    crv: &'static str,
    #[schema(max_length = 10)]
    alg: &'static str,
    #[schema(max_length = 10)]
    r#use: &'static str,
    #[schema(max_length = 36)]
    kid: String,
    #[schema(max_length = 100)]
    x: String,
}

/// Public keys.
#[derive(Serialize, ToSchema)]
struct Jwks {
    #[schema(max_items = 100)]
    keys: Vec<Jwk>,
}

/// Public keys of access tokens
///
/// The keys that verify access tokens now, newest first. Old keys stay for an hour after a rotation.
#[utoipa::path(tag = "auth", operation_id = "getKeys", security(()), responses(
    (status = 200, description = "The keys", body = Jwks), problems::Open,
))]
#[get("/.well-known/jwks.json")]
async fn keys(visitor: Visitor) -> Result<HttpResponse, ApiError> {
    refresh_keys(&visitor.0).await?;
    let keys = visitor.app.signing.public().into_iter().map(|(kid, x)| Jwk {
        kty: "OKP",
        crv: "Ed25519",
        alg: "EdDSA",
        r#use: "sig",
        kid,
        x,
    });
    Ok(Reply::ok(&Jwks { keys: keys.collect() })?.into_response())
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(keys);
}
