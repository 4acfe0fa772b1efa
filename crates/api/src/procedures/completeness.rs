//! What is missing or doubtful in procedures: of one, and how often in a field or at a unit.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use kstt_domain::codes::Code;
use kstt_domain::procedures::{FaultSeverity, Finding, FindingCode, ProcedureContent, findings, root_code};
use kstt_persistence::Conn;
use kstt_persistence::procedures::{self as registry, Condition, Counted, FacetKind, Filter, ProcedureOnDay};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::facets::units_named;
use super::find;
use super::read::DayQuery;
use super::settlers::KnownSettlers;
use crate::contract::problems;
use crate::http::{ApiError, IfNoneMatch, Params, Reply, Visitor, as_of};
use crate::remember::Source;

/// What is missing or doubtful in a procedure.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompletenessView {
    /// UUID of the procedure.
    #[schema(max_length = 36)]
    id: String,
    #[schema(max_length = 60)]
    national_code: Option<String>,
    /// UUID of the version.
    #[schema(max_length = 36)]
    version_id: String,
    /// Number of the version.
    #[schema(format = "int64", minimum = 1, maximum = 1_000_000)]
    number: i64,
    /// Nothing is missing that the law asks for; doubts may remain.
    complete: bool,
    /// How many findings there are of each severity.
    counts: SeverityCounts,
    /// In the order of the law's parts.
    #[schema(max_items = 500)]
    findings: Vec<Finding>,
}

/// Findings by severity.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct SeverityCounts {
    /// Something the law asks for is missing.
    #[schema(format = "int64", minimum = 0, maximum = 500)]
    error: usize,
    /// Something is doubtful.
    #[schema(format = "int64", minimum = 0, maximum = 500)]
    warning: usize,
    /// Something could be said better.
    #[schema(format = "int64", minimum = 0, maximum = 500)]
    note: usize,
}

/// Judge a procedure's completeness
///
/// What is missing or doubtful in the version in force on the day, each with the part, the article that
/// asks for it, a severity, and where it stands in `content`.
#[utoipa::path(tag = "procedures", operation_id = "getProcedureCompleteness", security(()),
    params(("code" = String, Path, description = "National code, code~variant, or UUID", max_length = 300, example = "1.001193"),
        DayQuery, IfNoneMatch),
    responses((status = 200, description = "What is missing or doubtful", body = CompletenessView),
        (status = 304, description = "Nothing changed"), problems::Open, problems::Missing))]
#[get("/v1/procedures/{code}/completeness")]
pub async fn of_procedure(
    visitor: Visitor,
    code: web::Path<String>,
    query: Params<DayQuery>,
) -> Result<HttpResponse, ApiError> {
    let day = as_of(query.0.as_of, visitor.today());
    let work = move |conn: &mut Conn| {
        let (found, _) = find::on_day(conn, &code, day)?;
        let revision = found.1.revision;
        Ok(Reply::ok(&completeness(conn, found)?)?.tagged(revision))
    };
    visitor.remembered(Source::Database, work).await
}

fn completeness(conn: &mut Conn, (procedure, version): ProcedureOnDay) -> Result<CompletenessView, ApiError> {
    let texts = registry::texts(conn, &version.id)?.ok_or_else(ApiError::not_found)?;
    let content: ProcedureContent =
        serde_json::from_str(&texts.content).map_err(kstt_persistence::Error::from)?;
    let mut found = findings(&content);
    found
        .extend(registry::dead_references(conn, &version)?.iter().map(|code| dead_reference(&content, code)));
    found.extend(registry::missing_files(conn, &version.id)?.iter().map(|file| file_missing(&content, file)));
    let count = |severity| found.iter().filter(|finding| finding.severity == severity).count();
    let counts = SeverityCounts {
        error: count(FaultSeverity::Error),
        warning: count(FaultSeverity::Warning),
        note: count(FaultSeverity::Note),
    };
    Ok(CompletenessView {
        id: procedure.id,
        national_code: procedure.national_code,
        version_id: version.id,
        number: version.number,
        complete: counts.error == 0,
        counts,
        findings: found,
    })
}

fn dead_reference(content: &ProcedureContent, code: &str) -> Finding {
    let place = |key: &str, codes: &[String]| {
        let at = codes.iter().position(|stated| root_code(stated) == Some(code))?;
        Some(format!("/{key}/{at}"))
    };
    let pointer = place("related_procedures", &content.related_procedures)
        .or_else(|| place("interlinked_procedures", &content.interlinked_procedures));
    Finding::dead_reference(&pointer.unwrap_or_default(), code)
}

fn file_missing(content: &ProcedureContent, sha256: &str) -> Finding {
    for (at, form) in content.forms.iter().enumerate() {
        if form.file.as_ref().is_some_and(|file| file.sha256 == sha256) {
            return Finding::file_missing(&format!("/forms/{at}/file"), &form.name);
        }
    }
    for (at, set) in content.sample_sets.iter().enumerate() {
        if let Some((place, file)) = set.files.iter().enumerate().find(|(_, file)| file.sha256 == sha256) {
            return Finding::file_missing(&format!("/sample_sets/{at}/files/{place}"), &file.name);
        }
    }
    Finding::file_missing("", sha256)
}

/// What findings are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountBy {
    Field,
    Unit,
}

