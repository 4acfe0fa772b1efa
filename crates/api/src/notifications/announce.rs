//! Which events people hear of, who, and the facts they are told.

use chrono::NaiveDate;
use kstt_domain::feedback::FeedbackState;
use kstt_domain::notifications::{Audience, NoticeKind};
use kstt_domain::obligations::{ReminderSide, Words};
use kstt_domain::policy::{Action, Role};
use kstt_domain::units::UnitKind;
use kstt_persistence::audit::AuditRow;
use kstt_persistence::obligations::{self, ObligationRow};
use kstt_persistence::units::{self, Viewers};
use kstt_persistence::{Conn, Error, accounts};
use serde::Serialize;
use serde_json::Value;

use super::schedule::MessageData;

/// What people are told of one event.
pub struct Notice {
    pub kind: NoticeKind,
    pub unit_id: Option<String>,
    /// JSON.
    pub facts: String,
    /// Accounts, each once.
    pub to: Vec<String>,
}

/// The notice of an event; `None` for most: nobody is told.
pub fn notice(
    conn: &mut Conn,
    data: &MessageData,
    event: &AuditRow,
    today: NaiveDate,
) -> Result<Option<Notice>, Error> {
    let after: Value = event.after_state.as_deref().map_or(Ok(Value::Null), serde_json::from_str)?;
    match Action::named(&event.action) {
        Some(Action::RemindOfObligation) => reminder(conn, data, event, &after, today),
        Some(Action::AssignObligation) => assignment(conn, event, &after),
        Some(Action::SendFeedback | Action::RegisterFeedback) => {
            feedback(conn, event, NoticeKind::FeedbackReceived, &[Audience::ControlOffice], today)
        }
        Some(Action::JudgeFeedback) => match after["event"].as_str() {
            // A unit is told of an item, or of its part of one.
            Some("transfer" | "split") => feedback(
                conn,
                event,
                NoticeKind::FeedbackTransferred,
                &[Audience::Head, Audience::Controllers],
                today,
            ),
            Some("return_answer") => feedback(
                conn,
                event,
                NoticeKind::FeedbackReturned,
                &[Audience::Officer, Audience::Head],
                today,
            ),
            _ => Ok(None),
        },
        Some(Action::AssignFeedback) => {
            feedback(conn, event, NoticeKind::FeedbackAssigned, &[Audience::Officer], today)
        }
        Some(Action::HandleFeedback) if after["event"] == "submit" => {
            feedback(conn, event, NoticeKind::FeedbackSubmitted, &[Audience::ControlOffice], today)
        }
        _ => Ok(None),
    }
}

/// What is told of an item of feedback: its code and its days, and nothing that was written.
#[derive(Serialize)]
struct FeedbackFacts {
    code: String,
    due_on: Option<NaiveDate>,
    unit: String,
    unit_name: String,
}

fn feedback(
    conn: &mut Conn,
    event: &AuditRow,
    kind: NoticeKind,
    audiences: &[Audience],
    today: NaiveDate,
) -> Result<Option<Notice>, Error> {
    let row = kstt_persistence::feedback::find(conn, &event.subject_id)?;
    // Who leads an item that was split has a part of it.
    let Some(row) = row.filter(|row| row.state.0 != FeedbackState::Split) else { return Ok(None) };
    let mut to: Vec<String> =
        row.officer_id.iter().filter(|_| audiences.contains(&Audience::Officer)).cloned().collect();
    for audience in audiences {
        to.extend(people(conn, *audience, &row.handler_unit_id, today)?);
    }
    to.retain(|user| *user != event.actor_id);
    to.sort();
    to.dedup();
    let Some(unit) = units::by_id(conn, &row.handler_unit_id)? else { return Ok(None) };
    let name = units::period_on(conn, &unit.id, today)?.map(|period| period.name);
    let facts = FeedbackFacts {
        due_on: row.due_on(),
        code: row.code,
        unit_name: name.unwrap_or_else(|| unit.code.clone()),
        unit: unit.code,
    };
    let facts = serde_json::to_string(&facts)?;
    Ok(Some(Notice { kind, unit_id: Some(unit.id), facts, to }))
}

