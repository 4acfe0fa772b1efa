//! Bringing messages out: one turn serves one lane for a while.
//!
//! A message is sent before it is noted as sent, so a process that dies in between sends it again, under
//! the same id. A lane that fails is left alone for a while, so that its receiver keeps nobody else waiting.

mod envelope;
mod mail;
mod network;
mod webhook;

use chrono::TimeDelta;
use kstt_domain::notifications::Retries;
use kstt_persistence::Error;
use kstt_persistence::notifications::{self as rows, MAIL, Outbound};

use crate::app::App;
use crate::config::Config;
use crate::http::{ApiError, Say};

pub use mail::CITIZEN;
pub use webhook::{TestResult, seal_secret, test};

/// Longer than one attempt may take.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// So many messages are sent in one turn: between turns a process may be told to stop, and has to be heard soon
/// though each may wait its full time.
const TURN: i64 = 3;

/// The ways out of a process.
pub struct Outgoing {
    http: ureq::Agent,
    networks: network::Reachable,
    mail: Option<mail::Mailer>,
}

impl Outgoing {
    /// As configured. The error is one sentence for the operator.
    pub fn open(config: &Config) -> Result<Self, String> {
        let networks = network::Reachable::of(config);
        let mail = config.smtp_url.as_deref().map(|url| mail::Mailer::open(url, config)).transpose()?;
        Ok(Self { http: network::agent(networks.clone()), networks, mail })
    }

    /// Whether there is a mail server.
    pub fn sends_mail(&self) -> bool {
        self.mail.is_some()
    }

    /// Refuses an address that events are never sent to.
    pub fn check_address(&self, url: &str) -> Result<(), Say> {
        self.networks.check_address(url)
    }
}

/// Why a message did not arrive.
pub struct NotSent {
    /// A sentence.
    pub reason: String,
    pub of: Concern,
}

/// What a failure says something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// The message alone: those behind it go on.
    Message,
    /// The way there: whatever goes it has to wait.
    Lane,
    /// The receiver, who never wants to hear of anything again.
    Receiver,
}

/// Serves the lane that has waited longest; answers whether there was one.
pub fn send_turn(app: &App) -> Result<bool, ApiError> {
    let now = || app.clock.real_now().naive_utc();
    for lane in app.db.read(|conn| rows::rested(conn, now()))? {
        let taken = app.db.write(|conn| rows::begin(conn, &lane, None, now(), LEASE))?;
        let Some(mut held) = taken else { continue };
        for outbound in app.db.read(|conn| rows::due(conn, &lane, now(), TURN))? {
            let goes_on = attempt(app, &outbound)?;
            let kept = app.db.write(|conn| rows::begin(conn, &lane, Some(held), now(), LEASE))?;
            // Someone else serves the lane by now.
            let Some(kept) = kept else { return Ok(true) };
            held = kept;
            if !goes_on {
                break;
            }
        }
        app.db.write(|conn| rows::begin(conn, &lane, Some(held), now(), -TimeDelta::microseconds(1)))?;
        return Ok(true);
    }
    Ok(false)
}

/// Sends one message and notes what has become of it; answers whether its lane is well.
fn attempt(app: &App, outbound: &Outbound) -> Result<bool, ApiError> {
    let by_mail = outbound.delivery.lane == MAIL;
    let sent = if by_mail { mail::send(app, outbound) } else { webhook::send(app, outbound) };
    // What cannot even be put together is a failure of its own, and keeps nothing behind it waiting.
    let sent = sent.unwrap_or_else(|error| Err(NotSent { reason: error.sentence(), of: Concern::Message }));
    let retries = retries(app, by_mail);
    let now = app.clock.real_now().naive_utc();
    app.db.write(|conn| match &sent {
        Ok(()) => rows::settle(conn, &outbound.delivery, now),
        Err(failure) => {
            let state = rows::fail(conn, &outbound.delivery, &failure.reason, retries, now)?;
            if failure.of != Concern::Message {
                rows::rest(conn, &outbound.delivery.lane, retries, now)?;
            }
            log::warn!(
                "event {} did not reach {} ({state}): {}",
                outbound.event.id,
                outbound.delivery.lane,
                failure.reason
            );
            Ok::<_, Error>(())
        }
    })?;
    let concern = sent.err().map(|failure| failure.of);
    if concern == Some(Concern::Receiver) {
        webhook::disable(app, &outbound.delivery.lane)?;
    }
    Ok(concern.is_none_or(|concern| concern == Concern::Message))
}

fn retries(app: &App, by_mail: bool) -> &Retries {
    if by_mail { &app.messages.retries.email } else { &app.messages.retries.webhook }
}
