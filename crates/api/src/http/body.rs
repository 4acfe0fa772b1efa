//! Bodies: read within a limit and a time, refused clearly, with the place of the fault.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest, dev};
use kstt_persistence::hex;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{ApiError, FieldFault, ProblemCode, say};

/// Bodies of ordinary operations are no longer than this.
const ORDINARY: usize = 1 << 20;
/// A body that is not there after this time is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A JSON body read into `T`.
pub struct Body<T, const LIMIT: usize = ORDINARY> {
    pub value: T,
    /// SHA-256 of the bytes, to recognise a retry.
    pub hash: String,
}

impl<T: DeserializeOwned, const LIMIT: usize> FromRequest for Body<T, LIMIT> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(req: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let declared = require_type(req, &["application/json"]);
        let bytes = collect(req, payload, LIMIT);
        Box::pin(async move {
            declared?;
            let bytes = bytes.await?;
            Ok(Self { value: parse(&bytes)?, hash: canonical(&bytes) })
        })
    }
}

/// The bytes of a body of up to `LIMIT` bytes, for imports.
pub struct RawBody<const LIMIT: usize>(pub Bytes);

impl<const LIMIT: usize> FromRequest for RawBody<LIMIT> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(req: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let declared = require_type(req, &["application/json", "application/x-ndjson"]);
        let bytes = collect(req, payload, LIMIT);
        Box::pin(async move {
            declared?;
            bytes.await.map(Self)
        })
    }
}

/// One JSON object a line.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 33_554_432)]
#[allow(dead_code)]
pub struct JsonLines(String);

/// The bytes of a file of up to `LIMIT` bytes and the type they are said to be. The operation judges the
/// type, once it knows that the caller may send a file at all.
pub struct FileBody<const LIMIT: usize> {
    /// In lower case and without parameters; empty when none is stated.
    pub media_type: String,
    pub bytes: Bytes,
}

impl<const LIMIT: usize> FromRequest for FileBody<LIMIT> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(req: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let media_type = media_type(req);
        let bytes = collect(req, payload, LIMIT);
        Box::pin(async move { Ok(Self { media_type, bytes: bytes.await? }) })
    }
}

/// The fingerprint of a body.
pub fn canonical(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes))
}

fn require_type(req: &HttpRequest, accepted: &[&str]) -> Result<(), ApiError> {
    if accepted.contains(&media_type(req).as_str()) { Ok(()) } else { Err(unsupported_type(accepted)) }
}

fn media_type(req: &HttpRequest) -> String {
    let stated =
        req.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    stated.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Refuses a body that is of none of the accepted types.
pub fn unsupported_type(accepted: &[&str]) -> ApiError {
    let accepted = accepted.join(", ");
    ApiError::because(
        ProblemCode::UnsupportedMediaType,
        say(format!("Content-Type phải là {accepted}."), format!("Content-Type must be {accepted}.")),
    )
}

fn collect(
    req: &HttpRequest,
    payload: &mut dev::Payload,
    limit: usize,
) -> impl Future<Output = Result<Bytes, ApiError>> + use<> {
    let declared = req
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let mut payload = payload.take();
    async move {
        let too_large = || {
            ApiError::because(
                ProblemCode::PayloadTooLarge,
                say(
                    format!("Nội dung dài quá {limit} byte."),
                    format!("The content is longer than {limit} bytes."),
                ),
            )
        };
        if declared.is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let reading = async {
            let mut bytes = BytesMut::new();
            while let Some(chunk) = std::future::poll_fn(|cx| next(&mut payload, cx)).await {
                let chunk = chunk.map_err(|_| ApiError::new(ProblemCode::Malformed))?;
                if bytes.len() + chunk.len() > limit {
                    return Err(too_large());
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok(bytes.freeze())
        };
        actix_web::rt::time::timeout(PATIENCE, reading)
            .await
            .unwrap_or_else(|_| Err(ApiError::new(ProblemCode::RequestTimeout)))
    }
}

type Chunk = Option<Result<Bytes, actix_web::error::PayloadError>>;

fn next(payload: &mut dev::Payload, cx: &mut std::task::Context<'_>) -> std::task::Poll<Chunk> {
    use futures_core::Stream;
    Pin::new(payload).poll_next(cx)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("{}:{}", error.line(), error.column());
        ApiError::because(
            ProblemCode::Malformed,
            say(
                format!("Không phải JSON hợp lệ (dòng:cột {place})."),
                format!("Not valid JSON (line:column {place})."),
            ),
        )
    })?;
    let mut control = Vec::new();
    find_control(&value, &mut String::new(), &mut control);
    if !control.is_empty() {
        return Err(ApiError::invalid(control));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer = pointer_of(error.path());
        let detail = error.inner().to_string();
        let detail =
            say(format!("Không đúng khuôn dạng: {detail}."), format!("Not of the right shape: {detail}."));
        ApiError::fault(pointer, "shape", detail)
    })
}

/// The place of a fault as a JSON Pointer.
pub fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escape(key)),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Control characters but tab and line ends have no place in any text, and PostgreSQL stores no NUL.
fn find_control(value: &Value, pointer: &mut String, found: &mut Vec<FieldFault>) {
    let length = pointer.len();
    let bad = |text: &str| text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    match value {
        Value::String(text) if bad(text) => found.push(FieldFault {
            pointer: pointer.clone(),
            code: "control_character",
            detail: say("Có ký tự điều khiển.", "It holds a control character."),
        }),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                find_control(item, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Object(entries) => {
            for (key, item) in entries {
                pointer.push('/');
                pointer.push_str(&escape(key).replace(char::is_control, "?"));
                if bad(key) {
                    find_control(&Value::String(key.clone()), pointer, found);
                }
                find_control(item, pointer, found);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}
