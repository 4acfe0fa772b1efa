//! The code lists of reports.

crate::codes! {
    /// How often a form is filled (TT 02/2017).
    pub enum PeriodKind : "period_kind" {
        Quarter = "quarter", "Quý", "Quarter";
        Year = "year", "Năm", "Year";
        AdHoc = "ad_hoc", "Đột xuất", "Ad hoc";
    }
}

crate::codes! {
    /// Which days the figures of a period cover.
    pub enum WindowKind : "window_kind" {
        Plain = "plain", "Từ ngày đầu đến ngày cuối của kỳ báo cáo", "The period itself";
        /// ND 09/2019 Art. 12.
        Fifteenth = "fifteenth", "Từ ngày 15 tháng trước kỳ báo cáo đến ngày 14 tháng cuối kỳ", "From the 15th of the month before to the 14th of the last month";
    }
}

crate::codes! {
    /// How sure the layout of a form is.
    pub enum FormCertainty : "form_certainty" {
        Seen = "seen", "Đã đối chiếu biểu mẫu", "Seen in print";
        Unverified = "unverified", "Chưa đối chiếu biểu mẫu", "Not compared with the form";
    }
}

crate::codes! {
    /// What a row of a form stands for.
    pub enum FormRows : "form_rows" {
        Field = "field", "Lĩnh vực", "Field";
        Unit = "unit", "Cơ quan, đơn vị", "Unit";
        Total = "total", "Tổng số", "Total";
        Procedure = "procedure", "Thủ tục hành chính", "Procedure";
        Cause = "cause", "Nguyên nhân", "Cause";
        Level = "level", "Cấp thực hiện", "Level";
    }
}

crate::codes! {
    /// What the cells of a column hold.
    pub enum ColumnKind : "column_kind" {
        Count = "count", "Số lượng", "A count";
        /// Whole đồng.
        Amount = "amount", "Số tiền (đồng)", "An amount in đồng";
        Text = "text", "Nội dung", "A text";
    }
}

crate::codes! {
    /// What a broken check does to a report.
    pub enum CheckSeverity : "check_severity" {
        Error = "error", "Lỗi", "Error";
        Warning = "warning", "Cảnh báo", "Warning";
    }
}

