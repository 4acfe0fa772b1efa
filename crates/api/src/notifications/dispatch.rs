//! From the sealed trail to its receivers: what happened is read in order, and what follows is stored once
//! for each.

use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::codes::Code;
use kstt_domain::notifications::{DeliveryState, EventPattern, NoticeKind};
use kstt_domain::policy::{ActingUnit, Actor, ActorKind, Role};
use kstt_persistence::audit::{self, AuditRow};
use kstt_persistence::notifications::{self as rows, DeliveryRow, MAIL, NotificationRow, WebhookRow};
use kstt_persistence::{Conn, Error, Stored, accounts, feedback, units};

use super::announce::{Notice, citizen_notice, notice};
use super::send::CITIZEN;
use crate::app::App;
use crate::audit::FeedSight;
use crate::http::{ApiError, Halt};

/// The name of this reader of the sequence.
const READER: &str = "messages";
/// So many events are read at once.
const BATCH: i64 = 200;

/// Reads what happened since the last time; answers whether there may be more at once.
pub fn dispatch_tick(app: &App) -> Result<bool, ApiError> {
    let (from, events) = app.db.read(|conn| {
        let from = rows::position(conn, READER)?;
        Ok::<_, Error>((from, audit::events_after(conn, from, BATCH)?))
    })?;
    let Some((last, _)) = events.last() else { return Ok(false) };
    let passed = app.db.write(|conn| {
        let mut dispatcher = Dispatcher::at(app, conn)?;
        for (_, event) in &events {
            dispatcher.pass_on(conn, event)?;
        }
        if rows::advance(conn, READER, from, *last)? { Ok(()) } else { Err(Halt::Raced) }
    });
    // Where another process has read the same, nothing of it is stored twice.
    Ok(Halt::unless_outrun(passed)?.is_some())
}

struct Dispatcher<'a> {
    app: &'a App,
    now: DateTime<Utc>,
    real_now: DateTime<Utc>,
    today: NaiveDate,
    webhooks: Vec<Subscription>,
}

/// A webhook, what it wants to hear, and what it may.
struct Subscription {
    id: String,
    events: Vec<EventPattern>,
    sight: FeedSight,
}

impl<'a> Dispatcher<'a> {
    fn at(app: &'a App, conn: &mut Conn) -> Result<Self, Error> {
        let now = app.clock.now();
        let today = vn_date(now);
        let mut webhooks = Vec::new();
        for row in rows::live_webhooks(conn)? {
            webhooks.extend(Subscription::of(conn, row, today)?);
        }
        Ok(Self { app, now, real_now: app.clock.real_now(), today, webhooks })
    }

    fn pass_on(&mut self, conn: &mut Conn, event: &AuditRow) -> Result<(), Error> {
        let unit = event.unit_id.as_deref();
        for webhook in &self.webhooks {
            let wanted = webhook.events.iter().any(|pattern| pattern.matches(&event.action));
            if wanted && webhook.sight.sees(&event.subject_kind, unit) {
                rows::enqueue(conn, &self.delivery(&webhook.id, &webhook.id, event))?;
            }
        }
        let notice = match notice(conn, &self.app.messages, event, self.today) {
            // Nobody can be told of an event that cannot be read; those after it do not wait for it.
            Err(Error::Corrupt(error)) => {
                log::error!("event {} cannot be told: {error}", event.id);
                None
            }
            notice => notice?,
        };
        if let Some(notice) = notice {
            for user in &notice.to {
                self.notify(conn, event, &notice, user)?;
            }
        }
        self.mail_citizen(conn, event)
    }

    /// Mails the sender of feedback, where they gave an address; the mail is made when it is sent.
    fn mail_citizen(&self, conn: &mut Conn, event: &AuditRow) -> Result<(), Error> {
        if !self.app.outgoing.sends_mail() || citizen_notice(event).is_none() {
            return Ok(());
        }
        let sender = feedback::sender(conn, &event.subject_id)?;
        if sender.is_some_and(|sender| sender.email_hash.is_some()) {
            rows::open_lane(conn, MAIL)?;
            rows::enqueue(conn, &self.delivery(MAIL, CITIZEN, event))?;
        }
        Ok(())
    }

    fn notify(&self, conn: &mut Conn, event: &AuditRow, notice: &Notice, user: &str) -> Result<(), Error> {
        let preferences = rows::preferences(conn, user)?;
        let mutes = |kind: NoticeKind| {
            let muted =
                preferences.as_ref().is_some_and(|p| p.muted.split(' ').any(|code| code == kind.code()));
            muted && kind.may_be_muted()
        };
        if mutes(notice.kind) {
            return Ok(());
        }
        let row = NotificationRow {
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
        };
        rows::insert(conn, &row)?;
        let by_mail =
            self.app.outgoing.sends_mail() && preferences.is_none_or(|preferences| preferences.email);
        let address = accounts::user(conn, user)?.and_then(|user| user.email);
        if by_mail && address.is_some() {
            rows::open_lane(conn, MAIL)?;
            rows::enqueue(conn, &self.delivery(MAIL, user, event))?;
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
