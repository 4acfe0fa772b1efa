//! The registry's operations.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::NaiveDate;
use kstt_domain::policy::Action;
use kstt_persistence::Conn;
use kstt_persistence::procedures::{self as registry, After, Filter, Hit, ProcedureOnDay, Query, VersionRow};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::import::{ImportReport, ImportSettings, import};
use super::query::ProcedureQuery;
use super::rows::Format;
use super::wire::{ProcedureItem, ProcedureView, StoredItem, VariantItem};
use crate::app::App;
use crate::contract::problems;
use crate::http::{
    ApiError, Caller, CountBody, Ctx, Cursor, Halt, IdempotencyKey, IfNoneMatch, Page, Params, ProblemCode,
    RawBody, Reply, Visitor, as_of, canonical, counted, limit, say,
};

/// Imports may send this many bytes.
const IMPORT_LIMIT: usize = 64 << 20;

/// List or search procedures
///
/// Procedures in force on a day, in the order of their names; with `q` best match first, each with a
/// snippet. All filters must hold. Nobody needs to log in.
#[utoipa::path(tag = "procedures", operation_id = "listProcedures", security(()), params(ProcedureQuery), responses(
    (status = 200, description = "A page of procedures", body = Page<ProcedureItem>), problems::Open,
))]
#[get("/v1/procedures")]
async fn list(visitor: Visitor, query: Params<ProcedureQuery>) -> Result<HttpResponse, ApiError> {
    let query = query.0;
    if query.q.as_ref().is_some_and(|text| text.trim().is_empty() || text.chars().count() > 300) {
        let detail = say("Cần 1 đến 300 ký tự.", "It needs 1 to 300 characters.");
        return Err(ApiError::parameter(ProblemCode::Malformed, "q", detail));
    }
    let (size, filters) = (limit(query.limit)?, query.fingerprint());
    let secret = visitor.app.cursor_secret().to_vec();
    let cursor = query.cursor.as_deref().map(|text| Cursor::open(text, &filters, &secret)).transpose()?;
    let frozen = cursor.as_ref().and_then(|cursor| cursor.as_of);
    let day = as_of(frozen.or(query.as_of), visitor.today());
    let app = visitor.app.clone();
    let page = visitor
        .read(move |conn| {
            let filter = query.filter(conn)?;
            let asked = Asked { day, size: usize::from(size), filters, cursor };
            match &query.q {
                Some(text) => search(conn, &app, &query, text, &filter, asked),
                None => browse(conn, &app, &query, &filter, asked),
            }
        })
        .await?;
    Ok(Reply::ok(&page)?.into_response())
}

struct Asked {
    day: NaiveDate,
    size: usize,
    filters: String,
    cursor: Option<Cursor>,
}

fn browse(
    conn: &mut Conn,
    app: &App,
    query: &ProcedureQuery,
    filter: &Filter,
    asked: Asked,
) -> Result<Page<StoredItem>, ApiError> {
    let count = counted(query.count, |cap| Ok(registry::count(conn, asked.day, filter, cap)?))?;
    let after = asked.cursor.map(|cursor| After { sort_key: cursor.key, version_id: cursor.id });
    let rows = registry::list(conn, asked.day, filter, after.as_ref(), asked.size as i64 + 1)?;
    let next = |row: &VersionRow| {
        Cursor::after(&row.sort_key, &row.id, &asked.filters, Some(asked.day)).seal(app.cursor_secret())
    };
    page_of(rows, asked.size, count, next)
}

fn search(
    conn: &mut Conn,
    app: &App,
    query: &ProcedureQuery,
    text: &str,
    filter: &Filter,
    asked: Asked,
) -> Result<Page<StoredItem>, ApiError> {
    let unreadable = || {
        ApiError::parameter(
            ProblemCode::InvalidCursor,
            "cursor",
            say("Con trỏ hỏng.", "The cursor is broken."),
        )
    };
    // The key of a search cursor is the score, then the sort key.
    let after = asked
        .cursor
        .map(|cursor| {
            let (score, sort_key) = cursor.key.split_once(' ').ok_or_else(unreadable)?;
            let score = score.parse().map_err(|_| unreadable())?;
            Ok::<_, ApiError>(Hit { version_id: cursor.id, score, sort_key: sort_key.to_owned() })
        })
        .transpose()?;
    let wanted = Query { text, day: asked.day, filter, after: after.as_ref(), limit: asked.size + 1 };
    let hits = app.search()?.search(&wanted)?;
    let count = counted(query.count, |cap| Ok(i64::try_from(hits.total).unwrap_or(cap).min(cap)))?;
    let more = hits.items.len() > asked.size;
    let shown = &hits.items[..hits.items.len().min(asked.size)];
    let next_cursor = shown.last().filter(|_| more).map(|hit| {
        let key = format!("{} {}", hit.score, hit.sort_key);
        Cursor::after(key, &hit.version_id, &asked.filters, Some(asked.day)).seal(app.cursor_secret())
    });
    let ids: Vec<String> = shown.iter().map(|hit| hit.version_id.clone()).collect();
    // What the index says is shown only as the database confirms it.
    let rows = registry::by_version_ids(conn, &ids, asked.day)?;
    let words = registry::query_words(text);
    let items: Result<Vec<StoredItem>, ApiError> =
        rows.iter().map(|row| StoredItem::of(row, Some(&words))).collect();
    Ok(Page { items: items?, next_cursor, count })
}

