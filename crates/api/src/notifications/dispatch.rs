//! From the sealed trail to its receivers: what happened is read in order, and what follows is stored once
//! for each.

use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::codes::Code;
use kstt_domain::notifications::{DeliveryState, EventPattern};
use kstt_domain::policy::{ActingUnit, Actor, ActorKind, Role};
use kstt_persistence::audit::{self, AuditRow};
use kstt_persistence::notifications::{self as rows, DeliveryRow, MAIL, NotificationRow, WebhookRow};
use kstt_persistence::{Conn, Error, Stored, feedback, units};

use super::announce::{Notice, citizen_notice, notice};
use super::known::Known;
use super::send::CITIZEN;
use crate::app::App;
use crate::audit::FeedSight;
use crate::http::{ApiError, Halt};

/// The name of this reader of the sequence.
const READER: &str = "messages";
/// So many events are read at once.
const BATCH: i64 = 1000;

/// Reads what happened since the last time; answers whether there may be more at once.
pub fn dispatch_tick(app: &App) -> Result<bool, ApiError> {
    // Looked up beside those who write, so that they wait only while it is stored.
    let Some(following) = app.db.snapshot(|conn| follow(app, conn))? else { return Ok(false) };
    let stored = app.db.write(|conn| following.store(conn));
    // Where another process has read the same, nothing of it is stored twice.
    Ok(Halt::unless_outrun(stored)?.is_some())
}

/// What follows from some events.
struct Following {
    /// The places before the first of them and of the last.
    places: (i64, i64),
    notices: Vec<NotificationRow>,
    deliveries: Vec<DeliveryRow>,
}

impl Following {
    fn store(&self, conn: &mut Conn) -> Result<(), Halt> {
        for row in &self.notices {
            rows::insert(conn, row)?;
        }
        if self.deliveries.iter().any(|delivery| delivery.lane == MAIL) {
            rows::open_lane(conn, MAIL)?;
        }
        for row in &self.deliveries {
            rows::enqueue(conn, row)?;
        }
        if rows::advance(conn, READER, self.places.0, self.places.1)? { Ok(()) } else { Err(Halt::Raced) }
    }
}

fn follow(app: &App, conn: &mut Conn) -> Result<Option<Following>, Error> {
    let from = rows::position(conn, READER)?;
    let events = audit::events_after(conn, from, BATCH)?;
    let Some((last, _)) = events.last() else { return Ok(None) };
    let following = Following { places: (from, *last), notices: Vec::new(), deliveries: Vec::new() };
    let mut dispatcher = Dispatcher::at(app, conn, following)?;
    for (_, event) in &events {
        dispatcher.pass_on(event)?;
    }
    Ok(Some(dispatcher.following))
}

struct Dispatcher<'a> {
    app: &'a App,
    now: DateTime<Utc>,
    real_now: DateTime<Utc>,
    webhooks: Vec<Subscription>,
    known: Known<'a>,
    following: Following,
}

/// A webhook, what it wants to hear, and what it may.
struct Subscription {
    id: String,
    events: Vec<EventPattern>,
    sight: FeedSight,
}

impl<'a> Dispatcher<'a> {
    fn at(app: &'a App, conn: &'a mut Conn, following: Following) -> Result<Self, Error> {
        let now = app.clock.now();
        let today = vn_date(now);
        let mut webhooks = Vec::new();
        for row in rows::live_webhooks(conn)? {
            webhooks.extend(Subscription::of(conn, row, today)?);
        }
        let viewers = app.units.viewers(conn)?;
        let known = Known::at(conn, today, viewers);
        Ok(Self { app, now, real_now: app.clock.real_now(), webhooks, known, following })
    }

    fn pass_on(&mut self, event: &AuditRow) -> Result<(), Error> {
        let unit = event.unit_id.as_deref();
        for webhook in &self.webhooks {
            let wanted = webhook.events.iter().any(|pattern| pattern.matches(&event.action));
            if wanted && webhook.sight.sees(&event.subject_kind, unit) {
                self.following.deliveries.push(self.delivery(&webhook.id, &webhook.id, event));
            }
        }
        let notice = match notice(&mut self.known, &self.app.messages, event) {
            // Nobody can be told of an event that cannot be read; those after it do not wait for it.
            Err(Error::Corrupt(error)) => {
                log::error!("event {} cannot be told: {error}", event.id);
                None
            }
            notice => notice?,
        };
        if let Some(notice) = notice {
            for user in &notice.to {
                self.notify(event, &notice, user)?;
            }
        }
        self.mail_citizen(event)
    }

    /// Mails the sender of feedback, where they gave an address; the mail is made when it is sent.
    fn mail_citizen(&mut self, event: &AuditRow) -> Result<(), Error> {
        if !self.app.outgoing.sends_mail() || citizen_notice(event).is_none() {
            return Ok(());
        }
        let sender = feedback::sender(self.known.conn, &event.subject_id)?;
        if sender.is_some_and(|sender| sender.email_hash.is_some()) {
            self.following.deliveries.push(self.delivery(MAIL, CITIZEN, event));
        }
        Ok(())
    }

    fn notify(&mut self, event: &AuditRow, notice: &Notice, user: &str) -> Result<(), Error> {
        let ways = self.known.ways(user)?;
        if notice.kind.may_be_muted() && ways.muted.iter().any(|code| code == notice.kind.code()) {
            return Ok(());
        }
        self.following.notices.push(NotificationRow {
            id: self.app.ids.id(),
            user_id: user.to_owned(),
            event_id: event.id.clone(),
            kind: Stored(notice.kind),
            unit_id: notice.unit_id.clone(),
            subject_kind: event.subject_kind.clone(),
            subject_id: event.subject_id.clone(),
            facts: notice.facts.clone(),
            created_at: self.now.naive_utc(),
            read_at: None,
        });
        if ways.by_mail && self.app.outgoing.sends_mail() {
            self.following.deliveries.push(self.delivery(MAIL, user, event));
        }
        Ok(())
    }

    fn delivery(&self, lane: &str, recipient: &str, event: &AuditRow) -> DeliveryRow {
        let now = self.real_now.naive_utc();
        DeliveryRow {
            id: self.app.ids.id(),
            lane: lane.to_owned(),
            recipient: recipient.to_owned(),
            event_id: event.id.clone(),
            state: Stored(DeliveryState::Pending),
            attempts: 0,
            next_attempt_at: now,
            last_error: None,
            created_at: now,
            updated_at: now,
        }
    }
}

impl Subscription {
    /// A webhook hears what a controller of its unit may learn from the changes feed.
    fn of(conn: &mut Conn, row: WebhookRow, today: NaiveDate) -> Result<Option<Self>, Error> {
        let Some(unit) = units::by_id(conn, &row.unit_id)? else { return Ok(None) };
        let eyes = Actor {
            kind: ActorKind::User,
            id: row.id.clone(),
            name: row.name,
            unit: Some(ActingUnit { id: unit.id, code: unit.code, kind: unit.kind.0 }),
            roles: vec![Role::Controller],
            scopes: Vec::new(),
        };
        let events = row.events.split(' ').filter_map(|pattern| pattern.parse().ok()).collect();
        Ok(Some(Self { id: row.id, events, sight: FeedSight::of(conn, &eyes, today)? }))
    }
}
