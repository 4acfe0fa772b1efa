//! How an item is told to those who work on it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::calendar::{WorkCalendar, calendar_days_between, vn_date};
use kstt_domain::codes::Code;
use kstt_domain::feedback::{
    FeedbackChannel, FeedbackClass, FeedbackEvent, FeedbackState, GuidedTo, RefusalGround, next,
};
use kstt_domain::policy::{Action, Actor, Target};
use kstt_persistence::feedback::FeedbackRow;
use kstt_persistence::units::{self, Viewers};
use kstt_persistence::{Conn, Error};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sight;
use crate::app::App;
use crate::http::ApiError;

/// An item of feedback, or a part of one.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Feedback)]
pub struct FeedbackView {
    /// UUID.
    #[schema(max_length = 36)]
    pub id: String,
    #[schema(max_length = 40, example = "PAKN.20190304.0001")]
    pub code: String,
    /// Id of the item it is a part of.
    #[schema(max_length = 36)]
    pub parent_id: Option<String>,
    pub state: FeedbackState,
    /// As the sender proposed it, until the office has judged.
    pub class: Option<FeedbackClass>,
    pub channel: FeedbackChannel,
    #[schema(max_length = 300)]
    pub title: String,
    #[schema(max_length = 40000)]
    pub content: String,
    /// Title and content are told without what shows who sent it: the caller's unit is complained of.
    pub redacted: bool,
    #[schema(max_length = 40)]
    pub procedure_code: Option<String>,
    #[schema(max_length = 200)]
    pub field: Option<String>,
    /// Code of the unit the sender named.
    #[schema(max_length = 20)]
    pub named_unit: Option<String>,
    pub about: Option<AboutView>,
    /// Code of the unit where it was received first.
    #[schema(max_length = 20)]
    pub place: String,
    pub received_at: DateTime<Utc>,
    pub registered_at: DateTime<Utc>,
    /// When nothing was missing any longer; the twenty days run from then.
    pub valid_at: Option<DateTime<Utc>>,
    /// Code of the unit that handles it.
    #[schema(max_length = 20)]
    pub handler: String,
    pub handler_received_at: Option<DateTime<Utc>>,
    /// Id of the account it is given to.
    #[schema(max_length = 36)]
    pub officer_id: Option<String>,
    /// Why it may not be received, as far as can be told from the text.
    #[schema(max_items = 10)]
    pub grounds: Vec<RefusalGround>,
    pub guided_to: Option<GuidedTo>,
    /// Id of the item it was merged into.
    #[schema(max_length = 36)]
    pub merged_into_id: Option<String>,
    #[schema(max_length = 40000)]
    pub answer: Option<String>,
    pub approved_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// The last lawful day of its answer; null when it is over, or not valid yet.
    pub due_on: Option<NaiveDate>,
    pub days_left: Option<FeedbackDaysLeft>,
    pub satisfied: Option<bool>,
    /// What the caller may do now.
    #[schema(max_items = 50)]
    pub allowed_actions: Vec<FeedbackEvent>,
    /// What keeps the next step from being done.
    #[schema(max_items = 10)]
    pub missing: Vec<MissingPart>,
    #[schema(minimum = 1, maximum = 1000000000)]
    pub version: i64,
    pub updated_at: DateTime<Utc>,
}

/// Whose conduct an item is about.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = FeedbackAbout)]
#[serde(deny_unknown_fields)]
pub struct AboutView {
    /// Code of the unit.
    #[schema(max_length = 20, example = "C31149")]
    pub unit_code: String,
    /// The person's name, as the sender wrote it.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub person: Option<String>,
}

/// Days to the last lawful day, counted from today; negative when over.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct FeedbackDaysLeft {
    #[schema(minimum = -100000, maximum = 100000)]
    pub calendar: i64,
    /// Null where the working calendar does not reach.
    #[schema(minimum = -100000, maximum = 100000)]
    pub working: Option<i64>,
}

kstt_domain::codes! {
    /// What keeps the next step from being done.
    pub enum MissingPart : "missing_part" {
        Class = "class", "Chưa phân loại", "It is not classified";
        Validity = "validity", "Chưa đủ điều kiện tiếp nhận", "Something of Article 7 is missing";
        Answer = "answer", "Chưa có câu trả lời", "There is no answer";
        Parts = "parts", "Còn phần chưa trả lời", "A part is not answered";
    }
}

/// Tells items as one actor sees them, reading each unit once.
pub struct FeedbackTeller<'a> {
    actor: &'a Actor,
    now: DateTime<Utc>,
    calendar: Arc<WorkCalendar>,
    viewers: Arc<Viewers>,
    codes: HashMap<String, String>,
}

impl<'a> FeedbackTeller<'a> {
    /// Tells how things stand at `now`.
    pub fn at(app: &App, conn: &mut Conn, actor: &'a Actor, now: DateTime<Utc>) -> Result<Self, ApiError> {
        let (calendar, viewers) = (app.calendar(conn)?, app.units.viewers(conn)?);
        Ok(Self { actor, now, calendar, viewers, codes: HashMap::new() })
    }

