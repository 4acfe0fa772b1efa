//! Notifications as mail.

use kstt_persistence::accounts::UserRow;
use kstt_persistence::notifications::{self as rows, NotificationRow, Outbound};
use kstt_persistence::{Error, accounts};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Message, SmtpTransport, Transport};

use super::NotSent;
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

/// Mails a notification to the person whose inbox it is in. Who has no address any longer, or does not want
/// mail, gets none, and that is no failure.
pub fn send(app: &App, outbound: &Outbound) -> Result<Result<(), NotSent>, ApiError> {
    let Some(mailer) = &app.outgoing.mail else {
        return Ok(failed("no mail server is configured".to_owned()));
    };
    let user = &outbound.delivery.recipient;
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
    let Some(mail) = compose(app, mailer, &user, &notification, english) else { return Ok(Ok(())) };
    Ok(match mail {
        Err(reason) => failed(reason),
        Ok(mail) => match mailer.server.send(&mail) {
            Ok(_) => Ok(()),
            Err(error) => failed(error.to_string()),
        },
    })
}

fn failed(reason: String) -> Result<(), NotSent> {
    Err(NotSent { reason: reason.chars().take(400).collect(), for_good: false })
}

/// The mail; `None` for someone without an address.
fn compose(
    app: &App,
    mailer: &Mailer,
    user: &UserRow,
    notification: &NotificationRow,
    english: bool,
) -> Option<Result<Message, String>> {
    let address = user.email.as_ref()?;
    let told = app.messages.templates.tell_or_name(notification.kind.0, &notification.facts);
    let (title, body) = if english { (told.title.en, told.body.en) } else { (told.title.vi, told.body.vi) };
    let Ok(address) = address.parse() else { return Some(Err("the address cannot be read".to_owned())) };
    // A retry is the same mail: programs that see both show one.
    let id = format!("<{}@{}>", notification.id, mailer.from.email.domain());
    let mail = Message::builder()
        .from(mailer.from.clone())
        .to(Mailbox::new(Some(user.display_name.clone()), address))
        .subject(title)
        .message_id(Some(id))
        .header(ContentType::TEXT_PLAIN)
        .body(body);
    Some(mail.map_err(|error| error.to_string()))
}
