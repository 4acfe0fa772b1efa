//! The code lists of deadline rules and obligations.

crate::codes! {
    /// How a rule sets its deadline.
    pub enum RuleShape : "rule_shape" {
        Term = "term", "Thời hạn tính từ một sự kiện", "A term from an event";
        FixedDate = "fixed_date", "Ngày cố định trong năm", "A fixed date of a year";
        Recurring = "recurring", "Định kỳ", "Recurring";
        Immediate = "immediate", "Ngay khi phát sinh", "At once";
        /// Checked where it applies; makes no rows.
        Window = "window", "Khoảng thời gian cho phép", "A window in which an act is allowed";
        /// Checked where it applies; makes no rows.
        CountLimit = "count_limit", "Giới hạn số lần", "A limit on how often";
        /// Set by whoever asks or approves; makes no rows by itself.
        Parameter = "parameter", "Do người có thẩm quyền ấn định", "Set case by case";
    }
}

crate::codes! {
    /// What passing a deadline means.
    pub enum RuleKind : "rule_kind" {
        LegalBreach = "legal_breach", "Vi phạm thời hạn luật định", "Breach of a legal term";
        CityTarget = "city_target", "Không đạt mốc của thành phố", "Miss of a city target";
        IndexWarning = "index_warning", "Cảnh báo theo bộ chỉ số", "Warning of an evaluation index";
    }
}

crate::codes! {
    /// How sure a rule is.
    pub enum RuleCertainty : "rule_certainty" {
        /// Read in a copy of the text.
        Read = "read", "Đã đọc trong văn bản", "Read in the text";
        /// Stated by the city's plan.
        Plan = "plan", "Theo kế hoạch của thành phố", "Stated by the city's plan";
        /// From a text that no longer holds; a default only.
        Repealed = "repealed", "Theo văn bản đã hết hiệu lực", "From a repealed text, a default only";
        /// Known, but the text was not at hand.
        Unverified = "unverified", "Chưa đối chiếu văn bản", "Not compared with the text";
        /// A default of the product where the law is silent.
        Design = "design", "Mặc định của hệ thống, luật không quy định", "A default where the law is silent";
    }
}

crate::codes! {
    /// Who has to meet a deadline.
    pub enum ResponsibleParty : "responsible_party" {
        EveryUnit = "every_unit", "Mọi cơ quan, đơn vị", "Every unit";
        City = "city", "Thành phố", "The city";
        CityCommittee = "city_committee", "Ủy ban nhân dân thành phố", "City People's Committee";
        Chairman = "chairman", "Chủ tịch Ủy ban nhân dân thành phố", "Chairman of the city";
        ControlOffice = "control_office", "Văn phòng Ủy ban nhân dân thành phố", "Control office";
        JusticeDepartment = "justice_department", "Sở Tư pháp", "Department of Justice";
        HomeAffairsDepartment = "home_affairs_department", "Sở Nội vụ", "Department of Home Affairs";
        Department = "department", "Sở, ban, ngành", "Department";
        ZoneBoard = "zone_board", "Ban Quản lý khu chế xuất và công nghiệp", "Zone board";
        District = "district", "Ủy ban nhân dân cấp huyện", "District";
        Commune = "commune", "Ủy ban nhân dân cấp xã", "Commune";
        Ministry = "ministry", "Bộ, cơ quan ngang bộ", "Ministry";
        Drafter = "drafter", "Cơ quan chủ trì soạn thảo", "Drafting agency";
        PostingUnit = "posting_unit", "Đơn vị tiếp nhận, giải quyết", "Unit that receives or settles";
        InspectionTeam = "inspection_team", "Đoàn kiểm tra", "Inspection team";
        InspectedUnit = "inspected_unit", "Đơn vị được kiểm tra", "Inspected unit";
        CompetentBody = "competent_body", "Cơ quan có thẩm quyền", "Competent body";
        AskedUnit = "asked_unit", "Đơn vị được yêu cầu", "Unit that was asked";
        HandlingUnit = "handling_unit", "Đơn vị xử lý phản ánh", "Unit that handles the feedback";
        OneStop = "one_stop", "Bộ phận Một cửa", "One-stop unit";
        OneStopHead = "one_stop_head", "Trưởng Bộ phận Một cửa", "Head of the one-stop unit";
        SettlingAgency = "settling_agency", "Cơ quan giải quyết", "Settling agency";
        ConsultedAgency = "consulted_agency", "Cơ quan được lấy ý kiến", "Consulted agency";
        SendingAgency = "sending_agency", "Cơ quan cử người", "Agency that sends staff";
        StepOwner = "step_owner", "Người thực hiện bước", "Owner of the step";
    }
}