fn page_of(
    mut rows: Vec<VersionRow>,
    size: usize,
    count: Option<CountBody>,
    next: impl FnOnce(&VersionRow) -> String,
) -> Result<Page<StoredItem>, ApiError> {
    let more = rows.len() > size;
    rows.truncate(size);
    let next_cursor = rows.last().filter(|_| more).map(next);
    let items: Result<Vec<StoredItem>, ApiError> = rows.iter().map(|row| StoredItem::of(row, None)).collect();
    Ok(Page { items: items?, next_cursor, count })
}

/// The day a procedure is read as of.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DayQuery {
    /// The procedure as it was on this day; today when missing.
    as_of: Option<NaiveDate>,
}

/// Read a procedure
///
/// By national code (the city's own variant, else the ministry's, else another place's), by
/// `code~variant`, or by id, with every constituent part of the version in force on the day.
#[utoipa::path(tag = "procedures", operation_id = "getProcedure", security(()),
    params(("code" = String, Path, description = "National code, code~variant, or UUID", max_length = 300, example = "1.001193"),
        DayQuery, IfNoneMatch),
    responses((status = 200, description = "The procedure", body = ProcedureView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Missing),
)]
#[get("/v1/procedures/{code}")]
async fn get_procedure(
    visitor: Visitor,
    code: web::Path<String>,
    query: Params<DayQuery>,
) -> Result<HttpResponse, ApiError> {
    let day = as_of(query.0.as_of, visitor.today());
    let (view, revision) = visitor
        .read(move |conn| {
            let (found, variants) = find(conn, &code, day)?;
            let texts = registry::texts(conn, &found.1.id)?.ok_or_else(ApiError::not_found)?;
            let revision = found.1.revision;
            Ok((ProcedureView::of(found, texts.content, texts.faults, variants)?, revision))
        })
        .await?;
    Ok(visitor.answer(Reply::ok(&view)?.tagged(revision)))
}

/// The procedure a path names, and all variants of its code.
fn find(conn: &mut Conn, name: &str, day: NaiveDate) -> Result<(ProcedureOnDay, Vec<VariantItem>), ApiError> {
    let (code, variant) = match name.split_once('~') {
        Some((code, variant)) => (Some(code.to_owned()), Some(variant)),
        None if uuid::Uuid::parse_str(name).is_ok() => (None, None),
        None => (Some(name.to_owned()), None),
    };
    let Some(code) = code else {
        let found = registry::by_id(conn, name, day)?.ok_or_else(ApiError::not_found)?;
        let variants = match &found.0.national_code {
            Some(code) => registry::by_code(conn, code, day)?.iter().map(VariantItem::from).collect(),
            None => vec![VariantItem::from(&found)],
        };
        return Ok((found, variants));
    };
    let all = registry::by_code(conn, &code, day)?;
    let variants = all.iter().map(VariantItem::from).collect();
    let mut matching =
        all.into_iter().filter(|(procedure, _)| variant.is_none_or(|v| procedure.variant == v));
    matching.next().map(|found| (found, variants)).ok_or_else(|| {
        let detail = say(
            "Không có thủ tục này đang có hiệu lực vào ngày đó.",
            "No such procedure is in force on that day.",
        );
        ApiError::because(ProblemCode::NotFound, detail)
    })
}

/// How to import.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// True: only report what would happen.
    dry_run: Option<bool>,
    /// From when changed rows hold, and new ones that state no date.
    valid_from: Option<NaiveDate>,
}

/// Import procedures
///
/// Takes the shape of the reference data (`{"procedures": [row, …]}`) or NDJSON, one row a line, up to
/// 64 MiB. Everything is stored or nothing. A row that is stored already changes nothing; a row that
/// differs from the last version needs `valid_from`, and is reported as a conflict without it.
#[utoipa::path(tag = "procedures", operation_id = "importProcedures", params(ImportQuery, IdempotencyKey),
    request_body(content(
        (ImportDocument = "application/json", example = json!({"procedures": [{"code": "9.900001", "name": "Thủ tục mẫu"}]})),
        (String = "application/x-ndjson", example = json!("{\"code\": \"9.900001\", \"name\": \"Thủ tục mẫu\"}\n")),
    )),
    responses((status = 200, description = "What became of every row", body = ImportReport), problems::Open, problems::Guarded,
        problems::Content, problems::Collision),
    extensions(("x-action" = json!("procedures.import"))))]
#[post("/v1/procedures/import")]
async fn import_procedures(
    caller: Caller,
    query: Params<ImportQuery>,
    req: HttpRequest,
    body: RawBody<IMPORT_LIMIT>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ImportProcedures)?;
    let content_type =
        req.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let format = if content_type.contains("ndjson") { Format::Lines } else { Format::Document };
    let dry_run = query.0.dry_run.unwrap_or(false);
    let settings = ImportSettings { format, dry_run, valid_from: query.0.valid_from };
    let hash = canonical(&body.0);
    let ctx: Ctx = caller.ctx.clone();
    let response = caller
        .write(&hash, move |tx| {
            let report = import(tx, &body.0[..], &settings)?;
            let reply = Reply::ok(&report)?;
            if settings.dry_run { Err(Halt::Rehearsed(reply)) } else { Ok(reply) }
        })
        .await?;
    let app = ctx.app.clone();
    ctx.read(move |conn| Ok(app.search()?.catch_up(conn)?)).await?;
    Ok(response)
}

/// The document an import reads.
#[derive(utoipa::ToSchema)]
#[allow(dead_code)]
struct ImportDocument {
    /// The rows.
    #[schema(max_items = 100_000)]
    procedures: Vec<kstt_domain::procedures::SourceRow>,
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list).service(get_procedure).service(import_procedures);
}
