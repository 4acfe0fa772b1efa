//! The versions of a procedure, and what one changed of another.

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::period::{known_end, known_start};
use kstt_domain::procedures::{Part, ProcedureContent};
use kstt_persistence::Conn;
use kstt_persistence::procedures::{self as registry, ProcedureRow, VersionRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::diff::{PartChange, changed_parts, part_changes};
use super::find::{self, href};
use super::read;
use super::wire::{ProcedureView, Surroundings};
use crate::contract::problems;
use crate::http::{ApiError, Cursor, IfNoneMatch, Page, Params, ProblemCode, Reply, Visitor, limit, say};
use crate::remember::Source;

/// A version in the list of a procedure's versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionItem {
    /// UUID of the version.
    #[schema(max_length = 36)]
    version_id: String,
    /// Number of the version, from 1.
    #[schema(format = "int64", minimum = 1, maximum = 1_000_000)]
    number: i64,
    /// First day it holds; null when open.
    valid_from: Option<NaiveDate>,
    /// First day it no longer holds; null when open.
    valid_to: Option<NaiveDate>,
    /// Whether it holds today.
    in_force: bool,
    #[schema(max_length = 20, example = "import")]
    origin: String,
    #[schema(max_length = 30_000)]
    name: String,
    /// SHA-256 of what it says.
    #[schema(max_length = 64)]
    checksum: String,
    /// When it was recorded.
    recorded_at: DateTime<Utc>,
    /// Parts that differ from the version before; none for the first.
    #[schema(max_items = 20)]
    changed_parts: Vec<Part>,
    /// Where to read it.
    #[schema(max_length = 300)]
    href: String,
}

/// A page of versions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct VersionsQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// List the versions of a procedure
///
/// Oldest first, those to come included. What a version says never changes; its `valid_to` is set when
/// the next one follows, so that no two hold on one day.
#[utoipa::path(tag = "procedures", operation_id = "listProcedureVersions", security(()),
    params(("code" = String, Path, description = "National code, code~variant, or UUID", max_length = 300, example = "1.001193"), VersionsQuery),
    responses((status = 200, description = "A page of versions", body = Page<VersionItem>), problems::Open, problems::Missing))]
#[get("/v1/procedures/{code}/versions")]
pub async fn list_versions(
    visitor: Visitor,
    code: web::Path<String>,
    query: Params<VersionsQuery>,
) -> Result<HttpResponse, ApiError> {
    let size = limit(query.0.limit)?;
    let (today, secret) = (visitor.today(), visitor.app.cursor_secret().to_vec());
    let filters = format!("versions {code}");
    let cursor = query.0.cursor.as_deref().map(|text| Cursor::open(text, &filters, &secret)).transpose()?;
    let after = cursor.and_then(|cursor| cursor.key.parse().ok()).unwrap_or(0);
    let work = move |conn: &mut Conn| {
        let procedure = find::ever(conn, &code)?;
        let rows = registry::versions(conn, &procedure.id, after, i64::from(size) + 1)?;
        let mut before = match after {
            0 => None,
            number => {
                registry::version(conn, &procedure.id, number)?.map(|row| content(conn, &row)).transpose()?
            }
        };
        let mut items = Vec::new();
        for row in rows {
            let present = content(conn, &row)?;
            let changed_parts =
                before.as_ref().map(|before| changed_parts(before, &present)).unwrap_or_default();
            before = Some(present);
            items.push(item(&procedure, row, changed_parts, today)?);
        }
        let next =
            |item: &VersionItem| Cursor::after(item.number.to_string(), "", &filters, None).seal(&secret);
        Reply::ok(&Page::of(items, usize::from(size), None, next, |item| item))
    };
    visitor.remembered(Source::Database, work).await
}

fn item(
    procedure: &ProcedureRow,
    row: VersionRow,
    changed_parts: Vec<Part>,
    today: NaiveDate,
) -> Result<VersionItem, ApiError> {
    Ok(VersionItem {
        name: row.summary()?.gist.name,
        href: format!("{}/versions/{}", href(procedure), row.number),
        version_id: row.id,
        number: row.number,
        valid_from: known_start(row.valid_from),
        valid_to: known_end(row.valid_to),
        in_force: row.valid_from <= today && today < row.valid_to,
        origin: row.origin,
        checksum: row.checksum,
        recorded_at: row.created_at.and_utc(),
        changed_parts,
    })
}

fn content(conn: &mut Conn, row: &VersionRow) -> Result<ProcedureContent, ApiError> {
    let texts = registry::texts(conn, &row.id)?.ok_or_else(ApiError::not_found)?;
    Ok(serde_json::from_str(&texts.content).map_err(kstt_persistence::Error::from)?)
}

/// Read one version of a procedure
///
/// By its number, in force or not. Units and links are those of today when it holds today, else of the
/// day it holds that is nearest to today.
#[utoipa::path(tag = "procedures", operation_id = "getProcedureVersion", security(()),
    params(("code" = String, Path, description = "National code, code~variant, or UUID", max_length = 300, example = "1.001193"),
        ("number" = i64, Path, description = "Number of the version", minimum = 1, maximum = 1_000_000, example = 1), IfNoneMatch),
    responses((status = 200, description = "The version", body = ProcedureView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Missing))]
