//! Lists of records.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::dossiers::CountChannel;
use kstt_domain::policy::Action;
use kstt_domain::units::UnitLevel;
use kstt_persistence::Conn;
use kstt_persistence::dossiers::{self as rows, After, CountRow, Filter};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::sight;
use super::wire::CountView;
use crate::contract::problems;
use crate::http::{ApiError, Caller, Cursor, Narrowed, Page, ProblemCode, Reply, limit, say, stored_moment};
use crate::sight::units_listed;

/// Narrows the list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CountNarrowing {
    /// Code of the unit whose counts they are; what a unit inherited is found under the code of the old one.
    #[param(max_length = 20)]
    pub unit: Option<String>,
    /// Only of this field (lĩnh vực), written as it is stored.
    #[param(max_length = 200)]
    field: Option<String>,
    /// Only of this level.
    level: Option<UnitLevel>,
    /// Only of this channel.
    channel: Option<CountChannel>,
    /// Only periods that begin on this day or later.
    from: Option<NaiveDate>,
    /// Only periods that end on this day or before.
    to: Option<NaiveDate>,
    /// Only what was stored or corrected since then.
    updated_since: Option<DateTime<Utc>>,
}

/// How the list is told.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CountPaging {
    /// Records on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl CountNarrowing {
    /// What the rows are narrowed by.
    pub fn filter(&self) -> Filter {
        // A day nobody can mean is narrowed by as the nearest that both databases compare.
        let day = |day: NaiveDate| day.clamp(kstt_domain::period::OPEN_START, kstt_domain::period::OPEN_END);
        Filter {
            field: self.field.clone(),
            level: self.level,
            channel: self.channel,
            from: self.from.map(day),
            to: self.to.map(day),
            updated_since: self.updated_since.map(stored_moment),
        }
    }
}

/// Rows as they are shown.
pub fn views(conn: &mut Conn, found: &[CountRow]) -> Result<Vec<CountView>, ApiError> {
    let codes = sight::codes(conn, found)?;
    found.iter().map(|row| CountView::of(row, &codes)).collect()
}

/// List dossier counts
///
/// Of the units the caller sees, latest periods first.
#[utoipa::path(tag = "dossiers", operation_id = "listDossierCounts", params(CountNarrowing, CountPaging), responses(
    (status = 200, description = "A page of records", body = Page<CountView>), problems::Open, problems::Guarded, problems::Missing,
), extensions(("x-action" = json!("dossier_counts.read"))))]
#[get("/v1/dossier-counts")]
async fn list_counts(
    caller: Caller,
    query: Narrowed<CountNarrowing, CountPaging>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadDossierCounts)?;
    let Narrowed(narrowing, paging) = query;
    let limit = limit(paging.limit)?;
    let filters = format!("dossier counts {narrowing:?} {}", caller.actor.id);
    let secret = caller.app.cursor_secret();
    let after = paging.cursor.map(|text| Cursor::open(&text, &filters, secret)).transpose()?.map(after);
    let after = after.transpose()?;
    let (actor, today) = (caller.actor.clone(), caller.today());
    let found = caller
        .read(move |conn| {
            let units =
                units_listed(conn, &actor, Action::ReadDossierCounts, narrowing.unit.as_deref(), today)?;
            let rows = rows::list(
                conn,
                units.as_deref(),
                &narrowing.filter(),
                after.as_ref(),
                i64::from(limit) + 1,
            )?;
            views(conn, &rows)
        })
        .await?;
    let next =
        |last: &CountView| Cursor::after(last.first_day.to_string(), &last.id, &filters, None).seal(secret);
    Ok(Reply::ok(&Page::of(found, usize::from(limit), None, next, |view| view))?.into_response())
}

fn after(cursor: Cursor) -> Result<After, ApiError> {
    let first_day = cursor.key.parse().map_err(|_| {
        let detail = say("Con trỏ không do máy chủ này cấp.", "The cursor was not given by this server.");
        ApiError::parameter(ProblemCode::InvalidCursor, "cursor", detail)
    })?;
    Ok(After { first_day, id: cursor.id })
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_counts);
}
