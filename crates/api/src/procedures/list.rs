//! Listing and searching procedures.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use kstt_persistence::Conn;
use kstt_persistence::procedures::{self as registry, After, Filter, Hit, Query, VersionRow};
use serde::Serialize;
use utoipa::ToSchema;

use super::facets::{FacetView, count_facets};
use super::query::ProcedureQuery;
use super::wire::{ProcedureItem, StoredItem};
use crate::app::App;
use crate::contract::problems;
use crate::http::{
    ApiError, CountBody, Cursor, Params, ProblemCode, Reply, Visitor, as_of, counted, limit, say,
};
use crate::remember::Source;

/// A page of procedures.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcedurePage {
    #[schema(value_type = Vec<ProcedureItem>, max_items = 200)]
    items: Vec<StoredItem>,
    /// Send it back as `cursor` for the next page; null on the last one.
    #[schema(max_length = 2000)]
    next_cursor: Option<String>,
    /// Only when asked for with `count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    count: Option<CountBody>,
    /// Only when asked for with `facets`, in the order of this list's documentation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 7)]
    facets: Vec<FacetView>,
}

/// List or search procedures
///
/// Procedures in force on a day, in the order of their names; with `q` best match first, each with a
/// snippet. All filters must hold. `facets` counts what every value of a facet would leave. Nobody needs
/// to log in.
#[utoipa::path(tag = "procedures", operation_id = "listProcedures", security(()), params(ProcedureQuery), responses(
    (status = 200, description = "A page of procedures", body = ProcedurePage), problems::Open, problems::Sense,
))]
#[get("/v1/procedures")]
pub async fn list(visitor: Visitor, query: Params<ProcedureQuery>) -> Result<HttpResponse, ApiError> {
    let query = query.0;
    if query.q.as_ref().is_some_and(|text| text.trim().is_empty()) {
        let detail = say("Cần 1 đến 300 ký tự.", "It needs 1 to 300 characters.");
        return Err(ApiError::parameter(ProblemCode::Malformed, "q", detail));
    }
    let (size, filters) = (limit(query.limit)?, query.fingerprint());
    let facets = query.counted_facets()?;
    let secret = visitor.app.cursor_secret().to_vec();
    let cursor = query.cursor.as_deref().map(|text| Cursor::open(text, &filters, &secret)).transpose()?;
    let frozen = cursor.as_ref().and_then(|cursor| cursor.as_of);
    let day = as_of(frozen.or(query.as_of), visitor.today());
    let app = visitor.app.clone();
    let source = match query.q.is_some() || !facets.is_empty() {
        true => Source::SearchIndex,
        false => Source::Database,
    };
    let work = move |conn: &mut Conn| {
        let filter = query.filter(conn, day)?;
        let asked = Asked { app: &app, day, size: usize::from(size), filters: &filters, cursor };
        let mut page = match &query.q {
            Some(text) => search(conn, &query, text, &filter, asked),
            None => browse(conn, &query, &filter, asked),
        }?;
        if !facets.is_empty() {
            page.facets = count_facets(
                conn,
                (app.search()?, &app.settlers),
                &facets,
                query.q.as_deref(),
                day,
                &filter,
            )?;
        }
        Reply::ok(&page)
    };
    visitor.remembered(source, work).await
}

struct Asked<'a> {
    app: &'a App,
    day: NaiveDate,
    size: usize,
    filters: &'a str,
    cursor: Option<Cursor>,
}

impl Asked<'_> {
    fn next(&self, key: &str, version_id: &str) -> String {
        Cursor::after(key, version_id, self.filters, Some(self.day)).seal(self.app.cursor_secret())
    }
}

fn browse(
    conn: &mut Conn,
    query: &ProcedureQuery,
    filter: &Filter,
    mut asked: Asked<'_>,
) -> Result<ProcedurePage, ApiError> {
    let count = counted(query.count, |cap| Ok(registry::count(conn, asked.day, filter, cap)?))?;
    let after = asked.cursor.take().map(|cursor| After { sort_key: cursor.key, version_id: cursor.id });
    let mut rows = registry::list(conn, asked.day, filter, after.as_ref(), asked.size as i64 + 1)?;
    let more = rows.len() > asked.size;
    rows.truncate(asked.size);
    let next_cursor = rows.last().filter(|_| more).map(|row: &VersionRow| asked.next(&row.sort_key, &row.id));
    let items = rows.into_iter().map(|row| StoredItem::listed(row.summary)).collect::<Result<_, _>>()?;
    Ok(ProcedurePage { items, next_cursor, count, facets: Vec::new() })
}

fn search(
    conn: &mut Conn,
    query: &ProcedureQuery,
    text: &str,
    filter: &Filter,
    mut asked: Asked<'_>,
) -> Result<ProcedurePage, ApiError> {
    let after = asked.cursor.take().map(place_in_search).transpose()?;
    let wanted = Query { text, day: asked.day, filter, after: after.as_ref(), limit: asked.size + 1 };
    let hits = asked.app.search()?.search(&wanted)?;
    let count = counted(query.count, |cap| Ok(i64::try_from(hits.total).unwrap_or(cap).min(cap)))?;
    let more = hits.items.len() > asked.size;
    let shown = &hits.items[..hits.items.len().min(asked.size)];
    let next_cursor = shown
        .last()
        .filter(|_| more)
        .map(|hit| asked.next(&format!("{} {}", hit.score, hit.sort_key), &hit.version_id));
    let ids: Vec<String> = shown.iter().map(|hit| hit.version_id.clone()).collect();
    // What the index says is shown only as the database confirms it.
    let rows = registry::by_version_ids(conn, &ids, asked.day)?;
    let words = registry::query_words(text);
    let items = rows.iter().map(|row| StoredItem::found(&row.summary, &words)).collect::<Result<_, _>>()?;
    Ok(ProcedurePage { items, next_cursor, count, facets: Vec::new() })
}

/// The key of a search cursor is the score, then the sort key.
fn place_in_search(cursor: Cursor) -> Result<Hit, ApiError> {
    let place = cursor.key.split_once(' ').and_then(|(score, sort_key)| {
        Some(Hit { score: score.parse().ok()?, sort_key: sort_key.to_owned(), version_id: cursor.id.clone() })
    });
    place.ok_or_else(|| {
        let detail = say("Con trỏ hỏng.", "The cursor is broken.");
        ApiError::parameter(ProblemCode::InvalidCursor, "cursor", detail)
    })
}
