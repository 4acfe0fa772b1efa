//! The work list as a table to take away: what the list shows, without who sent it.

use actix_web::{HttpResponse, get};
use kstt_domain::codes::Code;
use kstt_domain::policy::Action;
use kstt_persistence::Page as Part;
use kstt_persistence::feedback as rows;
use utoipa_actix_web::service_config::ServiceConfig;

use super::list::FeedbackNarrowing;
use super::wire::{FeedbackTeller, FeedbackView};
use crate::contract::problems;
use crate::export::{Cell, Column, ExportFile, ExportQuery, export};
use crate::http::{ApiError, Caller, Narrowed};

/// Items read at a time.
const PART: i64 = 500;

const COLUMNS: &[(&str, &str)] = &[
    ("code", "Mã số"),
    ("state", "Trạng thái"),
    ("class", "Loại"),
    ("channel", "Kênh tiếp nhận"),
    ("title", "Tiêu đề"),
    ("content", "Nội dung"),
    ("procedure_code", "Mã thủ tục"),
    ("field", "Lĩnh vực"),
    ("place", "Nơi tiếp nhận"),
    ("handler", "Đơn vị xử lý"),
    ("received_at", "Tiếp nhận lúc"),
    ("registered_at", "Vào sổ lúc"),
    ("valid_at", "Đủ điều kiện lúc"),
    ("due_on", "Hạn trả lời"),
    ("days_left", "Số ngày còn lại"),
    ("working_days_left", "Số ngày làm việc còn lại"),
    ("answer", "Trả lời"),
    ("approved_at", "Duyệt trả lời lúc"),
    ("ended_at", "Kết thúc lúc"),
    ("satisfied", "Người phản ánh hài lòng"),
    ("updated_at", "Cập nhật lúc"),
];

/// Export feedback
///
/// Everything the list of the same parameters holds, in its order: CSV (UTF-8 with BOM, safe to open in a
/// spreadsheet), XLSX with Vietnamese heads, JSON or NDJSON. Senders are never part of it. At most two tables
/// are written at a time.
#[utoipa::path(tag = "feedback", operation_id = "exportFeedback", params(ExportQuery, FeedbackNarrowing),
    responses(ExportFile, problems::Open, problems::Guarded, problems::Missing, problems::Sense, problems::Collision),
    extensions(("x-action" = json!("feedback.read"))))]
#[get("/v1/feedback/export")]
async fn export_feedback(
    caller: Caller,
    query: Narrowed<ExportQuery, FeedbackNarrowing>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadFeedback)?;
    let Narrowed(asked, narrowing) = query;
    let (here, selection) = (caller.clone(), narrowing.select(&caller)?);
    let columns = COLUMNS.iter().map(|(name, title)| Column::new(*name, *title)).collect();
    export(&caller, "feedback", asked, columns, move |conn, table| {
        let (scope, filter) = selection.settle(conn, &here)?;
        let mut teller = FeedbackTeller::at(&here.app, conn, &here.actor, here.now)?;
        let mut after: Option<String> = None;
        loop {
            let found = rows::list(conn, &scope, &filter, Part { after: after.as_deref(), limit: PART })?;
            let Some(last) = found.last() else { return Ok(()) };
            after = Some(last.sort_key.clone());
            for row in &found {
                table.push(&cells(teller.tell(conn, row)?))?;
            }
        }
    })
    .await
}

fn cells(item: FeedbackView) -> [Cell; COLUMNS.len()] {
    let moment = |moment| Option::map_or(moment, Cell::Nothing, Cell::Moment);
    let left = item.days_left;
    [
        Cell::Text(item.code),
        Cell::text(Some(item.state.code())),
        Cell::text(item.class.map(Code::code)),
        Cell::text(Some(item.channel.code())),
        Cell::Text(item.title),
        Cell::Text(item.content),
        Cell::text(item.procedure_code.as_deref()),
        Cell::text(item.field.as_deref()),
        Cell::Text(item.place),
        Cell::Text(item.handler),
        Cell::Moment(item.received_at),
        Cell::Moment(item.registered_at),
        moment(item.valid_at),
        item.due_on.map_or(Cell::Nothing, Cell::Day),
        left.map_or(Cell::Nothing, |left| Cell::Count(left.calendar)),
        left.and_then(|left| left.working).map_or(Cell::Nothing, Cell::Count),
        Cell::text(item.answer.as_deref()),
        moment(item.approved_at),
        moment(item.ended_at),
        item.satisfied.map_or(Cell::Nothing, Cell::Flag),
        Cell::Moment(item.updated_at),
    ]
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(export_feedback);
}
