//! Reading units, and changing one without moving anything to another.

use actix_web::{HttpResponse, get, post, web};
use kstt_domain::policy::Action;
use kstt_persistence::units::{self, UnitFilter};
use utoipa_actix_web::service_config::ServiceConfig;

use super::wire::{ListUnits, NewUnit, OnDay, RenameUnit, UnitItem, UnitView};
use super::{check, view, work};
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Cursor, IdempotencyKey, IfMatch, IfNoneMatch, Page, Params, ProblemCode, Reply,
    Visitor, as_of, counted, limit, say, stored_moment,
};

/// List units
///
/// The units that exist on a day, in the order of their codes.
#[utoipa::path(tag = "units", operation_id = "listUnits", params(ListUnits), security(()), responses(
    (status = 200, description = "One page of units", body = Page<UnitItem>), problems::Open,
))]
#[get("/v1/units")]
async fn list(visitor: Visitor, Params(params): Params<ListUnits>) -> Result<HttpResponse, ApiError> {
    let secret = visitor.app.cursor_secret().to_vec();
    let filters = format!("units {:?} {:?} {:?}", params.kind, params.parent, params.updated_since);
    let cursor = params.cursor.as_deref().map(|text| Cursor::open(text, &filters, &secret)).transpose()?;
    let day = page_day(&params, cursor.as_ref(), visitor.today())?;
    let size = limit(params.limit)?;
    let page = visitor.read(move |conn| {
        let mut filter = UnitFilter {
            kind: params.kind,
            updated_since: params.updated_since.map(stored_moment),
            ..UnitFilter::default()
        };
        if let Some(code) = &params.parent {
            let Some(parent) = units::by_code(conn, code)? else {
                return Ok(Page {
                    items: Vec::new(),
                    next_cursor: None,
                    count: counted(params.count, |_| Ok(0))?,
                });
            };
            filter.parent_id = Some(parent.id);
        }
        let after = cursor.as_ref().map(|cursor| cursor.key.as_str());
        let rows = units::list(conn, day, &filter, after, i64::from(size) + 1)?;
        let count = counted(params.count, |cap| Ok(units::count(conn, day, &filter, cap)?))?;
        let codes = view::parents_of(conn, &rows)?;
        let next = |row: &units::UnitOnDay| Cursor::after(&row.0.code, "", &filters, Some(day)).seal(&secret);
        Ok(Page::of(rows, usize::from(size), count, next, |row| view::item(row, &codes)))
    });
    Ok(Reply::ok(&page.await?)?.into_response())
}

/// The day of a page: all pages of one walk are read as of the same day.
fn page_day(
    params: &ListUnits,
    cursor: Option<&Cursor>,
    today: chrono::NaiveDate,
) -> Result<chrono::NaiveDate, ApiError> {
    let frozen = cursor.and_then(|cursor| cursor.as_of);
    if frozen.is_some() && params.as_of.is_some() && frozen != params.as_of {
        let detail =
            say("Con trỏ thuộc danh sách của ngày khác.", "The cursor belongs to the list of another day.");
        return Err(ApiError::parameter(ProblemCode::InvalidCursor, "cursor", detail));
    }
    Ok(as_of(frozen.or(params.as_of), today))
}

/// Read a unit
///
/// With all its periods, the units above it on the day, and who took over from whom. A unit that does
/// not exist on the day is answered too, with `exists` false.
#[utoipa::path(tag = "units", operation_id = "getUnit", security(()),
    params(("code" = String, Path, description = "Code of the unit", max_length = 20), OnDay, IfNoneMatch),
    responses((status = 200, description = "The unit", body = UnitView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Missing))]
#[get("/v1/units/{code}")]
async fn get_unit(
    visitor: Visitor,
    code: web::Path<String>,
    Params(params): Params<OnDay>,
) -> Result<HttpResponse, ApiError> {
    let day = as_of(params.as_of, visitor.today());
    let reply = visitor.read(move |conn| {
        let row = check::unit(conn, &code)?;
        Ok(Reply::ok(&view::unit(conn, &row, day)?)?.tagged(row.version))
    });
    Ok(visitor.answer(reply.await?))
}

/// Create a unit
///
/// It exists from its first day on; the unit above it must exist on that day and be of a kind that
/// may stand above it.
#[utoipa::path(tag = "units", operation_id = "createUnit", params(IdempotencyKey), request_body = NewUnit,
    responses((status = 201, description = "The unit", body = UnitView), problems::Open, problems::Guarded,
        problems::Content, problems::Collision),
    extensions(("x-action" = json!("units.create"))))]
#[post("/v1/units")]
async fn create(caller: Caller, body: Result<Body<NewUnit>, ApiError>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::CreateUnit)?;
    let (hash, content) = check::content(body);
    caller.write(&hash, move |tx| work::create(tx, &content)).await
}

/// Rename a unit
///
/// Changes name, rank, parent or agency code from a day on, to the end of the period that holds on
/// that day. What was before stays as it was.
#[utoipa::path(tag = "units", operation_id = "renameUnit", request_body = RenameUnit,
    params(("code" = String, Path, description = "Code of the unit", max_length = 20), IfMatch),
    responses((status = 200, description = "The unit on the day of the change", body = UnitView), problems::Open,
        problems::Guarded, problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("units.rename"))))]
#[post("/v1/units/{code}/rename")]
async fn rename(
    caller: Caller,
    code: web::Path<String>,
    body: Result<Body<RenameUnit>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::RenameUnit)?;
    let (hash, content) = check::content(body);
    let expected = caller.expected_version();
    caller.write(&hash, move |tx| work::rename(tx, &code, &expected, &content)).await
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list).service(get_unit).service(create).service(rename);
}
