//! A procedure as one row of a table: what people filter and sort by. Lists are joined by semicolons.

use chrono::NaiveDate;
use kstt_domain::codes::Code;
use kstt_domain::procedures::{Part, ProcedureContent, ServiceLevel};

use super::build::OpenItem;
use crate::export::harmless;

/// The columns, in the words of the contract.
pub const COLUMNS: &[&str] = &[
    "id",
    "national_code",
    "local_code",
    "variant",
    "locality",
    "version_id",
    "number",
    "valid_from",
    "valid_to",
    "name",
    "field",
    "levels",
    "service_level",
    "channels",
    "time_limit",
    "fees",
    "subjects",
    "settled_by",
    "settling_agency",
    "results",
    "legal_bases",
    "decision_number",
    "href",
];

/// The cells of a procedure, in the order of [`COLUMNS`].
pub fn row(base: &str, item: &OpenItem<'_>, content: &ProcedureContent) -> Vec<String> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let lines = |part: Part| part.lines(content).join("; ");
    let joined = |codes: Vec<&str>| codes.join("; ");
    let cells = [
        item.id.to_owned(),
        text(item.national_code),
        text(content.local_code.as_deref()),
        item.variant.to_owned(),
        text(item.locality),
        item.version_id.to_owned(),
        item.number.to_string(),
        day(item.valid_from),
        day(item.valid_to),
        content.name.clone(),
        text(content.field.as_deref()),
        joined(content.levels.values.iter().map(|level| level.code()).collect()),
        content.service_level.as_ref().map(service_level).unwrap_or_default(),
        joined(content.channels.iter().map(|channel| channel.kind.code()).collect()),
        lines(Part::TimeLimit),
        lines(Part::Fees),
        joined(content.subjects.iter().map(|subject| subject.kind.code()).collect()),
        joined(item.settled_by.iter().map(|unit| unit.code.as_str()).collect()),
        text(content.agencies.settling.as_deref()),
        lines(Part::Results),
        lines(Part::LegalBases),
        text(content.decision_number.as_deref()),
        format!("{base}/v1/procedures/{}", item.id),
    ];
    cells.into_iter().map(harmless).collect()
}

fn service_level(level: &ServiceLevel) -> String {
    format!("{}:{}", level.scale, level.value)
}