    /// One item.
    pub fn tell(&mut self, conn: &mut Conn, row: &FeedbackRow) -> Result<FeedbackView, ApiError> {
        let today = vn_date(self.now);
        let utc = |moment: chrono::NaiveDateTime| moment.and_utc();
        let hidden = sight::is_complained_of(&self.viewers, self.actor, row, today);
        let (title, content) = match (&row.redacted, hidden) {
            (Some(redacted), true) => serde_json::from_str(redacted).map_err(Error::from)?,
            (None, true) => (String::new(), String::new()),
            _ => (row.title.clone(), row.content.clone()),
        };
        let about = match &row.about_unit_id {
            Some(id) => Some(AboutView { unit_code: self.code(conn, id)?, person: row.about_person.clone() }),
            None => None,
        };
        let named_unit = row.named_unit_id.as_deref().map(|id| self.code(conn, id)).transpose()?;
        let due_on = row.due_on().filter(|_| row.valid_at.is_some());
        Ok(FeedbackView {
            id: row.id.clone(),
            code: row.code.clone(),
            parent_id: row.parent_id.clone(),
            state: row.state.0,
            class: row.class.map(|class| class.0),
            channel: row.channel.0,
            title,
            content,
            redacted: hidden,
            procedure_code: row.procedure_code.clone(),
            field: row.field.clone(),
            named_unit,
            about,
            place: self.code(conn, &row.place_unit_id)?,
            received_at: utc(row.received_at),
            registered_at: utc(row.registered_at),
            valid_at: row.valid_at.map(utc),
            handler: self.code(conn, &row.handler_unit_id)?,
            handler_received_at: row.handler_received_at.map(utc),
            officer_id: row.officer_id.clone(),
            grounds: row.grounds.split(' ').filter_map(RefusalGround::from_code).collect(),
            guided_to: row.guided_to.map(|to| to.0),
            merged_into_id: row.merged_into_id.clone(),
            answer: row.answer.clone(),
            approved_at: row.approved_at.map(utc),
            ended_at: row.ended_at.map(utc),
            due_on,
            days_left: due_on.map(|due_on| FeedbackDaysLeft {
                calendar: calendar_days_between(today, due_on),
                working: self.calendar.working_days_between(today, due_on).ok(),
            }),
            satisfied: row.satisfied,
            allowed_actions: self.allowed(row, today),
            missing: missing(row),
            version: row.version,
            updated_at: utc(row.updated_at),
        })
    }

    fn code(&mut self, conn: &mut Conn, id: &str) -> Result<String, ApiError> {
        if let Some(code) = self.codes.get(id) {
            return Ok(code.clone());
        }
        let code = units::by_id(conn, id)?.ok_or_else(ApiError::not_found)?.code;
        self.codes.insert(id.to_owned(), code.clone());
        Ok(code)
    }

    fn allowed(&self, row: &FeedbackRow, today: NaiveDate) -> Vec<FeedbackEvent> {
        let target = sight::target(&self.viewers, self.actor, row, today);
        let may = |event: &FeedbackEvent| {
            next(row.state.0, *event).is_ok()
                && !is_of_the_whole(row, *event)
                && may_do(self.actor, action_of(*event), &target)
        };
        FeedbackEvent::ALL.iter().copied().filter(may).collect()
    }
}

/// What is done to a whole item and never to a part, and what its parts do to it by themselves.
fn is_of_the_whole(row: &FeedbackRow, event: FeedbackEvent) -> bool {
    use FeedbackEvent as E;
    let whole_only = matches!(event, E::Publish | E::Split | E::Merge | E::Reopen);
    (row.parent_id.is_some() && whole_only)
        || (row.state.0 == FeedbackState::Split && event == E::AcceptAnswer)
}

/// Who may cause an event.
fn action_of(event: FeedbackEvent) -> Action {
    use FeedbackEvent as E;
    match event {
        E::Assign => Action::AssignFeedback,
        E::Draft | E::Submit | E::HandBack | E::Update | E::Note => Action::HandleFeedback,
        E::Approve => Action::ApproveAnswer,
        _ => Action::JudgeFeedback,
    }
}

fn may_do(actor: &Actor, action: Action, target: &Target) -> bool {
    use kstt_domain::policy::actions::{ApproveAnswer, AssignFeedback, HandleFeedback, JudgeFeedback};
    use kstt_domain::policy::permit;
    match action {
        Action::AssignFeedback => permit::<AssignFeedback>(actor, target).is_ok(),
        Action::HandleFeedback => permit::<HandleFeedback>(actor, target).is_ok(),
        Action::ApproveAnswer => permit::<ApproveAnswer>(actor, target).is_ok(),
        _ => permit::<JudgeFeedback>(actor, target).is_ok(),
    }
}

fn missing(row: &FeedbackRow) -> Vec<MissingPart> {
    use FeedbackState as S;
    let mut found = Vec::new();
    if row.class.is_none() && !row.state.0.is_over() {
        found.push(MissingPart::Class);
    }
    if row.valid_at.is_none() && matches!(row.state.0, S::Received | S::AwaitingSender) {
        found.push(MissingPart::Validity);
    }
    if row.answer.is_none()
        && matches!(row.state.0, S::Transferred | S::Assigned | S::AnswerReturned | S::Reopened)
    {
        found.push(MissingPart::Answer);
    }
    if row.state.0 == S::Split {
        found.push(MissingPart::Parts);
    }
    found
}
