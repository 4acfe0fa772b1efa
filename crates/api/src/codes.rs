//! Every code list of the product, with its labels in two languages.

use actix_web::{HttpResponse, get, web};
use kstt_domain::codes::{CodeLabel, CodeList};
use kstt_domain::{
    analytics, attachments, calendar, dossiers, feedback, notifications, obligations, policy, procedures,
    reports, units,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::contract::problems;
use crate::export::ExportFormat;
use crate::http::{ApiError, IfNoneMatch, ProblemCode, Reply, Visitor};

/// Every closed code list.
#[derive(Debug, Serialize, ToSchema)]
struct CodeLists {
    /// In the order of names.
    #[schema(max_items = 500)]
    lists: Vec<CodeListView>,
}

/// One closed code list.
#[derive(Debug, Serialize, ToSchema)]
struct CodeListView {
    /// Name of the list.
    #[schema(max_length = 60, example = "unit_kind")]
    list: &'static str,
    /// Its codes, in the order people expect to read them.
    #[schema(max_items = 500)]
    codes: Vec<CodeView>,
}

/// One code with its labels.
#[derive(Debug, Serialize, ToSchema)]
struct CodeView {
    /// What is stored and sent.
    #[schema(max_length = 60, example = "commune")]
    code: &'static str,
    /// Vietnamese label.
    #[schema(max_length = 200)]
    vi: &'static str,
    /// English label.
    #[schema(max_length = 200)]
    en: &'static str,
}

impl From<CodeList> for CodeListView {
    fn from(list: CodeList) -> Self {
        let view = |label: CodeLabel| CodeView { code: label.code, vi: label.vi, en: label.en };
        Self { list: list.list, codes: list.codes.into_iter().map(view).collect() }
    }
}

fn all() -> Vec<CodeList> {
    let mut lists = vec![
        CodeList::of::<ProblemCode>(),
        CodeList::of::<analytics::AnalyticsComparison>(),
        CodeList::of::<analytics::AnalyticsDimension>(),
        CodeList::of::<analytics::AnalyticsFilter>(),
        CodeList::of::<analytics::AnalyticsKind>(),
        CodeList::of::<analytics::AnalyticsMeasure>(),
        CodeList::of::<analytics::AnalyticsRoom>(),
        CodeList::of::<analytics::AnalyticsUnit>(),
        CodeList::of::<attachments::AttachmentState>(),
        CodeList::of::<ExportFormat>(),
        CodeList::of::<kstt_domain::exports::ExportState>(),
        CodeList::of::<attachments::FileFault>(),
        CodeList::of::<calendar::DayKind>(),
        CodeList::of::<calendar::DayReason>(),
        CodeList::of::<calendar::DayStatus>(),
        CodeList::of::<calendar::Direction>(),
        CodeList::of::<calendar::TermUnit>(),
        CodeList::of::<dossiers::CountChannel>(),
        CodeList::of::<dossiers::CountFault>(),
        CodeList::of::<dossiers::DossierCause>(),
        CodeList::of::<dossiers::DossierStatus>(),
        CodeList::of::<feedback::CitizenAct>(),
        CodeList::of::<feedback::FeedbackChannel>(),
        CodeList::of::<feedback::FeedbackClass>(),
        CodeList::of::<feedback::FeedbackEvent>(),
        CodeList::of::<feedback::FeedbackState>(),
        CodeList::of::<feedback::FindingKind>(),
        CodeList::of::<feedback::GuidedTo>(),
        CodeList::of::<feedback::LedgerState>(),
        CodeList::of::<feedback::RefusalGround>(),
        CodeList::of::<crate::feedback::MissingPart>(),
        CodeList::of::<crate::feedback::Resemblance>(),
        CodeList::of::<notifications::Audience>(),
        CodeList::of::<notifications::DeliveryState>(),
        CodeList::of::<notifications::NoticeKind>(),
        CodeList::of::<obligations::DateReading>(),
        CodeList::of::<obligations::ObligationOutcome>(),
        CodeList::of::<obligations::ObligationState>(),
        CodeList::of::<obligations::ReminderSide>(),
        CodeList::of::<obligations::ResponsibleParty>(),
        CodeList::of::<obligations::RuleCertainty>(),
        CodeList::of::<obligations::RuleKind>(),
        CodeList::of::<obligations::RuleShape>(),
        CodeList::of::<obligations::Trigger>(),
        CodeList::of::<policy::Action>(),
        CodeList::of::<policy::ActorKind>(),
        CodeList::of::<policy::ClientScope>(),
        CodeList::of::<policy::Role>(),
        CodeList::of::<procedures::ChannelKind>(),
        CodeList::of::<crate::procedures::ChangeKind>(),
        CodeList::of::<crate::procedures::LinkState>(),
        CodeList::of::<procedures::FaultCode>(),
        CodeList::of::<procedures::FaultSeverity>(),
        CodeList::of::<procedures::FeeKind>(),
        CodeList::of::<procedures::FindingCode>(),
        CodeList::of::<procedures::Level>(),
        CodeList::of::<procedures::LevelBasis>(),
        CodeList::of::<procedures::Part>(),
        CodeList::of::<procedures::ProcedureKind>(),
        CodeList::of::<procedures::ServiceLevelScale>(),
        CodeList::of::<procedures::ServiceLevelValue>(),
        CodeList::of::<procedures::SubjectKind>(),
        CodeList::of::<procedures::TimeUnit>(),
        CodeList::of::<reports::CheckSeverity>(),
        CodeList::of::<reports::ColumnKind>(),
        CodeList::of::<reports::FormCertainty>(),
        CodeList::of::<reports::FormRows>(),
        CodeList::of::<reports::PeriodKind>(),
        CodeList::of::<reports::ReportEvent>(),
        CodeList::of::<reports::ReportMeasure>(),
        CodeList::of::<reports::ReportState>(),
        CodeList::of::<reports::WindowKind>(),
        CodeList::of::<crate::reports::CellOrigin>(),
        CodeList::of::<units::SuccessionKind>(),
        CodeList::of::<units::UnitKind>(),
        CodeList::of::<units::UnitLevel>(),
    ];
    lists.sort_by_key(|list| list.list);
    lists
}

/// The lists have no versions of their own: the tag of an answer differs when its text does.
const VERSION: i64 = 1;

/// List all code lists
///
/// Every closed list of codes in requests and answers, with Vietnamese and English labels.
#[utoipa::path(tag = "codes", operation_id = "listCodes", security(()), params(IfNoneMatch),
    responses((status = 200, description = "The lists", body = CodeLists), (status = 304, description = "Nothing changed"),
        problems::Open))]