/// Which findings are counted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CountsQuery {
    /// Subject areas, or units; subject areas when missing.
    by: Option<CountBy>,
    /// The registry as it was on this day; today when missing.
    as_of: Option<NaiveDate>,
}

/// How often something is missing or doubtful.
#[derive(Debug, Serialize, ToSchema)]
struct CountsView {
    /// The day of the figures.
    as_of: NaiveDate,
    /// All procedures in force.
    total: CountsRow,
    /// Subject areas or units, by code.
    #[schema(max_items = 5000)]
    items: Vec<CountsRow>,
}

/// The findings in the procedures of one subject area or unit.
#[derive(Debug, Serialize, ToSchema)]
struct CountsRow {
    /// Slug of the subject area or code of the unit; null in the total.
    #[schema(max_length = 120)]
    value: Option<String>,
    /// What people call it.
    #[schema(max_length = 1000)]
    name: Option<String>,
    /// Procedures in force.
    #[schema(format = "int64", minimum = 0, maximum = 10_000_000)]
    procedures: usize,
    /// Procedures in which something is missing that the law asks for.
    #[schema(format = "int64", minimum = 0, maximum = 10_000_000)]
    incomplete: usize,
    /// Procedures by finding; each is listed by `/v1/procedures?finding=…` with the same filter.
    #[schema(max_items = 100)]
    findings: Vec<FindingCount>,
}

/// How many procedures have a finding.
#[derive(Debug, Serialize, ToSchema)]
struct FindingCount {
    finding: FindingCode,
    severity: FaultSeverity,
    #[schema(format = "int64", minimum = 1, maximum = 10_000_000)]
    procedures: usize,
    /// The list of these procedures.
    #[schema(max_length = 500)]
    href: String,
}

/// Count what is missing
///
/// For every subject area or unit: procedures in force, how many are incomplete, and how many have each
/// finding. Every figure has the list it was counted from.
#[utoipa::path(tag = "procedures", operation_id = "countProcedureCompleteness", security(()), params(CountsQuery, IfNoneMatch),
    responses((status = 200, description = "The figures", body = CountsView), (status = 304, description = "Nothing changed"), problems::Open))]
#[get("/v1/procedures/completeness")]
pub async fn count_findings(visitor: Visitor, query: Params<CountsQuery>) -> Result<HttpResponse, ApiError> {
    let day = as_of(query.0.as_of, visitor.today());
    let by = query.0.by.unwrap_or(CountBy::Field);
    let app = visitor.app.clone();
    let work = move |conn: &mut Conn| {
        let all = app.search()?.counted(None, day, &Filter::default())?;
        let items = match by {
            CountBy::Field => by_field(conn, &all, day)?,
            CountBy::Unit => by_unit(conn, &app.settlers, &all, day)?,
        };
        let total = row(&all, None, &format!("as_of={day}"))?;
        Ok(Reply::ok(&CountsView { as_of: day, total, items })?.tagged(0))
    };
    visitor.remembered(Source::SearchIndex, work).await
}

fn by_field(conn: &mut Conn, all: &Counted<'_>, day: NaiveDate) -> Result<Vec<CountsRow>, ApiError> {
    let names: BTreeMap<String, String> =
        registry::fields(conn)?.into_iter().map(|field| (field.slug, field.name)).collect();
    let mut rows = Vec::new();
    for slug in all.by(FacetKind::Field)?.into_keys() {
        let of_field = all.narrowed(&Condition::any(FacetKind::Field, vec![slug.clone()]))?;
        let filter = format!("as_of={day}&field={slug}");
        let name = names.get(&slug).cloned().unwrap_or_else(|| slug.clone());
        rows.push(row(&of_field, Some((slug, name)), &filter)?);
    }
    Ok(rows)
}

fn by_unit(
    conn: &mut Conn,
    known: &KnownSettlers,
    all: &Counted<'_>,
    day: NaiveDate,
) -> Result<Vec<CountsRow>, ApiError> {
    let mut rows = Vec::new();
    for (code, (name, condition)) in units_named(conn, known, all, day)? {
        let filter = format!("as_of={day}&unit={code}");
        rows.push(row(&all.narrowed(&condition)?, Some((code, name)), &filter)?);
    }
    Ok(rows)
}

fn row(counted: &Counted<'_>, of: Option<(String, String)>, filter: &str) -> Result<CountsRow, ApiError> {
    let (value, name) = of.unzip();
    let mut findings: Vec<FindingCount> = counted
        .by(FacetKind::Finding)?
        .into_iter()
        .filter_map(|(code, procedures)| {
            let finding = FindingCode::from_code(&code)?;
            let href = format!("/v1/procedures?{filter}&finding={code}");
            Some(FindingCount { finding, severity: finding.severity(), procedures, href })
        })
        .collect();
    findings.sort_by(|a, b| b.procedures.cmp(&a.procedures).then_with(|| a.href.cmp(&b.href)));
    let errors = FindingCode::ALL.iter().filter(|code| code.severity() == FaultSeverity::Error);
    let missing = Condition::any(FacetKind::Finding, errors.map(|code| code.code().to_owned()).collect());
    Ok(CountsRow {
        value,
        name,
        procedures: counted.len(),
        incomplete: counted.narrowed(&missing)?.len(),
        findings,
    })
}