crate::codes! {
    /// The event a deadline is counted from.
    pub enum Trigger : "deadline_trigger" {
        YearStarted = "year_started", "Bắt đầu năm", "A year starts";
        QuarterStarted = "quarter_started", "Bắt đầu quý", "A quarter starts";
        MonthStarted = "month_started", "Bắt đầu tháng", "A month starts";
        PeriodEnded = "period_ended", "Kết thúc kỳ", "A period ends";
        TextInForce = "text_in_force", "Văn bản có hiệu lực", "A text takes effect";
        DraftSentForAppraisal = "draft_sent_for_appraisal", "Gửi thẩm định dự thảo", "A draft goes to appraisal";
        CommentsRequested = "comments_requested", "Đề nghị góp ý", "Comments are asked for";
        LegalDocumentInForce = "legal_document_in_force", "Văn bản quy phạm pháp luật có hiệu lực",
            "A normative document takes effect";
        LegalDocumentIssued = "legal_document_issued", "Ban hành văn bản quy phạm pháp luật",
            "A normative document is issued";
        LegalDocumentDrafted = "legal_document_drafted", "Soạn thảo văn bản quy phạm pháp luật",
            "A normative document is being drafted";
        MinisterSigned = "minister_signed", "Bộ trưởng ký quyết định công bố", "The minister signs";
        MinistryDecisionReceived = "ministry_decision_received", "Nhận quyết định công bố của bộ",
            "A ministry's decision arrives";
        LinkedGroupDecided = "linked_group_decided", "Bộ công bố nhóm thủ tục liên thông",
            "A ministry decides a linked group";
        SubmissionReceived = "submission_received", "Nhận hồ sơ trình công bố", "A submission arrives";
        ChairmanSigned = "chairman_signed", "Chủ tịch ký quyết định công bố", "The Chairman signs";
        DecisionIssued = "decision_issued", "Ban hành quyết định công bố", "A decision is issued";
        RepealInForce = "repeal_in_force", "Bãi bỏ có hiệu lực", "A repeal takes effect";
        DataReturned = "data_returned", "Dữ liệu bị trả lại", "Data are returned as wrong";
        ListDecided = "list_decided", "Quyết định danh mục thủ tục", "A list is decided";
        PlanApproved = "plan_approved", "Phê duyệt kế hoạch kiểm tra", "An inspection plan is approved";
        InspectionStarts = "inspection_starts", "Bắt đầu kiểm tra", "An inspection starts";
        InspectionEnded = "inspection_ended", "Kết thúc kiểm tra", "An inspection ends";
        ConclusionReceived = "conclusion_received", "Nhận kết luận kiểm tra", "A conclusion arrives";
        ReportRequested = "report_requested", "Yêu cầu báo cáo đột xuất", "A report is asked for";
        FeedbackReceived = "feedback_received", "Tiếp nhận phản ánh, kiến nghị", "Feedback arrives";
        FeedbackTransferred = "feedback_transferred", "Chuyển phản ánh, kiến nghị", "Feedback is transferred";
        AnswerTermPassed = "answer_term_passed", "Hết thời hạn trả lời", "The term of the answer has passed";
        ResultExists = "result_exists", "Có kết quả xử lý", "A result exists";
        DossierAccepted = "dossier_accepted", "Tiếp nhận hồ sơ", "A dossier is accepted";
        DossierCompleted = "dossier_completed", "Bổ sung đủ hồ sơ", "A dossier is complete again";
        DossierDue = "dossier_due", "Đến hạn trả kết quả", "The due day of a dossier";
        DossierChecked = "dossier_checked", "Thẩm tra hồ sơ", "A dossier is checked";
        SupplementRequested = "supplement_requested", "Yêu cầu bổ sung", "A supplement is asked for";
        OpinionAsked = "opinion_asked", "Lấy ý kiến", "An opinion is asked for";
        LinkedStepStarted = "linked_step_started", "Bắt đầu bước liên thông", "A linked step starts";
        TermExtended = "term_extended", "Gia hạn", "A term is extended";
        EarlyResult = "early_result", "Có kết quả trước hạn", "A result comes early";
        StopRequested = "stop_requested", "Đề nghị dừng giải quyết", "A stop is asked for";
        StaffSent = "staff_sent", "Cử người", "Staff are sent";
        StepStarted = "step_started", "Bắt đầu bước xử lý", "A step of a process starts";
    }
}

crate::codes! {
    /// How a deadline stands at a moment; derived from its row, never stored.
    pub enum ObligationState : "obligation_state" {
        Open = "open", "Còn hạn", "Open";
        DueSoon = "due_soon", "Sắp đến hạn", "Due soon";
        /// The stricter reading of the date, or the last working day before it, has passed.
        Warned = "warned", "Quá mốc cảnh báo", "Past the warning";
        Breached = "breached", "Quá hạn", "Past due";
        Suspended = "suspended", "Tạm dừng tính hạn", "Suspended";
        Met = "met", "Đúng hạn", "Met";
        MetLate = "met_late", "Hoàn thành quá hạn", "Met late";
        Cancelled = "cancelled", "Hủy", "Cancelled";
    }
}

crate::codes! {
    /// One way to read the date a rule names.
    pub enum DateReading : "date_reading" {
        AsWritten = "as_written", "Theo đúng quy định", "As written";
        /// The end that was counted, though it is a day off.
        Raw = "raw", "Ngày cuối chưa chuyển", "The last day, not moved on";
        /// Civil Code 2015 Art. 148.
        Rolled = "rolled", "Chuyển sang ngày làm việc liền kề", "Moved on to a working day";
        Exclusive = "exclusive", "Không kể ngày mốc", "Before the day named";
        Inclusive = "inclusive", "Kể cả ngày mốc", "The day named included";
        Other = "other", "Cách tính khác", "Counted the other way";
        Set = "set", "Do người yêu cầu ấn định", "Set by whoever asked";
    }
}

crate::codes! {
    /// What has become of an obligation, whatever the time is.
    pub enum ObligationOutcome : "obligation_outcome" {
        Pending = "pending", "Chưa hoàn thành", "Pending";
        Suspended = "suspended", "Tạm dừng tính hạn", "Suspended";
        Met = "met", "Hoàn thành đúng hạn", "Met in time";
        Late = "late", "Hoàn thành quá hạn", "Met late";
        Cancelled = "cancelled", "Hủy", "Cancelled";
    }
}