crate::codes! {
    /// Figures that are counted from records, to fill a cell before anyone enters it.
    pub enum ReportMeasure : "report_measure" {
        DossiersReceivedOnline = "dossiers.received_online", "Hồ sơ tiếp nhận trực tuyến trong kỳ", "Dossiers received online";
        DossiersReceivedDirect = "dossiers.received_direct", "Hồ sơ tiếp nhận trực tiếp, qua dịch vụ bưu chính trong kỳ", "Dossiers received in person or by public post";
        DossiersCarriedOver = "dossiers.carried_over", "Hồ sơ từ kỳ trước", "Dossiers carried over";
        DossiersSettledEarly = "dossiers.settled_early", "Hồ sơ đã giải quyết trước hạn", "Dossiers settled early";
        DossiersSettledOnTime = "dossiers.settled_on_time", "Hồ sơ đã giải quyết đúng hạn", "Dossiers settled on time, not early";
        DossiersSettledLate = "dossiers.settled_late", "Hồ sơ đã giải quyết quá hạn", "Dossiers settled late";
        DossiersPendingInTime = "dossiers.pending_in_time", "Hồ sơ đang giải quyết trong hạn", "Dossiers in process, in time";
        DossiersPendingOverdue = "dossiers.pending_overdue", "Hồ sơ đang giải quyết quá hạn", "Dossiers in process, overdue";
        DossiersLateDossier = "dossiers.late_dossier", "Hồ sơ quá hạn do hồ sơ", "Dossiers late because of the dossier";
        DossiersLateStaff = "dossiers.late_staff", "Hồ sơ quá hạn do cán bộ, công chức", "Dossiers late because of staff";
        DossiersLateCoordination = "dossiers.late_coordination", "Hồ sơ quá hạn do phối hợp giữa các cơ quan", "Dossiers late because of coordination";
        DossiersLateLaw = "dossiers.late_law", "Hồ sơ quá hạn do quy định của pháp luật", "Dossiers late because of the law";
        DossiersLateSystem = "dossiers.late_system", "Hồ sơ quá hạn do hệ thống thông tin", "Dossiers late because of a system";
        DossiersLateOther = "dossiers.late_other", "Hồ sơ quá hạn do nguyên nhân khác", "Dossiers late for other causes";
        FeedbackReceived = "feedback.received", "Phản ánh, kiến nghị tiếp nhận trong kỳ", "Feedback received";
        FeedbackReceivedConduct = "feedback.received_conduct", "Phản ánh, kiến nghị về hành vi hành chính", "Feedback received about conduct";
        FeedbackReceivedRegulation = "feedback.received_regulation", "Phản ánh, kiến nghị về quy định hành chính", "Feedback received about a regulation";
        FeedbackReceivedMixed = "feedback.received_mixed", "Phản ánh, kiến nghị về cả hành vi và quy định", "Feedback received about both";
        FeedbackCarriedOver = "feedback.carried_over", "Phản ánh, kiến nghị từ kỳ trước chuyển sang", "Feedback carried over";
        FeedbackAnswered = "feedback.answered", "Phản ánh, kiến nghị đã xử lý", "Feedback answered";
        FeedbackAnsweredNew = "feedback.answered_new", "Phản ánh, kiến nghị tiếp nhận trong kỳ đã xử lý", "Feedback of the period answered";
        FeedbackAnsweredCarried = "feedback.answered_carried", "Phản ánh, kiến nghị từ kỳ trước đã xử lý", "Feedback carried over and answered";
        FeedbackInProgress = "feedback.in_progress", "Phản ánh, kiến nghị đang xử lý", "Feedback in progress";
        FeedbackTransferred = "feedback.transferred", "Phản ánh, kiến nghị đã chuyển cơ quan có thẩm quyền", "Feedback transferred";
        FeedbackPublished = "feedback.published", "Kết quả xử lý phản ánh, kiến nghị được công khai", "Answers made public";
        RegistryProcedures = "registry.procedures", "Thủ tục hành chính còn hiệu lực", "Procedures in force";
        RegistryCity = "registry.city", "Thủ tục hành chính cấp tỉnh còn hiệu lực", "Procedures in force at city level";
        RegistryDistrict = "registry.district", "Thủ tục hành chính cấp huyện còn hiệu lực", "Procedures in force at district level";
        RegistryCommune = "registry.commune", "Thủ tục hành chính cấp xã còn hiệu lực", "Procedures in force at commune level";
        RegistryNew = "registry.new", "Thủ tục hành chính ban hành mới được công bố", "New procedures published";
        RegistryAmended = "registry.amended", "Thủ tục hành chính được sửa đổi, bổ sung hoặc thay thế được công bố", "Amended procedures published";
        RegistryRepealed = "registry.repealed", "Thủ tục hành chính bị hủy bỏ hoặc bãi bỏ được công bố", "Repealed procedures published";
        ObligationsMetOnTime = "obligations.met_on_time", "Việc hoàn thành đúng hạn", "Obligations met on time";
        ObligationsMetLate = "obligations.met_late", "Việc hoàn thành quá hạn", "Obligations met late";
        ObligationsOverdue = "obligations.overdue", "Việc chưa hoàn thành, quá hạn", "Obligations overdue";
    }
}

crate::codes! {
    /// Where a dossier stands, by the list of the national portal.
    pub enum DossierStatus : "dossier_status" {
        NewlyRegistered = "newly_registered", "Mới đăng ký", "Newly registered";
        Accepted = "accepted", "Được tiếp nhận", "Accepted";
        NotAccepted = "not_accepted", "Không được tiếp nhận", "Not accepted";
        InProcess = "in_process", "Đang xử lý", "In process";
        SupplementRequested = "supplement_requested", "Yêu cầu bổ sung giấy tờ", "Supplement requested";
        FinancialDutyRequested = "financial_duty_requested", "Yêu cầu thực hiện nghĩa vụ tài chính", "Financial duty requested";
        WithdrawalRequested = "withdrawal_requested", "Công dân yêu cầu rút hồ sơ", "Withdrawal requested by the citizen";
        Stopped = "stopped", "Dừng xử lý", "Stopped";
        Settled = "settled", "Đã xử lý xong", "Settled";
        ResultReturned = "result_returned", "Đã trả kết quả", "Result returned";
    }
}

impl DossierStatus {
    /// Its national number, 1 to 10.
    pub fn number(self) -> u8 {
        match self {
            Self::NewlyRegistered => 1,
            Self::Accepted => 2,
            Self::NotAccepted => 3,
            Self::InProcess => 4,
            Self::SupplementRequested => 5,
            Self::FinancialDutyRequested => 6,
            Self::WithdrawalRequested => 7,
            Self::Stopped => 8,
            Self::Settled => 9,
            Self::ResultReturned => 10,
        }
    }
}
