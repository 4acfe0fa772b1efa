//! Which events people hear of, who, and the facts they are told.

use chrono::NaiveDate;
use kstt_domain::feedback::FeedbackState;
use kstt_domain::notifications::{Audience, NoticeKind};
use kstt_domain::obligations::{ReminderSide, Words};
use kstt_domain::policy::Action;
use kstt_persistence::Error;
use kstt_persistence::audit::AuditRow;
use kstt_persistence::obligations::{self, ObligationRow};
use serde::Serialize;
use serde_json::Value;

use super::known::Known;
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
pub fn notice(known: &mut Known<'_>, data: &MessageData, event: &AuditRow) -> Result<Option<Notice>, Error> {
    let after: Value = event.after_state.as_deref().map_or(Ok(Value::Null), serde_json::from_str)?;
    match Action::named(&event.action) {
        Some(Action::RemindOfObligation) => reminder(known, data, event, &after),
        Some(Action::AssignObligation) => assignment(known, event, &after),
        Some(Action::SendFeedback | Action::RegisterFeedback) => {
            feedback(known, event, NoticeKind::FeedbackReceived, &[Audience::ControlOffice])
        }
        Some(Action::JudgeFeedback) => match after["event"].as_str() {
            // A unit is told of an item, or of its part of one.
            Some("transfer" | "split") => feedback(
                known,
                event,
                NoticeKind::FeedbackTransferred,
                &[Audience::Head, Audience::Controllers],
            ),
            Some("return_answer") => {
                feedback(known, event, NoticeKind::FeedbackReturned, &[Audience::Officer, Audience::Head])
            }
            _ => Ok(None),
        },
        Some(Action::AssignFeedback) => {
            feedback(known, event, NoticeKind::FeedbackAssigned, &[Audience::Officer])
        }
        Some(Action::HandleFeedback) if after["event"] == "submit" => {
            feedback(known, event, NoticeKind::FeedbackSubmitted, &[Audience::ControlOffice])
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
    known: &mut Known<'_>,
    event: &AuditRow,
    kind: NoticeKind,
    audiences: &[Audience],
) -> Result<Option<Notice>, Error> {
    let row = kstt_persistence::feedback::find(known.conn, &event.subject_id)?;
    // Who leads an item that was split has a part of it.
    let Some(row) = row.filter(|row| row.state.0 != FeedbackState::Split) else { return Ok(None) };
    let mut to: Vec<String> =
        row.officer_id.iter().filter(|_| audiences.contains(&Audience::Officer)).cloned().collect();
    for audience in audiences {
        to.extend(known.people(*audience, &row.handler_unit_id)?);
    }
    to.retain(|user| *user != event.actor_id);
    to.sort();
    to.dedup();
    let today = known.today();
    let Some((unit, unit_name)) = known.unit(&row.handler_unit_id, today)? else { return Ok(None) };
    let facts = FeedbackFacts { due_on: row.due_on(), code: row.code, unit_name, unit };
    let facts = serde_json::to_string(&facts)?;
    Ok(Some(Notice { kind, unit_id: Some(row.handler_unit_id), facts, to }))
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
    known: &mut Known<'_>,
    data: &MessageData,
    event: &AuditRow,
    after: &Value,
) -> Result<Option<Notice>, Error> {
    let step = data.reminders.steps.iter().find(|step| after["step"] == step.id.as_str());
    let (Some(step), Some(row)) = (step, obligations::find(known.conn, &event.subject_id)?) else {
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
        to.extend(known.people(*audience, &row.unit_id)?);
    }
    let subjects: Vec<&str> =
        after["subjects"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    told_of(known, kind, &row, &subjects.join(", "), to)
}

fn assignment(known: &mut Known<'_>, event: &AuditRow, after: &Value) -> Result<Option<Notice>, Error> {
    let officer = after["officer_id"].as_str().filter(|officer| *officer != event.actor_id);
    let (Some(officer), Some(row)) = (officer, obligations::find(known.conn, &event.subject_id)?) else {
        return Ok(None);
    };
    told_of(known, NoticeKind::ObligationAssigned, &row, &row.subject_id, vec![officer.to_owned()])
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
    known: &mut Known<'_>,
    kind: NoticeKind,
    row: &ObligationRow,
    subject: &str,
    mut to: Vec<String>,
) -> Result<Option<Notice>, Error> {
    to.sort();
    to.dedup();
    let what = known.rule(&row.rule, row.rule_version)?;
    let unit = known.unit(&row.unit_id, row.due_on)?;
    let (Some(what), Some((unit, unit_name))) = (what, unit) else { return Ok(None) };
    let facts = ObligationFacts {
        what,
        rule: row.rule.clone(),
        subject: subject.to_owned(),
        due_on: row.due_on,
        unit_name,
        unit,
    };
    let facts = serde_json::to_string(&facts)?;
    Ok(Some(Notice { kind, unit_id: Some(row.unit_id.clone()), facts, to }))
}
