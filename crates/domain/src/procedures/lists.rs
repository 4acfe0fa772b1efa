//! Code lists of the procedure model.

use crate::codes;

codes! {
    /// At which level of government a procedure is settled (cấp thực hiện).
    pub enum Level: "level" {
        Ministry = "ministry", "Cấp bộ", "Ministry";
        City = "city", "Cấp tỉnh", "Province or city";
        District = "district", "Cấp huyện", "District";
        Commune = "commune", "Cấp xã", "Commune";
        Other = "other", "Cơ quan khác", "Other agency";
    }
}

codes! {
    /// How the levels of a procedure are known.
    pub enum LevelBasis: "level_basis" {
        Stated = "stated", "Nguồn ghi rõ", "Stated by the source";
        Inferred = "inferred", "Suy ra từ cơ quan thực hiện", "Inferred from the implementing agency";
        Unknown = "unknown", "Không rõ", "Unknown";
    }
}

codes! {
    /// By which way a dossier is sent (cách thức thực hiện).
    pub enum ChannelKind: "channel" {
        Direct = "direct", "Trực tiếp", "In person";
        Online = "online", "Trực tuyến", "Online";
        Post = "post", "Dịch vụ bưu chính", "Post";
        Unspecified = "unspecified", "Không phân biệt", "Not specified";
    }
}

codes! {
    /// Unit of a time limit. "Ngày" without more is a calendar day (Civil Code 2015 Art. 147–148).
    pub enum TimeUnit: "time_unit" {
        Hour = "hour", "giờ", "hour";
        WorkingDay = "working_day", "ngày làm việc", "working day";
        CalendarDay = "calendar_day", "ngày", "calendar day";
        Week = "week", "tuần", "week";
        Month = "month", "tháng", "month";
        Year = "year", "năm", "year";
    }
}

codes! {
    /// What is known of a fee.
    pub enum FeeKind: "fee_kind" {
        Free = "free", "Miễn phí", "Free of charge";
        Amount = "amount", "Mức thu", "Amount";
        Text = "text", "Theo nội dung ghi trong nguồn", "As worded by the source";
    }
}

codes! {
    /// Who performs a procedure (đối tượng thực hiện).
    pub enum SubjectKind: "subject" {
        Citizen = "citizen", "Công dân Việt Nam", "Vietnamese citizen";
        VietnameseAbroad = "vietnamese_abroad", "Người Việt Nam định cư ở nước ngoài", "Vietnamese residing abroad";
        Foreigner = "foreigner", "Người nước ngoài", "Foreigner";
        Individual = "individual", "Cá nhân", "Individual";
        Household = "household", "Hộ gia đình", "Household";
        HouseholdBusiness = "household_business", "Hộ kinh doanh", "Household business";
        Enterprise = "enterprise", "Doanh nghiệp", "Enterprise";
        ForeignInvestedEnterprise = "foreign_invested_enterprise", "Doanh nghiệp có vốn đầu tư nước ngoài", "Foreign-invested enterprise";
        Cooperative = "cooperative", "Hợp tác xã", "Cooperative";
        Organisation = "organisation", "Tổ chức (không bao gồm doanh nghiệp, hợp tác xã)", "Organisation other than an enterprise or cooperative";
        ForeignOrganisation = "foreign_organisation", "Tổ chức nước ngoài", "Foreign organisation";
        Agency = "agency", "Cơ quan", "State agency";
        Official = "official", "Cán bộ, công chức, viên chức", "Official, civil servant or public employee";
        PartyMember = "party_member", "Đảng viên", "Party member";
        PartyOrganisation = "party_organisation", "Tổ chức Đảng", "Party organisation";
        Other = "other", "Đối tượng khác", "Other";
    }
}

codes! {
    /// Whether a law leaves the details of a procedure to the locality (Decree 63/2010/NĐ-CP Art. 8.3).
    pub enum ProcedureKind: "procedure_type" {
        Delegated = "delegated", "TTHC được luật giao quy định chi tiết", "Details delegated by law";
        NotDelegated = "not_delegated", "TTHC không được luật giao cho địa phương quy định hoặc quy định chi tiết", "Not delegated to localities";
        Other = "other", "Loại khác", "Other type";
    }
}

codes! {
    /// The scale on which a level of online public service is stated. Values of two scales must never
    /// be compared.
    pub enum ServiceLevelScale: "service_level_scale" {
        Nd43 = "nd43", "Mức độ 1–4 (Nghị định 43/2011/NĐ-CP)", "Levels 1–4 (Decree 43/2011)";
        Nd42 = "nd42", "Toàn trình, một phần (Nghị định 42/2022/NĐ-CP)", "Full, partial (Decree 42/2022)";
        Nd224Proactive = "nd224_proactive", "Dịch vụ công chủ động mức 1–4 (Nghị định 224/2026/NĐ-CP)", "Proactive services 1–4 (Decree 224/2026)";
    }
}

codes! {
    /// A value on a [`ServiceLevelScale`].
    pub enum ServiceLevelValue: "service_level_value" {
        One = "1", "Mức độ 1", "Level 1";
        Two = "2", "Mức độ 2", "Level 2";
        Three = "3", "Mức độ 3", "Level 3";
        Four = "4", "Mức độ 4", "Level 4";
        Full = "full", "Toàn trình", "Full";
        Partial = "partial", "Một phần", "Partial";
        Information = "information", "Cung cấp thông tin", "Information only";
    }
}

impl ServiceLevelScale {
    /// Whether `value` is a value of this scale.
    pub fn admits(self, value: ServiceLevelValue) -> bool {
        use ServiceLevelValue::{Four, One, Three, Two};
        matches!(value, One | Two | Three | Four) != (self == Self::Nd42)
    }
}
