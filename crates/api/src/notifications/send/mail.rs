//! Notifications as mail.

use kstt_persistence::notifications::{self as rows, Outbound};
use kstt_persistence::{Error, accounts, feedback};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Message, SmtpTransport, Transport};
use serde_json::json;

use super::super::announce::citizen_notice;
use super::{Concern, NotSent};
use crate::app::App;
use crate::config::Config;
use crate::http::ApiError;

/// A mail server gets so long for each step of the conversation.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// The mail server and the address that mails come from.
pub struct Mailer {
    server: SmtpTransport,
    from: Mailbox,
}

impl Mailer {
    /// As configured. The error is one sentence for the operator.
    pub fn open(url: &str, config: &Config) -> Result<Self, String> {
        let server = SmtpTransport::from_url(url)
            .map_err(|error| format!("KSTT_SMTP_URL cannot be used: {error}"))?
            .timeout(Some(PATIENCE))
            .build();
        let from = config.mail_from.as_deref().unwrap_or_default();
        let from = from.parse().map_err(|_| {
            format!("KSTT_MAIL_FROM is an address such as `kstt <kstt@city.example>`, not {from:?}")
        })?;
        Ok(Self { server, from })
    }
}

/// The recipient of a mail to the sender of feedback: who that is stays sealed until it is sent.
pub const CITIZEN: &str = "citizen";

/// Mails a notification to the person whose inbox it is in. Who has no address any longer, or does not want
/// mail, gets none, and that is no failure.
pub fn send(app: &App, outbound: &Outbound) -> Result<Result<(), NotSent>, ApiError> {
    let Some(mailer) = &app.outgoing.mail else {
        return Ok(failed("no mail server is configured", Concern::Lane));
    };
    let user = &outbound.delivery.recipient;
    if user == CITIZEN {
        return to_citizen(app, mailer, outbound);
    }
    let found = app.db.read(|conn| {
        let preferences = rows::preferences(conn, user)?;
        Ok::<_, Error>((
            accounts::user(conn, user)?,
            rows::of_event(conn, user, &outbound.event.id)?,
            preferences,
        ))
    })?;
    let (Some(user), Some(notification), preferences) = found else { return Ok(Ok(())) };
    if user.disabled_at.is_some() || preferences.as_ref().is_some_and(|preferences| !preferences.email) {
        return Ok(Ok(()));
    }
    let english = preferences.is_some_and(|preferences| preferences.language == "en");
    let told = app.messages.templates.tell_or_name(notification.kind.0, &notification.facts);
    let (title, body) = if english { (told.title.en, told.body.en) } else { (told.title.vi, told.body.vi) };
    let Some(address) = &user.email else { return Ok(Ok(())) };
    let Ok(address) = address.parse() else { return Ok(unreadable()) };
    let to = Mailbox::new(Some(user.display_name), address);
    Ok(deliver(mailer, to, &notification.id, title, body))
}

/// Mails the sender of an item; nothing once they were erased.
fn to_citizen(app: &App, mailer: &Mailer, outbound: &Outbound) -> Result<Result<(), NotSent>, ApiError> {
    let id = &outbound.event.subject_id;
    let (row, sender) = app.db.read(|conn| {
        Ok::<_, ApiError>((feedback::find(conn, id)?, crate::feedback::sender_of(app, conn, id)?))
    })?;
    let (Some(row), Some(sender)) = (row, sender) else { return Ok(Ok(())) };
    let (Some(address), Some(kind)) = (sender.mail(), citizen_notice(&outbound.event)) else {
        return Ok(Ok(()));
    };
    let facts = json!({ "code": row.code, "due_on": row.due_on() }).to_string();
    let told = app.messages.templates.tell_or_name(kind, &facts);
    let Ok(address) = address.parse() else { return Ok(unreadable()) };
    let to = Mailbox::new(sender.name.clone(), address);
    Ok(deliver(mailer, to, &outbound.event.id, told.title.vi, told.body.vi))
}

/// Hands a mail to the server. A retry is the same mail: programs that see both show one.
fn deliver(mailer: &Mailer, to: Mailbox, id: &str, title: String, body: String) -> Result<(), NotSent> {
    let mail = Message::builder()
        .from(mailer.from.clone())
        .to(to)
        .subject(title)
        .message_id(Some(format!("<{id}@{}>", mailer.from.email.domain())))
        .header(ContentType::TEXT_PLAIN)
        .body(body);
    let mail = mail.or_else(|error| failed(&error.to_string(), Concern::Message))?;
    match mailer.server.send(&mail) {
        Ok(_) => Ok(()),
        Err(error) => failed(&error.to_string(), concern(error.status().map(u16::from))),
    }
}

/// What an answer of the server says something about: 550 to 553 are of one mailbox (RFC 5321, 4.2.3).
fn concern(status: Option<u16>) -> Concern {
    match status {
        Some(550..=553) => Concern::Message,
        _ => Concern::Lane,
    }
}

fn unreadable() -> Result<(), NotSent> {
    failed("the address cannot be read", Concern::Message)
}

fn failed<T>(reason: &str, of: Concern) -> Result<T, NotSent> {
    Err(NotSent { reason: reason.chars().take(400).collect(), of })
}
