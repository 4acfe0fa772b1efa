//! Forms as data: those that are shipped, and versions the city adds.

use actix_web::{HttpResponse, get, put, web};
use chrono::NaiveDate;
use kstt_domain::period::{OPEN_END, OPEN_START, known_end, known_start};
use kstt_domain::policy::actions::EditReportForm;
use kstt_domain::policy::{Action, Target};
use kstt_domain::reports::{ReportForm, shipped_forms};
use kstt_persistence::audit::Change;
use kstt_persistence::reports::{self as rows, FormRow};
use kstt_persistence::{Conn, Error};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Faults, IdempotencyKey, Page, Params, Reply, Tx, Visitor, as_of, object, say,
};

/// Stores the shipped forms that are not there yet; a form that was stored once is the city's.
pub fn seed(conn: &mut Conn, app: &App) -> Result<bool, Error> {
    let mut stored = false;
    for form in shipped_forms()? {
        if rows::form(conn, &form.code, 1)?.is_none() {
            let row = row_of(&form, 1, (form.valid_from, None), app.clock.now().naive_utc())?;
            rows::insert_form(conn, &row)?;
            stored = true;
        }
    }
    Ok(stored)
}

fn row_of(
    form: &ReportForm,
    version: i64,
    (valid_from, reason): (Option<NaiveDate>, Option<String>),
    now: chrono::NaiveDateTime,
) -> Result<FormRow, Error> {
    Ok(FormRow {
        code: form.code.clone(),
        version,
        valid_from: valid_from.unwrap_or(OPEN_START),
        valid_to: form.valid_to.unwrap_or(OPEN_END),
        body: serde_json::to_string(form)?,
        reason,
        created_at: now,
    })
}

/// A form in one of its versions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportFormVersion)]
struct FormView {
    /// Its code as it stands in addresses: `05-VPCP-KSTT`.
    #[schema(max_length = 40)]
    key: String,
    #[schema(minimum = 1, maximum = 1000000)]
    version: i64,
    valid_from: Option<NaiveDate>,
    /// Exclusive.
    valid_to: Option<NaiveDate>,
    #[schema(max_length = 500)]
    reason: Option<String>,
    form: ReportForm,
}

impl FormView {
    fn of(row: FormRow) -> Result<Self, Error> {
        Ok(Self {
            key: key_of(&row.code),
            version: row.version,
            valid_from: known_start(row.valid_from),
            valid_to: known_end(row.valid_to),
            form: row.read()?,
            reason: row.reason,
        })
    }
}

/// A code without what addresses are divided by: also the name of the form's sheet in a workbook.
pub fn key_of(code: &str) -> String {
    code.replace('/', "-")
}

/// Whether two codes have the same key; names of sheets know no capitals.
fn are_alike(code: &str, other: &str) -> bool {
    key_of(code).eq_ignore_ascii_case(&key_of(other))
}

/// The day a list is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FormQuery {
    /// The forms in force on this day; today when missing.
    as_of: Option<NaiveDate>,
}

/// List report forms
///
/// Those in force on a day, by code, each with its columns, formulas, checks and the sources of its cells. A
/// form that nobody could compare with the printed one says so.
#[utoipa::path(tag = "reports", operation_id = "listReportForms", security(()), params(FormQuery), responses(
    (status = 200, description = "The forms", body = Page<FormView>), problems::Open))]
#[get("/v1/report-forms")]
async fn list_report_forms(visitor: Visitor, query: Params<FormQuery>) -> Result<HttpResponse, ApiError> {
    let day = as_of(query.0.as_of, visitor.today());
    let items = visitor
        .read(move |conn| {
            let found = rows::forms_on(conn, day)?;
            Ok(found.into_iter().map(FormView::of).collect::<Result<Vec<_>, _>>()?)
        })
        .await?;
    Ok(Reply::ok(&Page { items, next_cursor: None, count: None })?.into_response())
}

