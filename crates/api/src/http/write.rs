//! One write: one transaction that holds the change, its audit row and the answer kept for retries.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::calendar::{WorkCalendar, vn_date};
use kstt_domain::policy::{Action, ActionKind, Actor, ActorKind, Permit, Target, permit, reach};
use kstt_persistence::audit::{Change, Origin};
use kstt_persistence::units::Viewers;
use kstt_persistence::{Conn, Db, Error, Revision, idempotency};

use super::{ApiError, Caller, Ctx, ProblemCode, Reply, Visitor, canonical, say};
use crate::app::App;
use crate::obligations::KnownRule;

/// Why a transaction was not committed.
pub enum Halt {
    Refused(ApiError),
    /// A dry run went through: this is what it would have answered.
    Rehearsed(Reply),
    /// Someone else kept the same idempotency key first: look again.
    Raced,
}

impl Halt {
    /// What background work of two processes at once comes to: nothing for the one that was slower, be it that
    /// a version had moved on or that the same row was stored a moment before.
    pub fn unless_outrun<T>(done: Result<T, Self>) -> Result<Option<T>, ApiError> {
        match done {
            Ok(done) => Ok(Some(done)),
            Err(Self::Refused(error)) if error.0.code != ProblemCode::Conflict => Err(error),
            Err(_) => Ok(None),
        }
    }
}

impl std::fmt::Display for Halt {
    /// One English sentence for an operator.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(error) => f.write_str(&error.sentence()),
            Self::Rehearsed(_) | Self::Raced => f.write_str("nothing was changed"),
        }
    }
}

impl From<ApiError> for Halt {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Refused(error.into())
    }
}

impl From<kstt_domain::policy::Refused> for Halt {
    fn from(refused: kstt_domain::policy::Refused) -> Self {
        Self::Refused(refused.into())
    }
}

/// An open transaction on someone's behalf.
pub struct Tx<'t> {
    pub conn: &'t mut Conn,
    pub app: &'t App,
    pub actor: &'t Actor,
    pub now: DateTime<Utc>,
    origin: Origin,
    calendar: Option<Arc<WorkCalendar>>,
    viewers: Option<Arc<Viewers>>,
    revision: Option<Revision>,
}

impl<'t> Tx<'t> {
    /// A transaction of the system itself, outside any request.
    pub fn of_system(conn: &'t mut Conn, app: &'t App, actor: &'t Actor) -> Self {
        Self::of_system_at(conn, app, actor, app.clock.now())
    }

    /// A transaction of the system about something that happened at another moment.
    pub fn of_system_at(conn: &'t mut Conn, app: &'t App, actor: &'t Actor, now: DateTime<Utc>) -> Self {
        let origin = Origin { now, trace_id: actor.name.clone(), client_address: None };
        Self { conn, app, actor, now, origin, calendar: None, viewers: None, revision: None }
    }

    /// The transaction of a request that has no caller yet, such as a login.
    pub fn of_request(conn: &'t mut Conn, ctx: &'t Ctx, actor: &'t Actor) -> Self {
        let mut origin = ctx.origin();
        if actor.kind == ActorKind::Citizen {
            // The trail outlives what is known of a sender.
            origin.client_address = None;
        }
        Self {
            conn,
            app: &ctx.app,
            actor,
            now: ctx.now,
            origin,
            calendar: None,
            viewers: None,
            revision: None,
        }
    }

    /// The same transaction, for what follows from the change and is done by someone else.
    pub fn on_behalf_of<'s>(&'s mut self, actor: &'s Actor) -> Tx<'s> {
        let (calendar, viewers) = (self.calendar.clone(), self.viewers.clone());
        let (now, origin, revision) = (self.now, self.origin.clone(), self.revision);
        Tx { conn: self.conn, app: self.app, actor, now, origin, calendar, viewers, revision }
    }

    /// The newest working calendar; read once, for transactions that do not change it.
    pub fn calendar(&mut self) -> Result<Arc<WorkCalendar>, ApiError> {
        if let Some(calendar) = &self.calendar {
            return Ok(calendar.clone());
        }
        Ok(self.calendar.insert(self.app.calendar(self.conn)?).clone())
    }

    /// Who sees the matters of which unit; read once, for transactions that change no unit.
    pub fn viewers(&mut self) -> Result<Arc<Viewers>, Error> {
        if let Some(viewers) = &self.viewers {
            return Ok(viewers.clone());
        }
        let revision = self.revision()?;
        Ok(self.viewers.insert(self.app.units.viewers_at(self.conn, revision)?).clone())
    }

    /// The control office of today, for transactions that change no unit: its id.
    pub fn office(&mut self) -> Result<Option<String>, Error> {
        let revision = self.revision()?;
        self.app.units.office_on(self.conn, revision, vn_date(self.now))
    }

