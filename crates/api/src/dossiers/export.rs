//! The list as a table to take away.

use actix_web::{HttpResponse, get};
use kstt_domain::codes::Code;
use kstt_domain::dossiers::{DossierCause, DossierStatus};
use kstt_domain::policy::Action;
use kstt_persistence::dossiers::{self as rows, After};
use utoipa_actix_web::service_config::ServiceConfig;

use super::list::{CountNarrowing, views};
use super::wire::CountView;
use crate::contract::problems;
use crate::export::{Cell, Column, ExportFile, ExportQuery, export};
use crate::http::{ApiError, Caller, Narrowed};
use crate::sight::units_listed;

/// Records read at a time.
const PART: i64 = 500;

/// The columns before statuses and causes.
const COLUMNS: &[(&str, &str)] = &[
    ("unit", "Mã đơn vị"),
    ("lead", "Mã đơn vị chủ trì (liên thông)"),
    ("field", "Lĩnh vực"),
    ("level", "Cấp"),
    ("channel", "Kênh tiếp nhận"),
    ("period", "Kỳ"),
    ("first_day", "Từ ngày"),
    ("last_day", "Đến ngày"),
    ("received", "Tiếp nhận trong kỳ"),
    ("settled", "Đã giải quyết"),
    ("early", "Trước hạn"),
    ("on_time", "Đúng hạn"),
    ("late", "Quá hạn"),
    ("pending", "Đang giải quyết"),
    ("in_time", "Trong hạn"),
    ("overdue", "Đã quá hạn"),
];

fn columns() -> Vec<Column> {
    let plain = COLUMNS.iter().map(|(name, title)| Column::new(*name, *title));
    let statuses = DossierStatus::ALL.iter();
    let statuses = statuses
        .map(|status| Column::new(format!("status_{status}"), format!("Trạng thái: {}", status.label_vi())));
    let causes = DossierCause::ALL.iter();
    let causes = causes
        .map(|cause| Column::new(format!("cause_{cause}"), format!("Nguyên nhân: {}", cause.label_vi())));
    let last = [Column::new("source", "Nguồn"), Column::new("updated_at", "Cập nhật lúc")];
    plain.chain(statuses).chain(causes).chain(last).collect()
}

/// Export dossier counts
///
/// Everything the list of the same parameters holds, in its order: CSV (UTF-8 with BOM, safe to open in a
/// spreadsheet), XLSX with Vietnamese heads, JSON or NDJSON. At most two tables are written at a time.
#[utoipa::path(tag = "dossiers", operation_id = "exportDossierCounts", params(ExportQuery, CountNarrowing),
    responses(ExportFile, problems::Open, problems::Guarded, problems::Missing, problems::Sense, problems::Collision),
    extensions(("x-action" = json!("dossier_counts.read"))))]
#[get("/v1/dossier-counts/export")]
async fn export_counts(
    caller: Caller,
    query: Narrowed<ExportQuery, CountNarrowing>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadDossierCounts)?;
    let Narrowed(asked, narrowing) = query;
    let (actor, today) = (caller.actor.clone(), caller.today());
    export(&caller, "dossier-counts", asked, columns(), move |conn, table| {
        let units = units_listed(conn, &actor, Action::ReadDossierCounts, narrowing.unit.as_deref(), today)?;
        let (filter, mut after) = (narrowing.filter(), None::<After>);
        loop {
            let found = rows::list(conn, units.as_deref(), &filter, after.as_ref(), PART)?;
            let Some(last) = found.last() else { return Ok(()) };
            after = Some(After { first_day: last.first_day, id: last.id.clone() });
            for view in views(conn, &found)? {
                table.push(&cells(view))?;
            }
        }
    })
    .await
}

fn cells(view: CountView) -> Vec<Cell> {
    let counts = &view.counts;
    let statuses: Vec<Cell> = counts.by_status.each().map(|(_, count)| Cell::Count(count)).collect();
    let causes: Vec<Cell> = counts.late_causes.each().map(|(_, count)| Cell::Count(count)).collect();
    let plain = vec![
        Cell::Text(view.unit),
        Cell::text(view.lead.as_deref()),
        Cell::Text(view.field),
        Cell::text(Some(view.level.code())),
        Cell::text(Some(view.channel.code())),
        Cell::Text(view.period),
        Cell::Day(view.first_day),
        Cell::Day(view.last_day),
        Cell::Count(counts.received),
        Cell::Count(view.settled),
        Cell::Count(counts.early),
        Cell::Count(counts.on_time),
        Cell::Count(counts.late),
        Cell::Count(view.pending),
        Cell::Count(counts.in_time),
        Cell::Count(counts.overdue),
    ];
    let last = [Cell::Text(view.source), Cell::Moment(view.updated_at)];
    plain.into_iter().chain(statuses).chain(causes).chain(last).collect()
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(export_counts);
}
