//! The constituent parts of a procedure: which fields make one, which article asks for it, and how it
//! reads line by line.

mod lines;
mod rendered;

#[cfg(test)]
mod tests;

use crate::codes;
use crate::codes::Code;

codes! {
    /// A part of a procedure's content. The parts of Decree 63/2010/NĐ-CP Art. 8.2 come first, in its order.
    pub enum Part: "procedure_part" {
        Name = "name", "Tên thủ tục hành chính", "Name";
        Steps = "steps", "Trình tự thực hiện", "Sequence of steps";
        Manner = "manner", "Cách thức thực hiện", "Manner of performance";
        Dossier = "dossier", "Thành phần, số lượng hồ sơ", "Contents and number of dossier sets";
        TimeLimit = "time_limit", "Thời hạn giải quyết", "Time limit";
        Subjects = "subjects", "Đối tượng thực hiện", "Who performs it";
        Agencies = "agencies", "Cơ quan giải quyết", "Settling agency";
        Forms = "forms", "Mẫu đơn, mẫu tờ khai", "Forms";
        Results = "results", "Kết quả thực hiện", "Results";
        Requirements = "requirements", "Yêu cầu, điều kiện", "Requirements and conditions";
        Fees = "fees", "Phí, lệ phí", "Fees and charges";
        LegalBases = "legal_bases", "Căn cứ pháp lý", "Legal bases";
        Classification = "classification", "Phân loại, mã số, cấp thực hiện", "Classification, codes and levels";
        Related = "related", "Thủ tục liên quan, liên thông", "Related and interlinked procedures";
        Samples = "samples", "Hồ sơ mẫu", "Sample dossiers";
        Status = "status", "Hiệu lực", "Validity";
    }
}

impl Part {
    /// The point of Decree 63/2010/NĐ-CP Art. 8.2 (as amended by Decree 92/2017/NĐ-CP) that asks for the
    /// part; `h` is what becomes mandatory where it exists.
    pub fn point(self) -> Option<&'static str> {
        match self {
            Self::Name => Some("a"),
            Self::Steps => Some("b"),
            Self::Manner => Some("c"),
            Self::Dossier => Some("d"),
            Self::TimeLimit => Some("đ"),
            Self::Subjects => Some("e"),
            Self::Agencies => Some("g"),
            Self::Forms | Self::Results | Self::Requirements | Self::Fees => Some("h"),
            Self::LegalBases | Self::Classification | Self::Related | Self::Samples | Self::Status => None,
        }
    }

    /// The keys of `ProcedureContent` that make the part. Every key belongs to one part.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["name"],
            Self::Steps => &["steps"],
            Self::Manner => &["channels"],
            Self::Dossier => &["dossier"],
            Self::TimeLimit => &["time_limit"],
            Self::Subjects => &["subjects"],
            Self::Agencies => &["agencies"],
            Self::Forms => &["forms"],
            Self::Results => &["results"],
            Self::Requirements => &["requirements"],
            Self::Fees => &["fees"],
            Self::LegalBases => &["legal_bases"],
            Self::Classification => &[
                "national_code",
                "local_code",
                "field",
                "keywords",
                "procedure_type",
                "levels",
                "service_level",
                "issuing_body",
                "decision_number",
            ],
            Self::Related => &["related_procedures", "interlinked_procedures"],
            Self::Samples => &["sample_sets"],
            Self::Status => &["status_text", "effective_date", "valid_from"],
        }
    }

    /// The part that a JSON pointer into `ProcedureContent` leads to.
    pub fn of_pointer(pointer: &str) -> Option<Self> {
        let key = pointer.strip_prefix('/')?.split('/').next()?;
        Self::ALL.iter().copied().find(|part| part.keys().contains(&key))
    }
}
