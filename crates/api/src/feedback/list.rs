//! Work lists of feedback.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::feedback::{FeedbackChannel, FeedbackClass, FeedbackState};
use kstt_domain::policy::Action;
use kstt_persistence::feedback::{self as rows, Filter};
use kstt_persistence::{Conn, Page as Part, Scope};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::sight;
use super::wire::{FeedbackTeller, FeedbackView};
use crate::contract::problems;
use crate::http::{
    ApiError, Caller, CountBody, Cursor, Narrowed, Page, ProblemCode, Reply, limit, say, stored_moment,
};
use crate::sight::Whose;

/// So many of the newest items that hold the words are looked through.
const SEARCHED: usize = 1_000;

/// Narrows the list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedbackNarrowing {
    /// Only in this state.
    state: Option<FeedbackState>,
    /// Only of this class.
    class: Option<FeedbackClass>,
    /// Only what came this way.
    channel: Option<FeedbackChannel>,
    /// Code of the unit that handles it.
    #[param(max_length = 20)]
    unit: Option<String>,
    /// Id of the account it is given to.
    #[param(max_length = 36)]
    officer: Option<String>,
    /// Field (lĩnh vực) of the procedure it is about.
    #[param(max_length = 200)]
    field: Option<String>,
    /// Code of the procedure it is about.
    #[param(max_length = 40)]
    procedure: Option<String>,
    /// Only what is given to the caller.
    mine: Option<bool>,
    /// Only what the unit one acts for handles, or received.
    my_unit: Option<bool>,
    /// Only what is not answered and past its last lawful day.
    overdue: Option<bool>,
    /// Only what is not answered and due before this day.
    due_before: Option<NaiveDate>,
    /// Only what was changed since then.
    updated_since: Option<DateTime<Utc>>,
    /// Words of title, content or answer, among the newest thousand that hold them; without diacritics too.
    #[param(max_length = 200)]
    q: Option<String>,
}

/// How the list is told.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FeedbackPaging {
    /// Also count by state.
    with_counts: Option<bool>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// A page of feedback, what is due first first.
#[derive(Debug, Serialize, ToSchema)]
struct FeedbackPage {
    #[schema(max_items = 200)]
    items: Vec<FeedbackView>,
    /// Send it back as `cursor` for the next page; null on the last one.
    #[schema(max_length = 2000)]
    next_cursor: Option<String>,
    /// How many there are in each state, whatever state was asked for; only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 50)]
    counts: Option<Vec<FeedbackCount>>,
}

/// How many items there are in a state.
#[derive(Debug, Serialize, ToSchema)]
struct FeedbackCount {
    state: FeedbackState,
    #[schema(minimum = 0, maximum = 10000)]
    value: i64,
    /// There are more than `value`.
    at_least: bool,
}

impl FeedbackNarrowing {
    fn filter(&self, caller: &Caller) -> Filter {
        let overdue = (self.overdue == Some(true)).then(|| caller.today());
        Filter {
            state: self.state,
            class: self.class,
            channel: self.channel,
            officer_id: if self.mine == Some(true) {
                Some(caller.actor.id.clone())
            } else {
                self.officer.clone()
            },
            field: self.field.clone(),
            procedure_code: self.procedure.clone(),
            due_before: [overdue, self.due_before].into_iter().flatten().min(),
            updated_since: self.updated_since.map(stored_moment),
            ids: None,
        }
    }

    fn whose(&self) -> Result<Whose, ApiError> {
        match (&self.unit, self.my_unit) {
            (Some(_), Some(true)) => {
                let detail = say("Không dùng cùng `my_unit`.", "It does not go with `my_unit`.");
                Err(ApiError::parameter(ProblemCode::Invalid, "unit", detail))
            }
            (Some(unit), _) => Ok(Whose::Unit(unit.clone())),
            (None, Some(true)) => Ok(Whose::MyUnit),
            _ => Ok(Whose::Seen),
        }
    }

    /// What is asked for, and on whose behalf.
    pub fn select(&self, caller: &Caller) -> Result<Selection, ApiError> {
        let words = kstt_domain::text::words(self.q.as_deref().unwrap_or_default());
        Ok(Selection {
            whose: self.whose()?,
            filter: self.filter(caller),
            words: words.into_iter().map(|word| word.folded).collect(),
        })
    }
}

/// A list that was asked for.
#[derive(Debug)]
pub struct Selection {
    whose: Whose,
    filter: Filter,
    words: Vec<String>,
}

impl Selection {
    /// Whose items these are for the caller, and what narrows them.
    pub fn settle(self, conn: &mut Conn, caller: &Caller) -> Result<(Scope, Filter), ApiError> {
        let Self { whose, mut filter, words } = self;
        let scope = whose.scope(conn, &caller.actor, Action::ReadFeedback, caller.today())?;
        if !words.is_empty() {
            let found = caller.app.feedback_search()?.holding(&words, SEARCHED)?;
            filter.ids = Some(sight::readable(conn, &caller.app, &caller.actor, &found, caller.today())?);
        }
        Ok((scope, filter))
    }
}

/// List feedback
///
/// As far as the caller sees, what is due first first and what is over last, with days left or over in
/// calendar and working days; one call also counts by state.
#[utoipa::path(tag = "feedback", operation_id = "listFeedback", params(FeedbackNarrowing, FeedbackPaging), responses(
    (status = 200, description = "A page of feedback", body = FeedbackPage), problems::Open, problems::Guarded, problems::Missing, problems::Sense,
), extensions(("x-action" = json!("feedback.read"))))]
#[get("/v1/feedback")]
async fn list_feedback(
    caller: Caller,
    query: Narrowed<FeedbackNarrowing, FeedbackPaging>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadFeedback)?;
    let Narrowed(narrowing, paging) = query;
    let (limit, selection) = (limit(paging.limit)?, narrowing.select(&caller)?);
    let filters = format!("feedback {selection:?} {}", caller.actor.id);
    let secret = caller.app.cursor_secret();
    let after = paging.cursor.map(|text| Cursor::open(&text, &filters, secret)).transpose()?;
    let with_counts = paging.with_counts == Some(true);
    let here = caller.clone();
    let (told, counts) = caller
        .read(move |conn| {
            let (scope, filter) = selection.settle(conn, &here)?;
            let part =
                Part { after: after.as_ref().map(|cursor| cursor.key.as_str()), limit: i64::from(limit) + 1 };
            let found = rows::list(conn, &scope, &filter, part)?;
            let mut teller = FeedbackTeller::at(&here.app, conn, &here.actor, here.now)?;
            let mut told = Vec::new();
            for row in found {
                told.push((row.sort_key.clone(), teller.tell(conn, &row)?));
            }
            let counts = match with_counts {
                true => Some(rows::counts(conn, &scope, &filter, CountBody::ASKED)?),
                false => None,
            };
            Ok((told, counts))
        })
        .await?;
    let next = |last: &(String, FeedbackView)| Cursor::after(&last.0, "", &filters, None).seal(secret);
    let Page { items, next_cursor, .. } = Page::of(told, usize::from(limit), None, next, |(_, view)| view);
    let count = |(state, found)| {
        let CountBody { value, at_least } = CountBody::of(found);
        FeedbackCount { state, value, at_least }
    };
    let counts = counts.map(|counts| counts.into_iter().map(count).collect());
    Ok(Reply::ok(&FeedbackPage { items, next_cursor, counts })?.into_response())
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_feedback);
}
