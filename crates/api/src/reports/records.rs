//! The records behind a figure.

use std::collections::{BTreeMap, HashSet};

use actix_web::{HttpResponse, get, web};
use kstt_domain::policy::actions::ReadObligations;
use kstt_domain::policy::{Action, Reach, permit, reach};
use kstt_domain::reports::{FormRows, ReportMeasure, TOTAL};
use kstt_persistence::reports::{self as rows, feedback_records};
use kstt_persistence::units::Viewers;
use kstt_persistence::{Conn, feedback as items};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::held::Held;
use super::measure::{Counted, field_of, of_feedback};
use super::wire::form_of;
use super::{dossiers, sight};
use crate::contract::problems;
use crate::feedback;
use crate::http::{ApiError, Caller, Cursor, Page, Params, Reply, limit};
use crate::sight::unit_target;

/// So many more records are looked at together where some of the first are not told.
const FURTHER: i64 = 500;

/// Which part of the records.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RecordQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// A record that is counted in a cell.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountedRecord {
    /// Kind of the record, such as `feedback`.
    #[schema(max_length = 40)]
    pub kind: &'static str,
    #[schema(max_length = 36)]
    pub id: String,
    /// What it is called: the code of an item or a procedure, the period of counts, a rule and what it is about.
    #[schema(max_length = 120)]
    pub code: String,
    /// What it adds to the figure.
    #[schema(minimum = 0, maximum = 1000000000000000i64)]
    pub value: i64,
    /// Where it is read.
    #[schema(max_length = 200)]
    pub href: String,
}

/// Whoever asks for records.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub caller: &'a Caller,
    pub viewers: &'a Viewers,
}

impl Reader<'_> {
    /// Whether they may know of a deadline of a unit.
    pub fn reads_duty(self, id: &str, unit_id: &str) -> bool {
        let Self { caller, viewers } = self;
        let target = unit_target(viewers, &caller.actor, id, unit_id, caller.today());
        permit::<ReadObligations>(&caller.actor, &target).is_ok()
    }

    /// Those of some items of feedback that they may know of.
    fn read_items(self, conn: &mut Conn, ids: &[String]) -> Result<HashSet<String>, ApiError> {
        let Self { caller, viewers } = self;
        let mut found = items::by_ids(conn, ids)?;
        found.retain(|row| feedback::reading(viewers, &caller.actor, row, caller.today()).is_some());
        Ok(found.into_iter().map(|row| row.id).collect())
    }
}

/// What is asked of a reader of the records behind a measure, beside that they read the report.
fn room_of(measure: ReportMeasure) -> Option<Action> {
    match Held::by(measure) {
        Some(Held::Duties(_)) => Some(Action::ReadObligations),
        _ => (!of_feedback(measure).is_empty()).then_some(Action::ReadFeedback),
    }
}

/// The first records after one that are told: `read` gives a part of all, and of each whether it is.
pub fn read_on(
    (after, limit): (Option<&str>, i64),
    mut read: impl FnMut((Option<&str>, i64)) -> Result<Vec<(CountedRecord, bool)>, ApiError>,
) -> Result<Vec<CountedRecord>, ApiError> {
    let (mut after, mut most, mut found) = (after.map(str::to_owned), limit, Vec::new());
    loop {
        let part = read((after.as_deref(), most))?;
        let is_last = (part.len() as i64) < most;
        after = part.last().map(|(record, _)| record.id.clone());
        found.extend(part.into_iter().filter(|(_, is_told)| *is_told).map(|(record, _)| record));
        if is_last || found.len() as i64 >= limit {
            return Ok(found);
        }
        most = FURTHER;
    }
}

/// List the records behind a cell
///
/// By the same conditions as the figure was counted, each with what it adds: together they are what it says when
/// it is counted now. A cell that is declared by hand has none. Listed are those that the caller may read: feedback for
/// whoever reads that feedback, deadlines for whoever reads those. Those of a form that covers the units below are for
/// whoever sees these units.
#[utoipa::path(tag = "reports", operation_id = "listReportCellRecords",
    params(("id" = String, Path, description = "UUID of the report", max_length = 36),
        ("row" = String, Path, description = "Row of the cell", max_length = 200),
        ("column" = String, Path, description = "Code of the column", max_length = 60), RecordQuery),
    responses((status = 200, description = "The records", body = Page<CountedRecord>), problems::Open, problems::Guarded,
        problems::Missing, problems::Sense),
    extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/reports/{id}/cells/{row}/{column}/records")]
