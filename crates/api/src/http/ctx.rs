//! Who calls and with what: read once per request, before the handler runs.

use std::future::Future;
use std::net::IpAddr;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, dev, web};
use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::policy::Actor;
use kstt_persistence::Conn;
use kstt_persistence::audit::Origin;

use super::{ApiError, ProblemCode, Reply, etag_version, say};
use crate::accounts::{Identity, authenticate};
use crate::app::App;
use crate::edge::Trace;

/// The longest `If-None-Match` that is read, in bytes.
pub const MAX_TAGS: usize = 500;

/// What every handler needs to know of a request.
#[derive(Clone)]
pub struct Ctx {
    pub app: Arc<App>,
    /// The product's time when the request came.
    pub now: DateTime<Utc>,
    pub trace_id: String,
    pub address: Option<IpAddr>,
    pub user_agent: Option<String>,
    pub if_match: Option<String>,
    pub if_none_match: Option<String>,
    pub idempotency_key: Option<String>,
    pub method: Method,
    /// Path and query as they came.
    pub address_asked: String,
}

impl Ctx {
    fn of(req: &HttpRequest) -> Result<Self, ApiError> {
        let app = req.app_data::<web::Data<App>>().ok_or_else(|| ApiError::new(ProblemCode::Internal))?;
        let app = app.clone().into_inner();
        let trace = req.extensions().get::<Trace>().cloned().unwrap_or_default();
        let text = |name: HeaderName| {
            req.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        for (name, limit) in [(header::IF_NONE_MATCH, MAX_TAGS), (header::IF_MATCH, 200)] {
            if req.headers().get(&name).is_some_and(|value| value.len() > limit) {
                let detail = say(
                    format!("{name} dài quá {limit} ký tự."),
                    format!("{name} is longer than {limit} characters."),
                );
                return Err(ApiError::because(ProblemCode::Malformed, detail));
            }
        }
        Ok(Self {
            now: app.clock.now(),
            trace_id: trace.id,
            address: trace.address,
            user_agent: text(header::USER_AGENT).map(|agent| agent.chars().take(300).collect()),
            if_match: text(header::IF_MATCH),
            if_none_match: text(header::IF_NONE_MATCH),
            // What is no text is refused with the keys that are too short, and not overlooked.
            idempotency_key: req
                .headers()
                .get("idempotency-key")
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            address_asked: req.uri().path_and_query().map_or_else(String::new, |address| address.to_string()),
            method: req.method().clone(),
            app,
        })
    }

    /// Today in Vietnam, by the product's clock.
    pub fn today(&self) -> NaiveDate {
        vn_date(self.now)
    }

    /// Where a change made by this request comes from.
    pub fn origin(&self) -> Origin {
        Origin {
            now: self.now,
            trace_id: self.trace_id.clone(),
            client_address: self.address.map(|address| address.to_string()),
        }
    }

    /// The version the caller changes from; every change of an existing thing needs it.
    pub fn expected_version(&self) -> Result<i64, ApiError> {
        match &self.if_match {
            Some(value) => etag_version(value),
            None => Err(ApiError::because(
                ProblemCode::PreconditionRequired,
                say("Gửi If-Match với ETag đã đọc.", "Send If-Match with the ETag you have read."),
            )),
        }
    }

    /// Runs `work` on a connection for reading, off the event loop.
    pub async fn read<T, F>(&self, work: F) -> Result<T, ApiError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, ApiError> + Send + 'static,
    {
        let app = self.app.clone();
        web::block(move || app.db.read(work))
            .await
            .unwrap_or_else(|_| Err(ApiError::new(ProblemCode::Unavailable)))
    }

    /// Renders an answer, or 304 when the caller has it already.
    pub fn answer(&self, reply: Reply) -> HttpResponse {
        match &reply.etag {
            Some(etag) if knows(self.if_none_match.as_deref(), etag) => {
                HttpResponse::NotModified().insert_header((header::ETAG, etag.clone())).finish()
            }
            _ => reply.into_response(),
        }
    }
}

/// Whether `If-None-Match` names the tag.
pub fn knows(if_none_match: Option<&str>, etag: &str) -> bool {
    let names = |tag: &str| tag.trim().trim_start_matches("W/") == etag || tag.trim() == "*";
    if_none_match.is_some_and(|tags| tags.split(',').any(names))
}

/// Anyone, logged in or not.
pub struct Visitor(pub Ctx);

impl FromRequest for Visitor {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        std::future::ready(Ctx::of(req).map(Self))
    }
}

impl Deref for Visitor {
    type Target = Ctx;

    fn deref(&self) -> &Ctx {
        &self.0
    }
}

/// What someone with a temporary password may still do.
const WITHOUT_NEW_PASSWORD: &[&str] = &["GET /v1/me", "PUT /v1/me/password", "POST /v1/auth/logout"];

fn may_do_without_new_password(req: &HttpRequest) -> bool {
    let operation = format!("{} {}", req.method(), req.match_pattern().unwrap_or_default());
    WITHOUT_NEW_PASSWORD.contains(&operation.as_str())
}

/// Someone who proved who they are, with the grants in force now.
#[derive(Clone)]
pub struct Caller {
    pub ctx: Ctx,
    pub actor: Actor,
    /// The session of a person's token.
    pub session: Option<String>,
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let ctx = Ctx::of(req);
        let bearer = bearer(req);
        let req = req.clone();
        Box::pin(async move {
            let ctx = ctx?;
            let Identity { actor, session, must_change_password } = authenticate(&ctx, &bearer?).await?;
            if let Some(trace) = req.extensions_mut().get_mut::<Trace>() {
                trace.actor = Some(actor.name.clone());
            }
            crate::edge::limit_account(&ctx.app, &actor.id)?;
            if must_change_password && !may_do_without_new_password(&req) {
                let detail = say("Hãy đổi mật khẩu tạm trước.", "Change the temporary password first.");
                return Err(ApiError::because(ProblemCode::Forbidden, detail));
            }
            Ok(Self { ctx, actor, session })
        })
    }
}

impl Deref for Caller {
    type Target = Ctx;

    fn deref(&self) -> &Ctx {
        &self.ctx
    }
}

fn bearer(req: &HttpRequest) -> Result<String, ApiError> {
    let header = req.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    token.ok_or_else(|| ApiError::new(ProblemCode::Unauthenticated))
}
