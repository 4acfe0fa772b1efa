//! Refusals, as RFC 9457 problems with stable codes, in Vietnamese or English.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use kstt_domain::codes::Code;
use serde::Serialize;
use utoipa::ToSchema;

kstt_domain::codes! {
    /// Why a request was refused.
    pub enum ProblemCode : "problem_code" {
        Malformed = "malformed", "Yêu cầu không đọc được", "The request cannot be read";
        UnknownParameter = "unknown_parameter", "Tham số không có", "There is no such parameter";
        InvalidCursor = "invalid_cursor", "Con trỏ trang không dùng được", "The page cursor cannot be used";
        Unauthenticated = "unauthenticated", "Cần đăng nhập", "Authentication is needed";
        InvalidCredentials = "invalid_credentials", "Sai thông tin đăng nhập", "The credentials are wrong";
        InvalidToken = "invalid_token", "Mã truy cập không còn dùng được", "The token cannot be used";
        Forbidden = "forbidden", "Không được phép", "Not allowed";
        NotFound = "not_found", "Không tìm thấy", "Not found";
        MethodNotAllowed = "method_not_allowed", "Không có thao tác này", "There is no such method here";
        NotAcceptable = "not_acceptable", "Không có định dạng được yêu cầu", "No acceptable format";
        RequestTimeout = "request_timeout", "Yêu cầu gửi quá chậm", "The request came too slowly";
        Conflict = "conflict", "Trái với trạng thái hiện tại", "In conflict with the present state";
        IdempotencyKeyReused = "idempotency_key_reused", "Khóa chống lặp đã dùng cho nội dung khác", "The idempotency key was used for other content";
        StaleVersion = "stale_version", "Đã có người sửa trước", "Someone changed it before";
        PayloadTooLarge = "payload_too_large", "Nội dung quá lớn", "The content is too large";
        UnsupportedMediaType = "unsupported_media_type", "Không nhận kiểu nội dung này", "The content type is not accepted";
        RangeNotSatisfiable = "range_not_satisfiable", "Không có phần được yêu cầu", "There is no such part";
        Invalid = "invalid", "Nội dung chưa hợp lệ", "The content is not valid";
        PreconditionRequired = "precondition_required", "Cần If-Match", "If-Match is needed";
        TooManyRequests = "too_many_requests", "Quá nhiều yêu cầu", "Too many requests";
        Internal = "internal", "Lỗi của hệ thống", "The system failed";
        Unavailable = "unavailable", "Hệ thống đang bận", "The system is busy";
    }
}

impl ProblemCode {
    /// The HTTP status of this code.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Malformed | Self::UnknownParameter | Self::InvalidCursor => StatusCode::BAD_REQUEST,
            Self::Unauthenticated | Self::InvalidCredentials | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict | Self::IdempotencyKeyReused => StatusCode::CONFLICT,
            Self::StaleVersion => StatusCode::PRECONDITION_FAILED,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::RangeNotSatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The code for a status answered by the framework itself.
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            400 => Self::Malformed,
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            406 => Self::NotAcceptable,
            408 => Self::RequestTimeout,
            413 => Self::PayloadTooLarge,
            415 => Self::UnsupportedMediaType,
            416 => Self::RangeNotSatisfiable,
            429 => Self::TooManyRequests,
            503 => Self::Unavailable,
            code if code >= 500 => Self::Internal,
            _ => Self::Malformed,
        }
    }
}

/// One sentence in both languages.
#[derive(Debug, Clone)]
pub struct Say {
    pub vi: String,
    pub en: String,
}

/// One sentence in both languages.
pub fn say(vi: impl Into<String>, en: impl Into<String>) -> Say {
    Say { vi: vi.into(), en: en.into() }
}

/// One fault of the content.
#[derive(Debug, Clone)]
pub struct FieldFault {
    pub pointer: String,
    pub code: &'static str,
    pub detail: Say,
}

/// A refusal before it is rendered in the caller's language.
#[derive(Debug, Clone)]
pub struct Problem {
    pub code: ProblemCode,
    pub detail: Option<Say>,
    pub errors: Vec<FieldFault>,
    /// Seconds after which to try again.
    pub retry_after: Option<u64>,
    /// The present `ETag` of a thing that someone changed before.
    pub current_etag: Option<String>,
}

/// The error of every handler.
#[derive(Debug, Clone)]
pub struct ApiError(pub Box<Problem>);

impl ApiError {
    /// A refusal by code alone.
    pub fn new(code: ProblemCode) -> Self {
        Self(Box::new(Problem {
            code,
            detail: None,
            errors: Vec::new(),
            retry_after: None,
            current_etag: None,
        }))
    }

    /// A refusal with one sentence.
    pub fn because(code: ProblemCode, detail: Say) -> Self {
        let mut error = Self::new(code);
        error.0.detail = Some(detail);
        error
    }

