//! The secret that, with the code of an item, proves whose it is.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev};
use hmac::{Hmac, Mac};
use kstt_domain::policy::actions::FollowFeedback;
use kstt_domain::policy::{Permit, Target};
use kstt_persistence::Conn;
use kstt_persistence::feedback::{self as rows, FeedbackRow};
use sha2::Sha256;
use utoipa::IntoParams;

use crate::app::App;
use crate::http::{ApiError, Halt, Tx, canonical};

/// The secret of an item, in a header so that no address holds it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct SecretHeader {
    /// As it was told when the item was sent.
    #[param(rename = "Feedback-Secret", max_length = 100, example = "0a1b2-c3d4e-f5g6h-7j8k9")]
    feedback_secret: String,
}

/// The secret as it came; none is a wrong one.
#[derive(Clone)]
pub struct Secret(pub String);

impl FromRequest for Secret {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let value = req.headers().get("feedback-secret").and_then(|value| value.to_str().ok());
        ready(Ok(Self(value.unwrap_or_default().to_owned())))
    }
}

impl Secret {
    /// The fingerprint of a request that it came with: with another one nothing of the answer is kept.
    pub fn with(&self, body_hash: &str) -> String {
        canonical(format!("{body_hash} {}", self.0).as_bytes())
    }
}

/// Digits and letters that nobody takes for one another.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The secret of an item: derived from its code, never stored.
pub fn secret_of(app: &App, code: &str) -> String {
    let key = app.master.derive("feedback lookup");
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return String::new() };
    mac.update(code.as_bytes());
    let bytes = mac.finalize().into_bytes();
    let letters: Vec<char> =
        bytes.iter().take(20).map(|byte| ALPHABET[usize::from(byte % 32)].into()).collect();
    letters.chunks(5).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The item of a code and its secret. A wrong code and a wrong secret look and take the same.
pub fn proven(conn: &mut Conn, app: &App, code: &str, secret: &str) -> Result<FeedbackRow, ApiError> {
    let row = rows::by_code(conn, code)?.filter(|row| row.parent_id.is_none());
    let bare =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    // Digests are compared: how far they agree tells nothing of the secret.
    let digest = |text: &str| canonical(bare(text).as_bytes());
    let right = digest(&secret_of(app, code)) == digest(secret);
    row.filter(|_| right).ok_or_else(ApiError::not_found)
}

/// The item, and the citizen's permission to follow it.
pub fn own(
    tx: &mut Tx<'_>,
    code: &str,
    secret: &Secret,
) -> Result<(FeedbackRow, Permit<FollowFeedback>), Halt> {
    let row = proven(tx.conn, tx.app, code, &secret.0)?;
    let permit = tx.permit(&Target::city(&row.id))?;
    Ok((row, permit))
}