/// List the versions of a report form
///
/// Oldest first.
#[utoipa::path(tag = "reports", operation_id = "listReportFormVersions", security(()),
    params(("key" = String, Path, description = "Code of the form with `-` for `/`", max_length = 40)),
    responses((status = 200, description = "The versions", body = Page<FormView>), problems::Open, problems::Missing))]
#[get("/v1/report-forms/{key}/versions")]
async fn list_report_form_versions(
    visitor: Visitor,
    key: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let items = visitor
        .read(move |conn| {
            let found = rows::forms(conn)?.into_iter().filter(|row| key_of(&row.code) == *key);
            Ok(found.map(FormView::of).collect::<Result<Vec<_>, _>>()?)
        })
        .await?;
    if items.is_empty() {
        return Err(ApiError::not_found());
    }
    Ok(Reply::ok(&Page { items, next_cursor: None, count: None })?.into_response())
}

/// A version of a form, from a day on.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FormToPublish {
    /// The first day it holds; reports opened before keep the version they were opened by.
    valid_from: NaiveDate,
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    #[serde(deserialize_with = "object")]
    form: ReportForm,
}

/// Add or correct a report form
///
/// As a new version from a day on: forms are data, and need no release. Reports that are open keep the version
/// they were opened by.
#[utoipa::path(tag = "reports", operation_id = "publishReportForm", request_body = FormToPublish,
    params(("key" = String, Path, description = "Code of the form with `-` for `/`", max_length = 40), IdempotencyKey),
    responses((status = 200, description = "The version", body = FormView), problems::Open, problems::Guarded,
        problems::Content, problems::Collision),
    extensions(("x-action" = json!("report_forms.edit"))))]
#[put("/v1/report-forms/{key}")]
async fn publish_report_form(
    caller: Caller,
    key: web::Path<String>,
    body: Body<FormToPublish>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EditReportForm)?;
    let wanted = body.value;
    caller.write(&body.hash, move |tx| Ok(publish(tx, &key, &wanted)?)).await
}

fn publish(tx: &mut Tx<'_>, key: &str, wanted: &FormToPublish) -> Result<Reply, ApiError> {
    let permit = tx.permit::<EditReportForm>(&Target::city(key))?;
    let mut faults = Faults::default();
    let reason = faults.line("/reason", &wanted.reason, 500);
    let valid_from = faults.day("/valid_from", wanted.valid_from);
    if key_of(&wanted.form.code) != key {
        let detail = say("Không khớp với địa chỉ.", "It is not the one of the address.");
        faults.add("/form/code", "other_form", detail);
    }
    for fault in wanted.form.validate() {
        let detail = say("Biểu mẫu không hợp lệ ở đây.", "The form is not sound here.");
        faults.add(format!("/form{}", fault.pointer), fault.code, detail);
    }
    let known = rows::forms(tx.conn)?;
    let before = known.iter().rfind(|row| row.code == wanted.form.code);
    if before.is_none() && known.iter().any(|row| are_alike(&row.code, &wanted.form.code)) {
        let detail = say("Mã quá giống mã của biểu mẫu khác.", "It is too much like another form's code.");
        faults.add("/form/code", "duplicate", detail);
    }
    if before.is_some_and(|before| before.valid_from >= valid_from) {
        let detail = say("Phải sau ngày bắt đầu của phiên bản trước.", "It begins after the version before.");
        faults.add("/valid_from", "out_of_order", detail);
    }
    faults.finish()?;
    let version = before.map_or(1, |before| before.version + 1);
    let form = ReportForm { valid_from: Some(valid_from), ..wanted.form.clone() };
    let now = tx.now.naive_utc();
    let row = row_of(&form, version, (Some(valid_from), Some(reason.clone())), now)?;
    rows::publish_form(tx.conn, &permit, before.map(|before| before.version), &row)?;
    let change = Change {
        kind: "report_form",
        id: key,
        key: &row.code,
        after: Some(serde_json::json!({ "version": version, "valid_from": valid_from })),
        reason: Some(&reason),
        ..Change::default()
    };
    tx.audit(&permit, change)?;
    Reply::ok(&FormView::of(row)?)
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_report_forms).service(list_report_form_versions).service(publish_report_form);
}