    /// Understood but invalid, with every fault.
    pub fn invalid(errors: Vec<FieldFault>) -> Self {
        let mut error = Self::new(ProblemCode::Invalid);
        error.0.errors = errors;
        error
    }

    /// Understood but invalid, with its one fault.
    pub fn fault(pointer: impl Into<String>, code: &'static str, detail: Say) -> Self {
        Self::invalid(vec![FieldFault { pointer: pointer.into(), code, detail }])
    }

    /// One fault of the query or the path.
    pub fn parameter(code: ProblemCode, name: &str, detail: Say) -> Self {
        let mut error = Self::because(code, detail.clone());
        error.0.errors = vec![FieldFault { pointer: format!("/query/{name}"), code: "parameter", detail }];
        error
    }

    /// One English sentence for an operator.
    pub fn sentence(&self) -> String {
        let first = || self.0.errors.first().map(|fault| fault.detail.en.clone());
        let detail = self.0.detail.as_ref().map(|detail| detail.en.clone());
        detail.or_else(first).unwrap_or_else(|| self.0.code.label_en().to_owned())
    }

    /// Not there, or not to be known about.
    pub fn not_found() -> Self {
        Self::new(ProblemCode::NotFound)
    }

    /// Not allowed, and the caller may know that the thing exists.
    pub fn forbidden() -> Self {
        Self::new(ProblemCode::Forbidden)
    }

    /// Someone changed the thing before; its present `ETag` is told.
    pub fn stale(current_etag: Option<String>) -> Self {
        let mut error = Self::new(ProblemCode::StaleVersion);
        error.0.current_etag = current_etag;
        error
    }

    /// In conflict with the present state.
    pub fn conflict(detail: Say) -> Self {
        Self::because(ProblemCode::Conflict, detail)
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.code)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    /// Carries the problem to the edge, which knows the caller's language and trace.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.0.as_ref().clone());
        response
    }
}

impl From<kstt_persistence::Error> for ApiError {
    fn from(error: kstt_persistence::Error) -> Self {
        // Someone else stored the same a moment ago, after it was looked for.
        if error.is_unique_violation() {
            log::warn!("database: {error}");
            return Self::new(ProblemCode::Conflict);
        }
        log::error!("database: {error}");
        match error {
            kstt_persistence::Error::Busy(_) => {
                let mut busy = Self::new(ProblemCode::Unavailable);
                busy.0.retry_after = Some(1);
                busy
            }
            _ => Self::new(ProblemCode::Internal),
        }
    }
}

impl From<kstt_domain::policy::Refused> for ApiError {
    fn from(_: kstt_domain::policy::Refused) -> Self {
        Self::forbidden()
    }
}

/// A refusal on the wire (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A URI that names the kind of problem.
    #[schema(example = "/problems/not_found", max_length = 200)]
    pub r#type: String,
    /// What kind of problem it is, for people.
    #[schema(max_length = 300)]
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, format = "int32")]
    pub status: u16,
    /// Stable code for programs.
    pub code: ProblemCode,
    /// What was wrong this time, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub detail: Option<String>,
    /// Every fault found in the content, all at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    pub errors: Vec<FieldFaultBody>,
    /// Names this request in the log.
    #[schema(max_length = 64)]
    pub trace_id: String,
}

/// One fault of the content.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldFault)]
pub struct FieldFaultBody {
    /// JSON Pointer into the body, `/query/<name>` or `/path/<name>`.
    #[schema(max_length = 500)]
    pub pointer: String,
    /// Stable code of the fault.
    #[schema(max_length = 100)]
    pub code: String,
    /// What is wrong, for people.
    #[schema(max_length = 2000)]
    pub detail: String,
}

/// At most so many faults are told, with texts no longer than the contract says.
const MAX_FAULTS: usize = 1000;
const MAX_POINTER: usize = 500;
const MAX_DETAIL: usize = 2000;

fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

impl Problem {
    /// The wire form in one language.
    pub fn render(&self, english: bool, trace_id: &str) -> ProblemBody {
        let pick = |text: &Say| cut(if english { &text.en } else { &text.vi }, MAX_DETAIL);
        ProblemBody {
            r#type: format!("/problems/{}", self.code),
            title: if english { self.code.label_en() } else { self.code.label_vi() }.to_owned(),
            status: self.code.status().as_u16(),
            code: self.code,
            detail: self.detail.as_ref().map(pick),
            errors: self
                .errors
                .iter()
                .take(MAX_FAULTS)
                .map(|fault| FieldFaultBody {
                    pointer: cut(&fault.pointer, MAX_POINTER),
                    code: fault.code.to_owned(),
                    detail: pick(&fault.detail),
                })
                .collect(),
            trace_id: trace_id.to_owned(),
        }
    }
}
