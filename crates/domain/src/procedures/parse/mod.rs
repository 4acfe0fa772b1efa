//! From a source row to a procedure, a part at a time.

mod articles;
mod channels;
mod fees;
mod files;
mod identity;
mod legal_bases;
mod papers;
mod reader;
mod service_levels;
mod steps;
mod subjects;
mod time_limits;

pub(super) use articles::whole as places_of;
pub use identity::{Identity, Locality};
pub use reader::{MAX_FAULTS, MAX_ITEMS, MAX_ROW_CHARS, MAX_TEXT_CHARS};
pub(super) use steps::number_of;
pub(super) use time_limits::{StatedTime, from_text as time_limit_of, stated_times};

use super::content::*;
use super::fault::{Fault, FaultCode};
use super::lists::{ProcedureKind, TimeUnit};
use super::source::SourceRow;
use crate::text::fold;
use chrono::{Datelike, NaiveDate};
use reader::Reader;
use serde::Serialize;

/// What a source row says, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parsed {
    pub identity: Identity,
    /// Depends on the row's content only, so that equal rows give equal JSON and equal checksums.
    pub content: ProcedureContent,
    /// Kept apart from the content: reading the same text again must not make a new version.
    pub provenance: Provenance,
    pub faults: Vec<Fault>,
}

/// Where and when a row was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// Key of the row within its source.
    pub row_id: Option<String>,
    pub full: Option<bool>,
    pub field_code: Option<String>,
    pub structure: Option<String>,
    pub as_of: Option<String>,
    pub quality: Option<String>,
    pub repo: Option<String>,
    pub path: Option<String>,
    pub url: Option<String>,
    pub item: Option<u32>,
}

/// Parses one row. It never fails: a row that cannot be taken has a fault of severity `error`, and
/// beyond the limits of this module its content is cut.
pub fn parse(row: &SourceRow) -> Parsed {
    let mut reader = Reader::default();
    reader.unknown_keys("", &row.unknown_keys);
    let content = content(&mut reader, row);
    let identity = identity::identity(&mut reader, row, &content);
    let provenance = provenance(&mut reader, row);
    missing_parts(&mut reader, &content);
    Parsed { identity, content, provenance, faults: reader.into_faults() }
}

fn content(reader: &mut Reader, row: &SourceRow) -> ProcedureContent {
    ProcedureContent {
        name: reader.optional("/name", &row.name).unwrap_or_default(),
        national_code: reader.optional("/code", &row.code),
        local_code: reader.optional("/local_code", &row.local_code),
        field: reader.optional("/field", &row.field),
        keywords: reader.texts("/keywords", &row.keywords),
        procedure_type: procedure_type(reader, row),
        levels: identity::levels(reader, row),
        service_level: service_levels::service_level(reader, row),
        issuing_body: reader.optional("/issuing_body", &row.issuing_body),
        decision_number: reader.optional("/decision_number", &row.decision_number),
        steps: steps::steps(reader, &row.steps),
        channels: channels::channels(reader, &row.submission_channels),
        dossier: papers::dossier(reader, row),
        time_limit: overall_time_limit(reader, row),
        subjects: subjects::subjects(reader, &row.subjects),
        agencies: Agencies {
            settling: reader.optional("/implementing_agency", &row.implementing_agency),
            settling_unit_codes: reader.texts("/settling_unit_codes", &row.settling_unit_codes),
            deciding: reader.optional("/deciding_agency", &row.deciding_agency),
            authorised: reader.optional("/authorised_agency", &row.authorised_agency),
            coordinating: reader.optional("/coordinating_agency", &row.coordinating_agency),
            reception_address: reader.optional("/reception_address", &row.reception_address),
        },
        results: papers::results(reader, &row.results),
        requirements: requirements(reader, row),
        fees: fees::optional(reader, "/fee", &row.fee),
        legal_bases: legal_bases::legal_bases(reader, &row.legal_basis),
        related_procedures: codes(reader, "/related_procedures", &row.related_procedures),
        interlinked_procedures: codes(reader, "/interlinked_procedures", &row.interlinked_procedures),
        status_text: reader.optional("/status_text", &row.status_text),
        effective_date: stated_date(reader, "/effective_date", &row.effective_date),
        valid_from: stated_date(reader, "/valid_from", &row.valid_from),
        forms: files::forms(reader, &row.forms),
        sample_sets: files::sample_sets(reader, &row.sample_sets),
    }
}

fn provenance(reader: &mut Reader, row: &SourceRow) -> Provenance {
    let origin = row.source.clone().unwrap_or_default();
    reader.unknown_keys("/source", &origin.unknown_keys);
    Provenance {
        row_id: reader.optional("/id", &row.id),
        full: row.full,
        field_code: reader.optional("/field_code", &row.field_code),
        structure: reader.optional("/structure", &row.structure),
        as_of: reader.optional("/as_of", &row.as_of),
        quality: reader.optional("/quality", &row.quality),
        repo: reader.optional("/source/repo", &origin.repo),
        path: reader.optional("/source/path", &origin.path),
        url: reader.optional("/source/url", &origin.url),
        item: origin.item,
    }
}

