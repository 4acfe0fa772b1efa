//! Lists of reports.

use actix_web::{HttpResponse, get};
use kstt_domain::policy::Action;
use kstt_domain::reports::ReportState;
use kstt_persistence::reports::{self as rows, Filter};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::sight;
use super::wire::{ReportView, Teller};
use crate::contract::problems;
use crate::http::{ApiError, Caller, Cursor, Page, Params, Reply, limit};

/// Narrows the list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReportQuery {
    /// Code of the period.
    #[param(max_length = 40, example = "2019-Q1")]
    period: Option<String>,
    /// Code of the form, as printed.
    #[param(max_length = 40, example = "05/VPCP/KSTT")]
    form: Option<String>,
    /// Code of the unit that reports.
    #[param(max_length = 20)]
    unit: Option<String>,
    /// Only in this state.
    state: Option<ReportState>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// List reports
///
/// One for each unit, form and period, as far as the caller sees, in the order in which they were opened.
#[utoipa::path(tag = "reports", operation_id = "listReports", params(ReportQuery), responses(
    (status = 200, description = "A page of reports", body = Page<ReportView>), problems::Open, problems::Guarded, problems::Missing, problems::Sense,
), extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/reports")]
async fn list_reports(caller: Caller, query: Params<ReportQuery>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let query = query.0;
    let limit = limit(query.limit)?;
    let filters = format!(
        "reports {:?} {:?} {:?} {:?} {}",
        query.period, query.form, query.unit, query.state, caller.actor.id
    );
    let secret = caller.app.cursor_secret();
    let after = query.cursor.as_deref().map(|text| Cursor::open(text, &filters, secret)).transpose()?;
    let (here, today) = (caller.clone(), caller.today());
    let told = caller
        .read(move |conn| {
            let units = sight::listed(conn, &here.actor, query.unit.as_deref(), today)?;
            let filter = Filter { period: query.period, form: query.form, state: query.state, units };
            let after = after.as_ref().map(|cursor| cursor.key.as_str());
            let mut teller = Teller::at(here.now);
            let mut told = Vec::new();
            for row in rows::list(conn, &filter, after, i64::from(limit) + 1)? {
                told.push(teller.tell(conn, &row)?);
            }
            Ok(told)
        })
        .await?;
    let next = |last: &ReportView| Cursor::after(&last.id, "", &filters, None).seal(secret);
    Ok(Reply::ok(&Page::of(told, usize::from(limit), None, next, |view| view))?.into_response())
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_reports);
}
