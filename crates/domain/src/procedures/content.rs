//! The content of one version of a procedure, apart from its dossier.

use super::dossier::Dossier;
use super::files::{FormFile, SampleSet};
use super::lists::*;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Everything a version of a procedure says. Each constituent part of Decree 63/2010/NĐ-CP Art. 8.2 is
/// named by its letter. Texts are the source's own words, cleaned by `text::normalize`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ProcedureContent {
    /// Part a: name (tên). Empty when the source has none.
    pub name: String,
    /// Code in the national database as stated, even when malformed.
    pub national_code: Option<String>,
    /// Code with the suffix of the local agency, as stated.
    pub local_code: Option<String>,
    /// Subject area (lĩnh vực).
    pub field: Option<String>,
    /// Search words stated by the source; never derived.
    pub keywords: Vec<String>,
    pub procedure_type: Option<ProcedureType>,
    pub levels: Levels,
    /// Level of online service; none when the source does not state one without ambiguity.
    pub service_level: Option<ServiceLevel>,
    /// Body that issued the publication decision.
    pub issuing_body: Option<String>,
    /// Number of the publication decision (số quyết định công bố).
    pub decision_number: Option<String>,
    /// Part b: steps (trình tự thực hiện), by case.
    pub steps: Vec<StepCase>,
    /// Part c: manner of performance (cách thức thực hiện).
    pub channels: Vec<SubmissionChannel>,
    /// Part d: dossier (thành phần, số lượng hồ sơ).
    pub dossier: Dossier,
    /// Part đ: time limit (thời hạn giải quyết) of the procedure as a whole.
    pub time_limit: Option<TimeLimit>,
    /// Part e: who performs it (đối tượng thực hiện).
    pub subjects: Vec<Subject>,
    /// Part g: settling agency and the agencies beside it.
    pub agencies: Agencies,
    /// Results (kết quả thực hiện).
    pub results: Vec<ProcedureResult>,
    /// Requirements and conditions (yêu cầu, điều kiện).
    pub requirements: Option<Requirements>,
    /// Fees and charges (phí, lệ phí) of the procedure as a whole.
    pub fees: Vec<Fee>,
    pub legal_bases: Vec<LegalBasis>,
    /// National codes of procedures a reader should know as well.
    pub related_procedures: Vec<String>,
    /// National codes of the procedures settled in one chain with this one (liên thông).
    pub interlinked_procedures: Vec<String>,
    /// The source's words on whether the procedure is in force; not a decision of ours.
    pub status_text: Option<String>,
    pub effective_date: Option<StatedDate>,
    /// From when this version holds, as the source states it.
    pub valid_from: Option<StatedDate>,
    /// Application and declaration forms (mẫu đơn, mẫu tờ khai). Left out of the JSON when there are none:
    /// contents without forms keep the checksum they had before forms were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<FormFile>,
    /// Dossiers filled in as examples (hồ sơ mẫu). Left out of the JSON when there are none, like `forms`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sample_sets: Vec<SampleSet>,
}

/// Type of procedure with the source's wording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ProcedureType {
    /// None when the wording is not one of the known ones.
    pub kind: Option<ProcedureKind>,
    pub text: String,
}

/// The levels that settle a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Levels {
    /// Highest level first, each once.
    pub values: Vec<Level>,
    pub basis: LevelBasis,
    /// The source's words for the levels.
    pub texts: Vec<String>,
    /// The source's words for how it knows.
    pub basis_text: Option<String>,
}

/// Level of online public service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ServiceLevel {
    pub scale: ServiceLevelScale,
    pub value: ServiceLevelValue,
}

/// The steps of one case; a procedure without cases has one group without a title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StepCase {
    pub title: Option<String>,
    pub steps: Vec<Step>,
}

/// One paragraph of the sequence of steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Step {
    /// N of "Bước N"; none when the source does not number the paragraph.
    pub number: Option<u32>,
    /// The whole paragraph, the number included.
    pub text: String,
}

/// One way to send a dossier, with its own time limit and fees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SubmissionChannel {
    pub kind: ChannelKind,
    /// The source's word for the channel.
    pub kind_text: Option<String>,
    pub time_limit: Option<TimeLimit>,
    pub fees: Vec<Fee>,
    pub description: Option<String>,
    /// The source's cell before it was split, where it has one.
    pub source_text: Option<String>,
}

/// A time limit. It is usable for counting only when both amount and unit are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TimeLimit {
    /// None when the text states no limit, several, or one that is not a whole number.
    pub amount: Option<u32>,
    /// None when the source states no unit.
    pub unit: Option<TimeUnit>,
    /// The source's words, where it has words.
    pub text: Option<String>,
}

/// One fee or charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Fee {
    pub kind: FeeKind,
    /// In đồng as stated, 0 when free; none for text and for other currencies.
    pub amount_dong: Option<i64>,
    /// The source's words, with any unit ("/trang"), condition or exemption.
    pub text: String,
}

/// A group of people or bodies that perform the procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Subject {
    pub kind: SubjectKind,
    pub text: String,
}

/// The agencies of a procedure. One text may name several agencies: their names hold commas, so that
/// they cannot be split without guessing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Agencies {
    /// Cơ quan thực hiện (giải quyết).
    pub settling: Option<String>,
    /// Codes of settling units, as far as the source names them by code.
    pub settling_unit_codes: Vec<String>,
    /// Cơ quan có thẩm quyền quyết định.
    pub deciding: Option<String>,
    /// Cơ quan được ủy quyền.
    pub authorised: Option<String>,
    /// Cơ quan phối hợp.
    pub coordinating: Option<String>,
    /// Where dossiers are received (địa chỉ tiếp nhận hồ sơ).
    pub reception_address: Option<String>,
}

/// What the applicant receives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ProcedureResult {
    pub name: String,
    /// Code of the result in the national database, such as `KQ.G15.000031`.
    pub code: Option<String>,
}

/// Requirements and conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Requirements {
    /// True when the source says in so many words that there are none.
    pub none_stated: bool,
    pub text: String,
}

/// A legal text the procedure rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LegalBasis {
    /// Number and symbol, such as `15/2020/TT-BTP`.
    pub number: Option<String>,
    /// The number as stated, when it is worded otherwise than `number`.
    pub number_text: Option<String>,
    pub title: Option<String>,
    pub date: Option<StatedDate>,
    pub issuer: Option<String>,
    pub articles: Vec<ArticleReference>,
}

/// A place in a legal text: điểm (point) of khoản (clause) of Điều (article).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ArticleReference {
    /// None when the words could not be read as one place.
    pub article: Option<String>,
    pub clause: Option<String>,
    pub point: Option<String>,
    pub text: String,
}

/// A date with the source's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StatedDate {
    /// None when the words are not one date.
    pub date: Option<NaiveDate>,
    pub text: String,
}
