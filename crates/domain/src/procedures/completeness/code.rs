//! What may be wrong with a procedure, and which article says so.

use crate::codes;
use crate::procedures::fault::FaultSeverity;
use crate::procedures::part::Part;

codes! {
    /// Kinds of finding about the content of a procedure.
    pub enum FindingCode: "procedure_finding" {
        MissingName = "missing_name", "Thiếu tên thủ tục hành chính", "Name is missing";
        MissingSteps = "missing_steps", "Thiếu trình tự thực hiện", "Sequence of steps is missing";
        StepsWithoutText = "steps_without_text", "Trình tự thực hiện không có nội dung", "Steps without usable text";
        MissingManner = "missing_manner", "Thiếu cách thức thực hiện", "Manner of performance is missing";
        MannerWithoutText = "manner_without_text", "Cách thức thực hiện không có nội dung", "Manner without usable text";
        MissingDossier = "missing_dossier", "Thiếu thành phần hồ sơ", "Dossier contents are missing";
        DossierWithoutText = "dossier_without_text", "Thành phần hồ sơ không có tên giấy tờ", "Dossier without a named paper";
        DossierSetsMissing = "dossier_sets_missing", "Không ghi số bộ hồ sơ", "Number of dossier sets not stated";
        MissingTimeLimit = "missing_time_limit", "Thiếu thời hạn giải quyết", "Time limit is missing";
        MissingSubjects = "missing_subjects", "Thiếu đối tượng thực hiện", "Who performs the procedure is missing";
        MissingSettlingAgency = "missing_settling_agency", "Thiếu cơ quan giải quyết", "Settling agency is missing";
        ResultsMissing = "results_missing", "Thiếu kết quả thực hiện", "Results are missing";
        RequirementsMissing = "requirements_missing", "Không ghi yêu cầu, điều kiện, cũng không ghi là không có", "Requirements neither stated nor said to be none";
        FeesMissing = "fees_missing", "Không ghi phí, lệ phí, cũng không ghi là không có", "Fees neither stated nor said to be none";
        MissingLegalBasis = "missing_legal_basis", "Thiếu căn cứ pháp lý", "Legal basis is missing";
        PlaceholderText = "placeholder_text", "Nội dung giữ chỗ, chưa phải nội dung thật", "Placeholder in place of content";
        DuplicateStep = "duplicate_step", "Bước lặp lại", "Step stated twice";
        StepTimeAboveLimit = "step_time_above_limit", "Thời gian của bước dài hơn thời hạn giải quyết", "Time of a step above the time limit";
        DuplicateChannel = "duplicate_channel", "Cách thức nộp lặp lại", "Channel stated twice";
        DuplicateComponent = "duplicate_component", "Giấy tờ lặp lại", "Paper stated twice";
        TimeLimitUnreadable = "time_limit_unreadable", "Không đọc được thời hạn thành số và đơn vị", "Time limit not readable as amount and unit";
        ChannelTimeAboveLimit = "channel_time_above_limit", "Thời hạn của cách thức nộp dài hơn thời hạn giải quyết", "Channel time limit above the procedure's";
        ChannelTimeDiffers = "channel_time_differs", "Thời hạn của cách thức nộp khác thời hạn giải quyết", "Channel time limit differs from the procedure's";
        FormWithoutFile = "form_without_file", "Mẫu đơn, tờ khai không có tệp", "Form without a file";
        FileMissing = "file_missing", "Không tìm thấy tệp đã dẫn", "Referenced file not found";
        FeeWithoutBasis = "fee_without_basis", "Có mức thu nhưng không có căn cứ quy định phí, lệ phí", "Fee without a legal basis that regulates fees";
        LegalBasisWithoutNumber = "legal_basis_without_number", "Căn cứ pháp lý không có số, ký hiệu", "Legal basis without a number";
        ArticleUnreadable = "article_unreadable", "Không đọc được điều, khoản của căn cứ pháp lý", "Unreadable article of a legal basis";
        NationalCodeMissing = "national_code_missing", "Chưa có mã thủ tục trên Cơ sở dữ liệu quốc gia", "No code in the national database";
        NationalCodeMalformed = "national_code_malformed", "Mã thủ tục sai định dạng", "Malformed procedure code";
        FieldMissing = "field_missing", "Thiếu lĩnh vực", "Field is missing";
        LevelUnknown = "level_unknown", "Không rõ cấp thực hiện", "Level unknown";
        DecisionMissing = "publication_decision_missing", "Không ghi quyết định công bố", "Publication decision not stated";
        DeadReference = "dead_reference", "Dẫn đến thủ tục không có hoặc đã hết hiệu lực", "Reference to a procedure that is not in force";
        EffectiveDateUnreadable = "effective_date_unreadable", "Không đọc được ngày có hiệu lực", "Unreadable effective date";
    }
}

