//! What is wrong with a source row, said so that whoever entered it can mend it.

use crate::codes;
use crate::codes::Code;
use serde::{Deserialize, Serialize};

/// Characters of the source quoted in a fault.
const QUOTE_CHARS: usize = 120;

codes! {
    /// What a fault means for a row, and a finding for the content.
    pub enum FaultSeverity: "fault_severity" {
        Error = "error", "Lỗi: không nhận được, không công bố được", "Error: cannot be taken, or may not be published";
        Warning = "warning", "Cảnh báo: nhận được, chưa đủ để công bố", "Warning: taken, not fit for publication";
        Note = "note", "Lưu ý: giữ nguyên lời của nguồn", "Note: kept in the source's words";
    }
}

codes! {
    /// Kinds of fault in a source row.
    pub enum FaultCode: "procedure_fault" {
        TextTooLong = "text_too_long", "Nội dung quá dài", "Text too long";
        TooManyItems = "too_many_items", "Danh sách quá dài", "List too long";
        BadCode = "bad_code", "Mã thủ tục sai định dạng", "Malformed procedure code";
        LocalityUnreadable = "locality_unreadable", "Không đọc được tên địa phương", "Unreadable place name";
        NoCode = "no_code", "Không có mã thủ tục", "No procedure code";
        MissingName = "missing_name", "Thiếu tên thủ tục hành chính", "Name is missing";
        MissingSteps = "missing_steps", "Thiếu trình tự thực hiện", "Sequence of steps is missing";
        MissingManner = "missing_manner", "Thiếu cách thức thực hiện", "Manner of performance is missing";
        MissingDossier = "missing_dossier", "Thiếu thành phần, số lượng hồ sơ", "Dossier contents are missing";
        MissingTimeLimit = "missing_time_limit", "Thiếu thời hạn giải quyết", "Time limit is missing";
        MissingSubjects = "missing_subjects", "Thiếu đối tượng thực hiện", "Who performs the procedure is missing";
        MissingSettlingAgency = "missing_settling_agency", "Thiếu cơ quan giải quyết", "Settling agency is missing";
        LevelMissing = "level_missing", "Không ghi cấp thực hiện", "No level stated";
        LevelUnknown = "level_unknown", "Cấp thực hiện không có trong danh mục", "Unknown level";
        TimeUnitMissing = "time_unit_missing", "Thời hạn không ghi đơn vị", "Time limit without a unit";
        TimeUnitUnknown = "time_unit_unknown", "Đơn vị thời hạn không có trong danh mục", "Unknown unit of time";
        TimeLimitUnreadable = "time_limit_unreadable", "Thời hạn chỉ đọc được dưới dạng lời văn", "Time limit readable only as text";
        FeeUnreadable = "fee_unreadable", "Phí, lệ phí chỉ đọc được dưới dạng lời văn", "Fee readable only as text";
        FeeImplausible = "fee_implausible", "Mức thu nhỏ bất thường, giữ như nguồn ghi", "Unusually small fee, kept as stated";
        DossierSetsMissing = "dossier_sets_missing", "Không ghi số bộ hồ sơ", "Number of dossier sets not stated";
        ChannelUnknown = "channel_unknown", "Cách thức nộp không có trong danh mục", "Unknown channel";
        ProcedureTypeUnknown = "procedure_type_unknown", "Loại thủ tục không có trong danh mục", "Unknown procedure type";
        ServiceLevelUnknown = "service_level_unknown", "Mức độ dịch vụ công không có trong danh mục", "Unknown service level";
        LegalBasisWithoutNumber = "legal_basis_without_number", "Căn cứ pháp lý không có số, ký hiệu", "Legal basis without a number";
        ArticleUnreadable = "article_unreadable", "Không đọc được điều, khoản", "Unreadable article reference";
        DateUnreadable = "date_unreadable", "Không đọc được ngày", "Unreadable date";
        BadFileReference = "bad_file_reference", "Tham chiếu tệp không hợp lệ, tệp không được nhận", "Malformed file reference, the file is left out";
        UnknownKey = "unknown_key", "Trường không có trong danh mục, bị bỏ qua", "Unknown key, ignored";
    }
}

impl FaultCode {
    /// What the fault means for the row.
    pub fn severity(self) -> FaultSeverity {
        use FaultCode::*;
        match self {
            TextTooLong | TooManyItems | BadCode | LocalityUnreadable | MissingName => FaultSeverity::Error,
            NoCode
            | MissingSteps
            | MissingManner
            | MissingDossier
            | MissingTimeLimit
            | MissingSubjects
            | MissingSettlingAgency
            | LevelMissing
            | LevelUnknown
            | TimeUnitMissing
            | TimeUnitUnknown
            | ServiceLevelUnknown
            | BadFileReference => FaultSeverity::Warning,
            TimeLimitUnreadable
            | FeeUnreadable
            | FeeImplausible
            | DossierSetsMissing
            | ChannelUnknown
            | ProcedureTypeUnknown
            | LegalBasisWithoutNumber
            | ArticleUnreadable
            | DateUnreadable
            | UnknownKey => FaultSeverity::Note,
        }
    }

    /// The point of Decree 63/2010/NĐ-CP Art. 8.2 that asks for the missing part.
    pub fn point(self) -> Option<&'static str> {
        match self {
            Self::MissingName => Some("a"),
            Self::MissingSteps => Some("b"),
            Self::MissingManner => Some("c"),
            Self::MissingDossier | Self::DossierSetsMissing => Some("d"),
            Self::MissingTimeLimit => Some("đ"),
            Self::MissingSubjects => Some("e"),
            Self::MissingSettlingAgency => Some("g"),
            _ => None,
        }
    }
}

/// One fault of a source row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Fault {
    /// JSON pointer into the source row.
    pub pointer: String,
    pub code: FaultCode,
    pub severity: FaultSeverity,
    pub detail_vi: String,
    pub detail_en: String,
}

impl Fault {
    /// A fault at `pointer`; `words` are the source's words at that place, empty when there are none.
    pub fn new(pointer: &str, code: FaultCode, words: &str) -> Self {
        let quote: String = words.chars().take(QUOTE_CHARS).collect();
        let detail = |label: &str, article: &str| {
            let article = code.point().map(|point| article.replace('?', point)).unwrap_or_default();
            let quote = if quote.is_empty() { String::new() } else { format!(": “{quote}”") };
            format!("{label}{article}{quote}")
        };
        Self {
            pointer: pointer.to_owned(),
            code,
            severity: code.severity(),
            detail_vi: detail(code.label_vi(), " (điểm ? khoản 2 Điều 8 Nghị định 63/2010/NĐ-CP)"),
            detail_en: detail(code.label_en(), " (Decree 63/2010/NĐ-CP Art. 8.2 point ?)"),
        }
    }
}