#[get("/v1/procedures/{code}/versions/{number}")]
pub async fn get_version(visitor: Visitor, path: web::Path<(String, i64)>) -> Result<HttpResponse, ApiError> {
    let (code, number) = path.into_inner();
    let (today, app) = (visitor.today(), visitor.app.clone());
    let work = move |conn: &mut Conn| {
        let procedure = find::ever(conn, &code)?;
        let version = registry::version(conn, &procedure.id, number)?.ok_or_else(ApiError::not_found)?;
        let last_day = version.valid_to.pred_opt().unwrap_or(version.valid_to);
        let day = today.clamp(version.valid_from, last_day);
        let found = (procedure, version);
        let around: Surroundings = read::surroundings(conn, &app.settlers, &found, day)?;
        read::view(conn, found, around)
    };
    visitor.remembered(Source::Database, work).await
}

/// Two states of a procedure.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DiffQuery {
    /// The earlier state: a day, or the number of a version.
    #[param(max_length = 10, pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|[1-9][0-9]{0,5})$", example = "1")]
    from: String,
    /// The later state: a day, or the number of a version.
    #[param(
        max_length = 10,
        pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|[1-9][0-9]{0,5})$",
        example = "2019-03-04"
    )]
    to: String,
}

/// What changed between two states of a procedure.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiffView {
    from: StateView,
    to: StateView,
    /// Parts that differ, in the order of the law (ND 63/2010 Art. 8.2); none when both say the same.
    #[schema(max_items = 20)]
    parts: Vec<PartChange>,
}

/// A state that is compared.
#[derive(Debug, Serialize, ToSchema)]
pub struct StateView {
    /// UUID of the version.
    #[schema(max_length = 36)]
    version_id: String,
    /// Number of the version.
    #[schema(format = "int64", minimum = 1, maximum = 1_000_000)]
    number: i64,
    /// First day it holds; null when open.
    valid_from: Option<NaiveDate>,
    /// First day it no longer holds; null when open.
    valid_to: Option<NaiveDate>,
}

/// Compare two states of a procedure
///
/// By days or by numbers of versions. Each part that differs comes as lines for people and as a JSON
/// Patch (RFC 6902) on `content` for machines.
#[utoipa::path(tag = "procedures", operation_id = "diffProcedure", security(()),
    params(("code" = String, Path, description = "National code, code~variant, or UUID", max_length = 300, example = "1.001193"),
        DiffQuery, IfNoneMatch),
    responses((status = 200, description = "What changed", body = DiffView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Missing, problems::Sense))]
#[get("/v1/procedures/{code}/diff")]
pub async fn diff(
    visitor: Visitor,
    code: web::Path<String>,
    query: Params<DiffQuery>,
) -> Result<HttpResponse, ApiError> {
    let (from, to) = (State::read("from", &query.0.from)?, State::read("to", &query.0.to)?);
    let work = move |conn: &mut Conn| {
        let procedure = find::ever(conn, &code)?;
        let (before, after) = (from.version(conn, &procedure)?, to.version(conn, &procedure)?);
        let parts = part_changes(&content(conn, &before)?, &content(conn, &after)?)?;
        let revision = before.revision.max(after.revision);
        let view = DiffView { from: StateView::of(before), to: StateView::of(after), parts };
        Ok(Reply::ok(&view)?.tagged(revision))
    };
    visitor.remembered(Source::Database, work).await
}

/// A state as a caller names it.
#[derive(Clone, Copy)]
enum State {
    Day(NaiveDate),
    Number(i64),
}

impl State {
    fn read(parameter: &str, text: &str) -> Result<Self, ApiError> {
        let number = text.parse().ok().filter(|number| *number > 0).map(Self::Number);
        number.or_else(|| text.parse().ok().map(Self::Day)).ok_or_else(|| {
            let detail = say("Không có ngày này trong lịch.", "There is no such day in the calendar.");
            ApiError::parameter(ProblemCode::Invalid, parameter, detail)
        })
    }

    fn version(self, conn: &mut Conn, procedure: &ProcedureRow) -> Result<VersionRow, ApiError> {
        let found = match self {
            Self::Day(day) => registry::by_id(conn, &procedure.id, day)?.map(|(_, version)| version),
            Self::Number(number) => registry::version(conn, &procedure.id, number)?,
        };
        found.ok_or_else(|| {
            let detail = match self {
                Self::Day(day) => say(
                    format!("Thủ tục không có hiệu lực vào ngày {day}."),
                    format!("The procedure is not in force on {day}."),
                ),
                Self::Number(number) => {
                    say(format!("Không có phiên bản {number}."), format!("There is no version {number}."))
                }
            };
            ApiError::because(ProblemCode::NotFound, detail)
        })
    }
}

impl StateView {
    fn of(row: VersionRow) -> Self {
        Self {
            version_id: row.id,
            number: row.number,
            valid_from: known_start(row.valid_from),
            valid_to: known_end(row.valid_to),
        }
    }
}