async fn list_report_cell_records(
    caller: Caller,
    path: web::Path<(String, String, String)>,
    query: Params<RecordQuery>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let (id, row_name, column) = path.into_inner();
    let limit = limit(query.0.limit)?;
    let filters = format!("cell records {id} {row_name} {column} {}", caller.actor.id);
    let secret = caller.app.cursor_secret();
    let after = query.0.cursor.as_deref().map(|text| Cursor::open(text, &filters, secret)).transpose()?;
    let (here, today) = (caller.clone(), caller.today());
    let found = caller
        .read(move |conn| {
            let report = sight::visible(conn, &here.app, &here.actor, &id, today)?;
            let form = form_of(conn, &report)?;
            // They are records of the units below too, which are for whoever sees all of these.
            if form.covers_below && reach(&here.actor, Action::ReadDossierCounts) == Some(Reach::Own) {
                return Err(ApiError::forbidden());
            }
            let column = form.column(&column).ok_or_else(ApiError::not_found)?;
            for room in column.source.iter().filter_map(|measure| room_of(*measure)) {
                here.require(room)?;
            }
            let period = rows::period(conn, &report.period)?.ok_or_else(ApiError::not_found)?;
            let viewers = here.app.units.viewers(conn)?;
            let of = Counted::of(conn, &viewers, &form, (&report.unit_id, &period), here.now)?;
            let reader = Reader { caller: &here, viewers: &viewers };
            let after = after.as_ref().map(|cursor| cursor.key.as_str());
            let mut found: BTreeMap<String, CountedRecord> = BTreeMap::new();
            for measure in &column.source {
                let part = (after, i64::from(limit) + 1);
                let cell = (form.rows, row_name.as_str());
                let mut records = of_feedback_in(conn, &of, cell, *measure, part, reader)?;
                records.extend(dossiers::records(conn, &of, cell, *measure, part)?);
                if let Some(held) = Held::by(*measure).filter(|_| row_name == TOTAL) {
                    records.extend(held.records(conn, &of, part, reader)?);
                }
                for record in records {
                    match found.get_mut(&record.id) {
                        // It gives to several measures of the column.
                        Some(known) => known.value += record.value,
                        None => drop(found.insert(record.id.clone(), record)),
                    }
                }
            }
            let is_further = |record: &CountedRecord| after.is_none_or(|after| record.id.as_str() > after);
            Ok(found.into_values().filter(is_further).collect::<Vec<_>>())
        })
        .await?;
    let next = |last: &CountedRecord| Cursor::after(&last.id, "", &filters, None).seal(secret);
    Ok(Reply::ok(&Page::of(found, usize::from(limit), None, next, |record| record))?.into_response())
}

fn of_feedback_in(
    conn: &mut Conn,
    of: &Counted,
    (rows, row): (FormRows, &str),
    measure: ReportMeasure,
    part: (Option<&str>, i64),
    reader: Reader<'_>,
) -> Result<Vec<CountedRecord>, ApiError> {
    let Some(field) = field_of(rows, row) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for measure in of_feedback(measure) {
        found.extend(read_on(part, |part| {
            let counted = feedback_records(conn, of.feedback(), *measure, field, part)?;
            let ids: Vec<String> = counted.iter().map(|(id, _)| id.clone()).collect();
            let read = reader.read_items(conn, &ids)?;
            let told = |(id, code): (String, String)| {
                let (reads, href) = (read.contains(&id), format!("/v1/feedback/{id}"));
                (CountedRecord { kind: "feedback", id, code, value: 1, href }, reads)
            };
            Ok(counted.into_iter().map(told).collect())
        })?);
    }
    Ok(found)
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_report_cell_records);
}
