//! Reading one procedure as it is on a day.

use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use kstt_persistence::Conn;
use kstt_persistence::procedures::{self as registry, ProcedureOnDay};
use serde::Deserialize;
use utoipa::IntoParams;

use super::find;
use super::links::links;
use super::settlers::{KnownSettlers, Settlers};
use super::wire::{ProcedureView, Surroundings, VariantItem};
use crate::contract::problems;
use crate::http::{ApiError, IfNoneMatch, Params, Reply, Visitor, as_of};
use crate::remember::Source;

/// The day a procedure is read as of.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DayQuery {
    /// The procedure as it was on this day; today when missing.
    pub as_of: Option<NaiveDate>,
}

/// Read a procedure
///
/// By national code (the city's own variant, else the ministry's, else another place's), by
/// `code~variant`, or by id, with every constituent part of the version in force on the day, the units
/// that settle it then, and the procedures it names and is named by.
#[utoipa::path(tag = "procedures", operation_id = "getProcedure", security(()),
    params(("code" = String, Path, description = "National code, code~variant, or UUID", max_length = 300, example = "1.001193"),
        DayQuery, IfNoneMatch),
    responses((status = 200, description = "The procedure", body = ProcedureView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Missing),
)]
#[get("/v1/procedures/{code}")]
pub async fn get_procedure(
    visitor: Visitor,
    code: web::Path<String>,
    query: Params<DayQuery>,
) -> Result<HttpResponse, ApiError> {
    let day = as_of(query.0.as_of, visitor.today());
    let app = visitor.app.clone();
    let work = move |conn: &mut Conn| {
        let (found, variants) = find::on_day(conn, &code, day)?;
        let around = Surroundings {
            variants: variants.iter().map(VariantItem::of).collect::<Result<_, _>>()?,
            ..surroundings(conn, &app.settlers, &found, day)?
        };
        view(conn, found, around)
    };
    visitor.remembered(Source::Database, work).await
}

/// What stands around a version on a day, without other variants.
pub fn surroundings(
    conn: &mut Conn,
    known: &KnownSettlers,
    found: &ProcedureOnDay,
    day: NaiveDate,
) -> Result<Surroundings, ApiError> {
    Ok(Surroundings {
        settled_by: Settlers::on(conn, known, day)?.of(conn, &found.1)?,
        links: links(conn, found, day)?,
        variants: Vec::new(),
    })
}

/// The answer that shows a version.
pub fn view(
    conn: &mut Conn,
    (procedure, version): ProcedureOnDay,
    around: Surroundings,
) -> Result<Reply, ApiError> {
    let texts = registry::texts(conn, &version.id)?.ok_or_else(ApiError::not_found)?;
    let revision = version.revision;
    Ok(Reply::ok(&ProcedureView::of(procedure, version, texts, around)?)?.tagged(revision))
}