#[get("/v1/codes")]
async fn list_codes(visitor: Visitor) -> Result<HttpResponse, ApiError> {
    let body = CodeLists { lists: all().into_iter().map(CodeListView::from).collect() };
    Ok(visitor.answer(Reply::ok(&body)?.tagged(VERSION)))
}

/// Read a code list
///
/// One list by its name.
#[utoipa::path(tag = "codes", operation_id = "getCodeList", security(()),
    params(("list" = String, Path, description = "Name of the list", min_length = 1, max_length = 60, example = "unit_kind"),
        IfNoneMatch),
    responses((status = 200, description = "The list", body = CodeListView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Missing))]
#[get("/v1/codes/{list}")]
async fn get_code_list(visitor: Visitor, name: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let found = all().into_iter().find(|list| list.list == name.as_str()).ok_or_else(ApiError::not_found)?;
    Ok(visitor.answer(Reply::ok(&CodeListView::from(found))?.tagged(VERSION)))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_codes).service(get_code_list);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Names of the lists declared below `directory`: `pub enum Name: "list" {`.
    fn declared(directory: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                declared(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let enums = text.lines().filter_map(|line| line.trim().strip_prefix("pub enum "));
                let names = enums.filter_map(|rest| rest.split_once('"')?.1.split_once('"'));
                found.extend(names.map(|(name, _)| name.to_owned()));
            }
        }
    }

    #[test]
    fn every_declared_list_is_printed_once() {
        let mut sources = Vec::new();
        for name in ["api", "domain", "persistence"] {
            declared(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src"), &mut sources);
        }
        sources.sort();
        let printed: Vec<String> = all().into_iter().map(|list| list.list.to_owned()).collect();
        assert_eq!(printed, sources);
        assert_eq!(printed.iter().collect::<BTreeSet<_>>().len(), printed.len());
    }

    #[test]
    fn no_code_is_in_a_list_twice_and_every_code_has_labels() {
        for list in all() {
            let codes: BTreeSet<_> = list.codes.iter().map(|label| label.code).collect();
            assert_eq!(codes.len(), list.codes.len(), "{}", list.list);
            assert!(
                list.codes.iter().all(|label| !label.vi.is_empty() && !label.en.is_empty()),
                "{}",
                list.list
            );
        }
    }
}