    /// A deadline rule as it is on a day, for transactions that change none.
    pub fn rule_on(&mut self, rule: &str, day: NaiveDate) -> Result<Option<Arc<KnownRule>>, Error> {
        let revision = self.revision()?;
        self.app.rules.on(self.conn, revision, rule, day)
    }

    /// What had been changed when it was first asked.
    fn revision(&mut self) -> Result<Revision, Error> {
        match self.revision {
            Some(known) => Ok(known),
            None => Ok(*self.revision.insert(kstt_persistence::revision(self.conn)?)),
        }
    }

    /// A new id.
    pub fn id(&self) -> String {
        self.app.ids.id()
    }

    /// Whether the actor may do `A` to `target`.
    pub fn permit<A: ActionKind>(&self, target: &Target) -> Result<Permit<A>, ApiError> {
        Ok(permit::<A>(self.actor, target)?)
    }

    /// Writes the audit row of a change made under `permit`.
    pub fn audit<A: ActionKind>(&mut self, permit: &Permit<A>, change: Change<'_>) -> Result<(), ApiError> {
        let id = self.id();
        Ok(kstt_persistence::audit::record(self.conn, permit, &self.origin, id, change)?)
    }
}

impl Caller {
    /// Refuses early those who may do `action` to nothing at all.
    pub fn require(&self, action: Action) -> Result<(), ApiError> {
        reach(&self.actor, action).map(|_| ()).ok_or_else(ApiError::forbidden)
    }