const POINT_A: &str = "Điểm a khoản 2 Điều 8 Nghị định 63/2010/NĐ-CP";
const POINT_B: &str = "Điểm b khoản 2 Điều 8 Nghị định 63/2010/NĐ-CP";
const POINT_C: &str = "Điểm c khoản 2 Điều 8 Nghị định 63/2010/NĐ-CP";
const POINT_D: &str = "Điểm d khoản 2 Điều 8 Nghị định 63/2010/NĐ-CP";
const POINT_DD: &str = "Điểm đ khoản 2 Điều 8 Nghị định 63/2010/NĐ-CP";
const POINT_E: &str = "Điểm e khoản 2 Điều 8 Nghị định 63/2010/NĐ-CP";
const POINT_G: &str = "Điểm g khoản 2 Điều 8 Nghị định 63/2010/NĐ-CP";
const POINT_H: &str = "Điểm h khoản 2 Điều 8 Nghị định 63/2010/NĐ-CP";
const MANDATORY_PARTS: &str = "Khoản 2 Điều 8 Nghị định 63/2010/NĐ-CP";
const IN_A_DOCUMENT: &str = "Khoản 1 Điều 8 Nghị định 63/2010/NĐ-CP";
const CITY_LIST: &str = "Điểm a khoản 2 Điều 13 Nghị định 63/2010/NĐ-CP";
const DECISION: &str = "Điều 15 Nghị định 63/2010/NĐ-CP";
const NATIONAL_DATABASE: &str = "Điều 24 Nghị định 63/2010/NĐ-CP";
const FORMS_IN_DATABASE: &str = "Điều 25 Nghị định 63/2010/NĐ-CP";
const AGREEMENT: &str = "Khoản 2 Điều 26 Nghị định 63/2010/NĐ-CP";
const FIELD_CODES: &str = "Điều 20 Thông tư 01/2018/TT-VPCP";

/// The article that asks for a part of Decree 63/2010/NĐ-CP Art. 8.2.
pub(super) fn article_of(part: Part) -> &'static str {
    match part {
        Part::Name => POINT_A,
        Part::Steps => POINT_B,
        Part::Manner => POINT_C,
        Part::Dossier => POINT_D,
        Part::TimeLimit => POINT_DD,
        Part::Subjects => POINT_E,
        Part::Agencies => POINT_G,
        Part::Forms | Part::Results | Part::Requirements | Part::Fees => POINT_H,
        Part::LegalBases => IN_A_DOCUMENT,
        Part::Classification | Part::Related | Part::Samples | Part::Status => MANDATORY_PARTS,
    }
}

impl FindingCode {
    /// What is missing may not be published, what is doubtful is a warning.
    pub fn severity(self) -> FaultSeverity {
        use FindingCode::*;
        match self {
            MissingName
            | MissingSteps
            | StepsWithoutText
            | MissingManner
            | MannerWithoutText
            | MissingDossier
            | DossierWithoutText
            | MissingTimeLimit
            | MissingSubjects
            | MissingSettlingAgency
            | ResultsMissing
            | RequirementsMissing
            | FeesMissing
            | MissingLegalBasis => FaultSeverity::Error,
            DossierSetsMissing
            | PlaceholderText
            | DuplicateStep
            | StepTimeAboveLimit
            | DuplicateChannel
            | DuplicateComponent
            | TimeLimitUnreadable
            | ChannelTimeAboveLimit
            | FormWithoutFile
            | FileMissing
            | FeeWithoutBasis
            | LegalBasisWithoutNumber
            | NationalCodeMalformed
            | FieldMissing
            | LevelUnknown
            | DeadReference
            | EffectiveDateUnreadable => FaultSeverity::Warning,
            ChannelTimeDiffers | ArticleUnreadable | NationalCodeMissing | DecisionMissing => {
                FaultSeverity::Note
            }
        }
    }

    /// The part the finding is about. For a placeholder and for a missing file the pointer says more.
    pub fn part(self) -> Part {
        use FindingCode::*;
        match self {
            MissingName | PlaceholderText => Part::Name,
            MissingSteps | StepsWithoutText | DuplicateStep | StepTimeAboveLimit => Part::Steps,
            MissingManner | MannerWithoutText | DuplicateChannel => Part::Manner,
            MissingDossier | DossierWithoutText | DossierSetsMissing | DuplicateComponent => Part::Dossier,
            MissingTimeLimit | TimeLimitUnreadable | ChannelTimeAboveLimit | ChannelTimeDiffers => {
                Part::TimeLimit
            }
            MissingSubjects => Part::Subjects,
            MissingSettlingAgency => Part::Agencies,
            FormWithoutFile | FileMissing => Part::Forms,
            ResultsMissing => Part::Results,
            RequirementsMissing => Part::Requirements,
            FeesMissing | FeeWithoutBasis => Part::Fees,
            MissingLegalBasis | LegalBasisWithoutNumber | ArticleUnreadable => Part::LegalBases,
            NationalCodeMissing | NationalCodeMalformed | FieldMissing | LevelUnknown | DecisionMissing => {
                Part::Classification
            }
            DeadReference => Part::Related,
            EffectiveDateUnreadable => Part::Status,
        }
    }

    /// The article that asks for what is missing or doubtful.
    pub fn article(self) -> &'static str {
        match self {
            Self::PlaceholderText => MANDATORY_PARTS,
            Self::FileMissing => FORMS_IN_DATABASE,
            Self::NationalCodeMissing | Self::NationalCodeMalformed => NATIONAL_DATABASE,
            Self::FieldMissing => FIELD_CODES,
            Self::LevelUnknown => CITY_LIST,
            Self::DecisionMissing | Self::EffectiveDateUnreadable => DECISION,
            Self::DeadReference => AGREEMENT,
            _ => article_of(self.part()),
        }
    }
}