/// What the sender of an item is mailed about an event, if anything.
pub fn citizen_notice(event: &AuditRow) -> Option<NoticeKind> {
    let after: Value = serde_json::from_str(event.after_state.as_deref()?).ok()?;
    match (Action::named(&event.action)?, after["event"].as_str()) {
        (Action::SendFeedback | Action::RegisterFeedback, _) => Some(NoticeKind::CitizenReceipt),
        (
            Action::JudgeFeedback,
            Some("ask_sender" | "refuse" | "guide_elsewhere" | "merge" | "publish" | "close"),
        )
        | (Action::HandleFeedback, Some("update")) => Some(NoticeKind::CitizenNews),
        _ => None,
    }
}

fn reminder(
    conn: &mut Conn,
    data: &MessageData,
    event: &AuditRow,
    after: &Value,
    today: NaiveDate,
) -> Result<Option<Notice>, Error> {
    let step = data.reminders.steps.iter().find(|step| after["step"] == step.id.as_str());
    let (Some(step), Some(row)) = (step, obligations::find(conn, &event.subject_id)?) else {
        return Ok(None);
    };
    let kind = match step.when {
        ReminderSide::Before => NoticeKind::ReminderBefore,
        ReminderSide::On => NoticeKind::ReminderOn,
        ReminderSide::After => NoticeKind::ReminderAfter,
    };
    let mut to: Vec<String> =
        row.officer_id.iter().filter(|_| step.tell.contains(&Audience::Officer)).cloned().collect();
    for audience in &step.tell {
        to.extend(people(conn, *audience, &row.unit_id, today)?);
    }
    told_of(conn, kind, &row, to)
}

fn assignment(conn: &mut Conn, event: &AuditRow, after: &Value) -> Result<Option<Notice>, Error> {
    let officer = after["officer_id"].as_str().filter(|officer| *officer != event.actor_id);
    let (Some(officer), Some(row)) = (officer, obligations::find(conn, &event.subject_id)?) else {
        return Ok(None);
    };
    told_of(conn, NoticeKind::ObligationAssigned, &row, vec![officer.to_owned()])
}

/// What is told of an obligation.
#[derive(Serialize)]
struct ObligationFacts {
    what: Words,
    rule: String,
    subject: String,
    due_on: NaiveDate,
    unit: String,
    unit_name: String,
}

fn told_of(
    conn: &mut Conn,
    kind: NoticeKind,
    row: &ObligationRow,
    mut to: Vec<String>,
) -> Result<Option<Notice>, Error> {
    to.sort();
    to.dedup();
    let rule = obligations::rule(conn, &row.rule, row.rule_version)?;
    let unit = units::by_id(conn, &row.unit_id)?;
    let (Some(rule), Some(unit)) = (rule, unit) else { return Ok(None) };
    let name = units::period_on(conn, &unit.id, row.due_on)?.map(|period| period.name);
    let facts = ObligationFacts {
        what: rule.read()?.title,
        rule: row.rule.clone(),
        subject: row.subject_id.clone(),
        due_on: row.due_on,
        unit_name: name.unwrap_or_else(|| unit.code.clone()),
        unit: unit.code,
    };
    let facts = serde_json::to_string(&facts)?;
    Ok(Some(Notice { kind, unit_id: Some(row.unit_id.clone()), facts, to }))
}

/// Who belongs to an audience about a matter of a unit today: where the unit has ended, its heirs.
fn people(
    conn: &mut Conn,
    audience: Audience,
    unit_id: &str,
    today: NaiveDate,
) -> Result<Vec<String>, Error> {
    let (units, roles): (Vec<String>, &[Role]) = match audience {
        Audience::Officer => return Ok(Vec::new()),
        Audience::Head => (owners(conn, unit_id, today)?, &[Role::Head, Role::Chairman]),
        Audience::Controllers => (owners(conn, unit_id, today)?, &[Role::Controller]),
        Audience::ControlOffice => (offices(conn)?, &[Role::Controller]),
    };
    Ok(accounts::holders(conn, &units, roles, today)?.into_iter().map(|(user, _)| user).collect())
}

fn owners(conn: &mut Conn, unit_id: &str, today: NaiveDate) -> Result<Vec<String>, Error> {
    let viewers = Viewers::load(conn)?.of(unit_id).into_iter();
    let own = viewers.filter(|viewer| viewer.own && viewer.period.contains(today));
    Ok(own.map(|viewer| viewer.unit_id).collect())
}

fn offices(conn: &mut Conn) -> Result<Vec<String>, Error> {
    let codes = units::codes_of_kind(conn, UnitKind::Office)?;
    let mut found = Vec::new();
    for code in codes {
        found.extend(units::by_code(conn, &code)?.map(|unit| unit.id));
    }
    Ok(found)
}