    /// Runs `work` in one transaction. `body_hash` is the fingerprint of the request's content: with
    /// an `Idempotency-Key`, the same content gets the answer that was kept, other content a refusal.
    pub async fn write<F>(&self, body_hash: &str, work: F) -> Result<HttpResponse, ApiError>
    where
        F: Fn(&mut Tx<'_>) -> Result<Reply, Halt> + Send + 'static,
    {
        write(self.ctx.clone(), self.actor.clone(), body_hash.to_owned(), work).await
    }

    /// Like [`Self::write`], for what is told and not made: each time it is judged anew, and no answer is kept.
    pub async fn tell<F>(&self, work: F) -> Result<HttpResponse, ApiError>
    where
        F: Fn(&mut Tx<'_>) -> Result<Reply, Halt> + Send + 'static,
    {
        let ctx = Ctx { idempotency_key: None, ..self.ctx.clone() };
        write(ctx, self.actor.clone(), String::new(), work).await
    }
}

impl Visitor {
    /// Runs `work` in one transaction on behalf of someone without an account. What is kept for a retry is
    /// what `work` answers; `complete` adds to it what must not be kept, each time it is told.
    pub async fn write_as_citizen<F, C>(
        &self,
        body_hash: &str,
        complete: C,
        work: F,
    ) -> Result<HttpResponse, ApiError>
    where
        F: Fn(&mut Tx<'_>) -> Result<Reply, Halt> + Send + 'static,
        C: Fn(&str) -> Result<String, ApiError>,
    {
        let (mut reply, replayed) =
            written(self.0.clone(), Actor::citizen(), body_hash.to_owned(), work).await?;
        reply.body = complete(&reply.body)?;
        Ok(respond(reply, replayed))
    }
}

async fn write<F>(ctx: Ctx, actor: Actor, body_hash: String, work: F) -> Result<HttpResponse, ApiError>
where
    F: Fn(&mut Tx<'_>) -> Result<Reply, Halt> + Send + 'static,
{
    let (reply, replayed) = written(ctx, actor, body_hash, work).await?;
    Ok(respond(reply, replayed))
}

/// What was done, and whether it had been done before.
async fn written<F>(ctx: Ctx, actor: Actor, body_hash: String, work: F) -> Result<(Reply, bool), ApiError>
where
    F: Fn(&mut Tx<'_>) -> Result<Reply, Halt> + Send + 'static,
{
    let key = Arc::new(retry_key(&ctx, &actor, body_hash)?);
    // Tried again it may run on another thread, but never on two at once.
    let (ctx, work) = (Arc::new(ctx), Arc::new(Mutex::new((actor, work))));
    for _ in 0..3 {
        let (here, kept, work) = (ctx.clone(), key.clone(), work.clone());
        let turn = move |conn: &mut Conn| {
            let (actor, work) = &*work.lock().unwrap_or_else(PoisonError::into_inner);
            attempt(conn, &here, actor, kept.as_ref().as_ref(), work)
        };
        match in_turn(&ctx.app.db, turn).await? {
            Ok(outcome) => return Ok(outcome),
            Err(Halt::Refused(error)) => return refused(&ctx, &key, error).await,
            Err(Halt::Rehearsed(reply)) => return Ok((reply, false)),
            Err(Halt::Raced) => actix_web::rt::time::sleep(Duration::from_millis(5)).await,
        }
    }
    Err(ApiError::new(ProblemCode::Unavailable))
}

/// Runs `work` when its turn comes, off the event loop.
async fn in_turn<T: Send + 'static>(
    db: &Db,
    work: impl FnMut(&mut Conn) -> Result<T, Halt> + Send + 'static,
) -> Result<Result<T, Halt>, ApiError> {
    let (tell, told) = tokio::sync::oneshot::channel();
    // Nobody listens when whoever asked has gone.
    if let Some(waiting) = db.hand_in(work, move |done| drop(tell.send(done))) {
        drop(web::block(waiting));
    }
    told.await.map_err(|_| ApiError::new(ProblemCode::Unavailable))
}

fn respond(reply: Reply, replayed: bool) -> HttpResponse {
    let mut response = reply.into_response();
    if replayed {
        response.headers_mut().insert(
            actix_web::http::header::HeaderName::from_static("idempotency-replayed"),
            actix_web::http::header::HeaderValue::from_static("true"),
        );
    }
    response
}

/// A refusal, unless the same request was done a moment ago while this one looked: its answer counts.
async fn refused(
    ctx: &Ctx,
    key: &Arc<Option<idempotency::Key>>,
    error: ApiError,
) -> Result<(Reply, bool), ApiError> {
    if key.is_none() {
        return Err(error);
    }
    let key = key.clone();
    let found = ctx.read(move |conn| {
        let Some(key) = key.as_ref() else { return Ok(None) };
        let kept = idempotency::find(conn, key)?;
        kept.map(|kept| kept_reply(key, kept)).transpose()
    });
    match found.await? {
        Some(reply) => Ok((reply, true)),
        None => Err(error),
    }
}

fn attempt<F>(
    conn: &mut Conn,
    ctx: &Ctx,
    actor: &Actor,
    key: Option<&idempotency::Key>,
    work: &F,
) -> Result<(Reply, bool), Halt>
where
    F: Fn(&mut Tx<'_>) -> Result<Reply, Halt>,
{
    if let Some(key) = key
        && let Some(kept) = idempotency::find(conn, key)?
    {
        return kept_reply(key, kept).map(|reply| (reply, true)).map_err(Halt::Refused);
    }
    let reply = work(&mut Tx::of_request(conn, ctx, actor))?;
    if let Some(key) = key {
        let headers = serde_json::json!({ "etag": reply.etag, "location": reply.location }).to_string();
        let body = reply.kept.as_deref().unwrap_or(&reply.body);
        let status = i32::from(reply.status.as_u16());
        let now = ctx.app.clock.real_now().naive_utc();
        idempotency::keep(conn, key, idempotency::Kept { status, headers, body: body.to_owned() }, now)
            .map_err(|error| if error.is_unique_violation() { Halt::Raced } else { error.into() })?;
    }
    Ok((reply, false))
}

fn kept_reply(key: &idempotency::Key, kept: idempotency::Found) -> Result<Reply, ApiError> {
    if kept.request_hash != key.request_hash {
        return Err(ApiError::new(ProblemCode::IdempotencyKeyReused));
    }
    let headers: serde_json::Value = serde_json::from_str(&kept.kept.headers).unwrap_or_default();
    let text = |name: &str| headers[name].as_str().map(str::to_owned);
    Ok(Reply {
        status: u16::try_from(kept.kept.status)
            .ok()
            .and_then(|s| StatusCode::from_u16(s).ok())
            .unwrap_or(StatusCode::OK),
        body: kept.kept.body,
        etag: text("etag"),
        location: text("location"),
        kept: None,
    })
}

fn retry_key(ctx: &Ctx, actor: &Actor, request_hash: String) -> Result<Option<idempotency::Key>, ApiError> {
    let Some(key) = &ctx.idempotency_key else { return Ok(None) };
    if !(16..=200).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ApiError::because(
            ProblemCode::Malformed,
            say(
                "Idempotency-Key dài 16–200 ký tự ASCII, không có dấu cách.",
                "Idempotency-Key is 16–200 ASCII characters without blanks.",
            ),
        ));
    }
    // Two people without accounts may choose the same key; one person may act for two units.
    let whose = match (&actor.unit, actor.kind) {
        (_, ActorKind::Citizen) => request_hash.clone(),
        (Some(unit), _) => format!("{} {}", actor.id, unit.id),
        (None, _) => actor.id.clone(),
    };
    Ok(Some(idempotency::Key {
        scope: canonical(format!("{} {} {whose}", ctx.method, ctx.address_asked).as_bytes()),
        key: key.clone(),
        request_hash,
    }))
}
