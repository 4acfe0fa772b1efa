//! Work lists: what is owed, by whom, until when, with counts by state in the same call.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::obligations::ObligationState;
use kstt_domain::policy::Action;
use kstt_persistence::Page as Part;
use kstt_persistence::obligations::{self as rows, Filter, ObligationRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::wire::{ObligationView, Teller};
use crate::contract::problems;
use crate::http::{
    ApiError, Caller, CountBody, Cursor, Page, Params, ProblemCode, Reply, limit, say, stored_moment,
};
use crate::sight::Whose;

/// Which obligations to list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ObligationsQuery {
    /// Only those of this unit, and those it inherited.
    #[param(min_length = 2, max_length = 20, pattern = "^[A-Z0-9]{2,20}$", example = "C31117")]
    unit: Option<String>,
    /// Only those of the unit one acts for.
    my_unit: Option<bool>,
    /// Only those given to oneself.
    mine: Option<bool>,
    /// Only those in this state.
    state: Option<ObligationState>,
    /// Only those past due and still to be done.
    overdue: Option<bool>,
    /// Only those of this rule.
    #[param(min_length = 4, max_length = 5, pattern = "^K-[0-9]{2}[a-z]?$", example = "K-30")]
    rule: Option<String>,
    /// Only those about one subject, as `kind:id`.
    #[param(
        min_length = 3,
        max_length = 241,
        pattern = "^[a-z_]{1,40}:[!-~]{1,200}$",
        example = "periodic_report:2019-Q1/05/VPCP/KSTT"
    )]
    subject: Option<String>,
    /// Due on this day or later.
    due_from: Option<NaiveDate>,
    /// Due before this day.
    due_before: Option<NaiveDate>,
    /// Changed at this moment or later.
    updated_since: Option<DateTime<Utc>>,
    /// Also count by state; `state` and `overdue` do not narrow the counts.
    with_counts: Option<bool>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// A page of obligations.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObligationPage {
    #[schema(max_items = 200)]
    pub items: Vec<ObligationView>,
    /// Send it back as `cursor` for the next page; null on the last one.
    #[schema(max_length = 2000)]
    pub next_cursor: Option<String>,
    /// Only when asked for with `with_counts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 20)]
    pub counts: Option<Vec<StateCount>>,
}

/// How many obligations are in one state.
#[derive(Debug, Serialize, ToSchema)]
pub struct StateCount {
    pub state: ObligationState,
    #[schema(minimum = 0, maximum = 10000)]
    pub value: i64,
    /// There are more than `value`.
    pub at_least: bool,
}

impl StateCount {
    fn of((state, found): (ObligationState, i64)) -> Self {
        let CountBody { value, at_least } = CountBody::of(found);
        Self { state, value, at_least }
    }
}

/// List obligations
///
/// In the order of their last lawful days, as far as the caller sees: the centre of the city everything, a
/// unit its own and, for those who answer for it, what the units below it owe. Every row tells the days
/// left or over.
#[utoipa::path(tag = "obligations", operation_id = "listObligations", params(ObligationsQuery),
    responses((status = 200, description = "A page of obligations", body = ObligationPage), problems::Open, problems::Guarded, problems::Missing, problems::Sense),
    extensions(("x-action" = json!("obligations.read"))))]
#[get("/v1/obligations")]
async fn list_obligations(caller: Caller, query: Params<ObligationsQuery>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadObligations)?;
    let query = query.0;
    if query.my_unit == Some(true) && query.unit.is_some() {
        let detail = say("Chỉ dùng một trong hai: unit, my_unit.", "Use one of unit and my_unit.");
        return Err(ApiError::parameter(ProblemCode::Invalid, "my_unit", detail));
    }
    let whose = match (&query.unit, query.my_unit) {
        (Some(code), _) => Whose::Unit(code.clone()),
        (None, Some(true)) => Whose::MyUnit,
        _ => Whose::Seen,
    };
    let filter = Filter {
        state: query.state,
        overdue: query.overdue == Some(true),
        rule: query.rule.clone(),
        subject: query
            .subject
            .as_deref()
            .and_then(|text| text.split_once(':').map(|(kind, id)| (kind.to_owned(), id.to_owned()))),
        officer_id: (query.mine == Some(true)).then(|| caller.actor.id.clone()),
        due_from: query.due_from,
        due_to: query.due_before,
        updated_since: query.updated_since.map(stored_moment),
    };
    let asked = Asked {
        whose,
        filter,
        with_counts: query.with_counts == Some(true),
        limit: query.limit,
        cursor: query.cursor,
    };
    let page = page(&caller, asked).await?;
    Ok(Reply::ok(&page)?.into_response())
}

/// A list as it is asked for.
pub struct Asked {
    pub whose: Whose,
    pub filter: Filter,
    pub with_counts: bool,
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

/// A page of what a caller asks for.
pub async fn page(caller: &Caller, asked: Asked) -> Result<ObligationPage, ApiError> {
    let limit = limit(asked.limit)?;
    let filters = format!("obligations {:?} {:?}", asked.whose, asked.filter);
    let secret = caller.app.cursor_secret();
    let after = asked.cursor.as_deref().map(|text| Cursor::open(text, &filters, secret)).transpose()?;
    let (here, now, today) = (caller.clone(), caller.now, caller.today());
    let (told, counts) = caller
        .read(move |conn| {
            let scope = asked.whose.scope(conn, &here.actor, Action::ReadObligations, today)?;
            let part =
                Part { after: after.as_ref().map(|cursor| cursor.key.as_str()), limit: i64::from(limit) + 1 };
            let found = rows::list(conn, &scope, &asked.filter, now.naive_utc(), part)?;
            let told = Teller::at(&here.app, conn, now)?.all(conn, &found)?;
            let counts = match asked.with_counts {
                true => Some(rows::counts(conn, &scope, &asked.filter, now.naive_utc(), CountBody::ASKED)?),
                false => None,
            };
            Ok((told, counts))
        })
        .await?;
    let next = |last: &ObligationView| {
        let key = ObligationRow::sort_key(last.due_on, &last.id);
        Cursor::after(key, "", &filters, None).seal(secret)
    };
    let Page { items, next_cursor, .. } = Page::of(told, usize::from(limit), None, next, |view| view);
    let counts = counts.map(|counts| counts.into_iter().map(StateCount::of).collect());
    Ok(ObligationPage { items, next_cursor, counts })
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_obligations);
}
