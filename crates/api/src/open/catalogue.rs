//! The signature of the day's catalogue.

use chrono::NaiveDate;
use jsonwebtoken::{Algorithm, Header, encode};
use kstt_persistence::procedures::Fingerprint;
use serde::Serialize;

use super::build::Taken;
use crate::http::{ApiError, ProblemCode};

/// What is signed. It has neither subject nor audience, so that nobody is let in with it.
#[derive(Serialize)]
struct Signed<'a> {
    iss: &'a str,
    day: NaiveDate,
    /// The registry's revision.
    revision: i64,
    procedures: i64,
    sha256: &'a str,
}

/// A compact JWS (EdDSA) over the fingerprint.
pub fn sign(taken: &Taken<'_>, fingerprint: &Fingerprint) -> Result<String, ApiError> {
    let (kid, key) = &taken.signer;
    let header = Header {
        typ: Some("kstt-catalogue".into()),
        kid: Some(kid.clone()),
        ..Header::new(Algorithm::EdDSA)
    };
    let signed = Signed {
        iss: &taken.app.config.issuer,
        day: taken.day,
        revision: taken.revision.procedures,
        procedures: fingerprint.procedures,
        sha256: &fingerprint.sha256,
    };
    encode(&header, &signed, key).map_err(|error| {
        log::error!("the catalogue cannot be signed: {error}");
        ApiError::new(ProblemCode::Internal)
    })
}