/// The parts that are always mandatory: Decree 63/2010/NĐ-CP Art. 8.2 a–g.
fn missing_parts(reader: &mut Reader, content: &ProcedureContent) {
    let channel_has_time = content.channels.iter().any(|channel| channel.time_limit.is_some());
    let no_components = content.dossier.cases.is_empty() && content.dossier.components_text.is_none();
    let parts = [
        (content.name.is_empty(), "/name", FaultCode::MissingName),
        (content.steps.is_empty(), "/steps", FaultCode::MissingSteps),
        (content.channels.is_empty(), "/submission_channels", FaultCode::MissingManner),
        (no_components, "/dossier_components", FaultCode::MissingDossier),
        (!no_components && content.dossier.sets.is_none(), "/dossier_sets", FaultCode::DossierSetsMissing),
        (content.time_limit.is_none() && !channel_has_time, "/time_limit", FaultCode::MissingTimeLimit),
        (content.subjects.is_empty(), "/subjects", FaultCode::MissingSubjects),
        (content.agencies.settling.is_none(), "/implementing_agency", FaultCode::MissingSettlingAgency),
        (content.levels.values.is_empty(), "/level", FaultCode::LevelMissing),
    ];
    for (missing, pointer, code) in parts {
        if missing {
            reader.fault(pointer, code, "");
        }
    }
}

/// The limit for the whole procedure. It is reported as unreadable only when no channel has one of its
/// own: sources repeat there, joined by a slash, what the channels say.
fn overall_time_limit(reader: &mut Reader, row: &SourceRow) -> Option<TimeLimit> {
    let text = reader.optional("/time_limit", &row.time_limit)?;
    let limit = time_limits::from_text(text);
    let by_channel = row.submission_channels.iter().any(|channel| channel.time_value.is_some());
    if limit.amount.is_none() && !by_channel {
        reader.fault(
            "/time_limit",
            FaultCode::TimeLimitUnreadable,
            limit.text.as_deref().unwrap_or_default(),
        );
    }
    if limit.amount.is_some() && limit.unit.is_none() && !by_channel {
        reader.fault("/time_limit", FaultCode::TimeUnitMissing, limit.text.as_deref().unwrap_or_default());
    }
    Some(limit)
}

fn procedure_type(reader: &mut Reader, row: &SourceRow) -> Option<ProcedureType> {
    let text = reader.optional("/procedure_type", &row.procedure_type)?;
    let kind = kind_of(&text);
    if kind.is_none() {
        reader.fault("/procedure_type", FaultCode::ProcedureTypeUnknown, &text);
    }
    Some(ProcedureType { kind, text })
}

/// The type a wording stands for.
pub(super) fn kind_of(text: &str) -> Option<ProcedureKind> {
    match fold(text).replace("thu tuc hanh chinh", "tthc").as_str() {
        "tthc duoc giao luat quy dinh chi tiet" | "tthc duoc luat giao quy dinh chi tiet" => {
            Some(ProcedureKind::Delegated)
        }
        "tthc khong duoc luat giao cho dia phuong quy dinh"
        | "tthc khong duoc luat giao cho dia phuong quy dinh hoac quy dinh chi tiet" => {
            Some(ProcedureKind::NotDelegated)
        }
        "loai khac" => Some(ProcedureKind::Other),
        _ => None,
    }
}

fn requirements(reader: &mut Reader, row: &SourceRow) -> Option<Requirements> {
    let text = reader.optional("/requirements", &row.requirements)?;
    Some(Requirements { none_stated: says_none(&text), text })
}

/// Whether a text on requirements says in so many words that there are none.
pub(super) fn says_none(text: &str) -> bool {
    let words = fold(text);
    matches!(
        words.trim_matches(|c: char| !c.is_alphanumeric()),
        "khong"
            | "khong co"
            | "khong co dieu kien"
            | "khong co dieu kien thuc hien"
            | "khong co yeu cau dieu kien"
    )
}

fn codes(reader: &mut Reader, pointer: &str, raw: &[String]) -> Vec<String> {
    let codes = reader.texts(pointer, raw);
    for code in codes.iter().filter(|code| !super::is_national_code(code)) {
        reader.fault(pointer, FaultCode::BadCode, code);
    }
    codes
}

fn stated_date(reader: &mut Reader, pointer: &str, raw: &Option<String>) -> Option<StatedDate> {
    let text = reader.optional(pointer, raw)?;
    let date = date_of(&text);
    if date.is_none() {
        reader.fault(pointer, FaultCode::DateUnreadable, &text);
    }
    Some(StatedDate { date, text })
}

/// The one date a text states.
pub(super) fn date_of(text: &str) -> Option<NaiveDate> {
    ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"]
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok())
        .filter(|date| (1900..=2200).contains(&date.year()))
}

/// The unit of a code or of the Vietnamese words for it.
fn time_unit(words: &str) -> Option<TimeUnit> {
    Some(match fold(words).as_str() {
        "hour" | "gio" => TimeUnit::Hour,
        "working_day" | "ngay lam viec" => TimeUnit::WorkingDay,
        "day" | "calendar_day" | "ngay" => TimeUnit::CalendarDay,
        "week" | "tuan" => TimeUnit::Week,
        "month" | "thang" => TimeUnit::Month,
        "year" | "nam" => TimeUnit::Year,
        _ => return None,
    })
}
