//! The code lists of analytics.

crate::codes! {
    /// What can be measured.
    pub enum AnalyticsMeasure : "analytics_measure" {
        FeedbackReceived = "feedback_received", "Phản ánh, kiến nghị đã nhận", "Feedback received";
        FeedbackAnswered = "feedback_answered", "Phản ánh, kiến nghị đã trả lời", "Feedback answered";
        FeedbackAnsweredOnTime = "feedback_answered_on_time", "Phản ánh, kiến nghị trả lời đúng hạn", "Feedback answered on time";
        FeedbackOverdue = "feedback_overdue", "Phản ánh, kiến nghị quá hạn chưa trả lời", "Feedback overdue and not answered";
        FeedbackDaysToAnswer = "feedback_days_to_answer", "Số ngày trả lời trung bình", "Days to an answer, on average";
        FeedbackDaysToAnswerP50 = "feedback_days_to_answer_p50", "Số ngày trả lời, trung vị", "Days to an answer, half of all";
        FeedbackDaysToAnswerP90 = "feedback_days_to_answer_p90", "Số ngày trả lời của 90 % phản ánh", "Days to an answer, nine in ten";
        FeedbackOnTimeRatio = "feedback_on_time_ratio", "Tỷ lệ trả lời đúng hạn", "Share of answers on time";
        FeedbackSatisfiedRatio = "feedback_satisfied_ratio", "Tỷ lệ hài lòng", "Share of satisfied senders";
        DossiersReceived = "dossiers_received", "Hồ sơ tiếp nhận", "Dossiers received";
        DossiersSettled = "dossiers_settled", "Hồ sơ đã giải quyết", "Dossiers settled";
        DossiersSettledLate = "dossiers_settled_late", "Hồ sơ giải quyết quá hạn", "Dossiers settled late";
        DossiersLateRatio = "dossiers_late_ratio", "Tỷ lệ hồ sơ giải quyết quá hạn", "Share of dossiers settled late";
        DossiersPending = "dossiers_pending", "Hồ sơ đang giải quyết cuối kỳ", "Dossiers in process at the end";
        ObligationsDue = "obligations_due", "Việc đến hạn", "Obligations due";
        ObligationsMet = "obligations_met", "Việc hoàn thành đúng hạn", "Obligations met on time";
        ObligationsMetLate = "obligations_met_late", "Việc hoàn thành quá hạn", "Obligations met late";
        ObligationsBreached = "obligations_breached", "Việc quá hạn chưa hoàn thành", "Obligations past due and not met";
        ReportsOwed = "reports_owed", "Báo cáo phải gửi", "Reports owed";
        ReportsSubmitted = "reports_submitted", "Báo cáo đã gửi", "Reports submitted";
        ReportsLate = "reports_late", "Báo cáo quá hạn", "Reports late";
        ProceduresInForce = "procedures_in_force", "Thủ tục hành chính còn hiệu lực cuối kỳ", "Procedures in force at the end";
    }
}

crate::codes! {
    /// What a figure may be told by.
    pub enum AnalyticsDimension : "analytics_dimension" {
        Unit = "unit", "Cơ quan, đơn vị", "Unit";
        Level = "level", "Cấp", "Level";
        Field = "field", "Lĩnh vực", "Field";
        Class = "class", "Loại nội dung", "Class";
        Channel = "channel", "Kênh", "Channel";
        State = "state", "Trạng thái", "State";
        Procedure = "procedure", "Thủ tục hành chính", "Procedure";
        /// ISO 8601.
        Week = "week", "Tuần", "Week";
        Month = "month", "Tháng", "Month";
        Quarter = "quarter", "Quý", "Quarter";
        Year = "year", "Năm", "Year";
    }
}

crate::codes! {
    /// What a figure may be narrowed by.
    pub enum AnalyticsFilter : "analytics_filter" {
        Unit = "unit", "Cơ quan, đơn vị và trực thuộc", "A unit and those below it";
        Level = "level", "Cấp", "Level";
        Field = "field", "Lĩnh vực", "Field";
        Class = "class", "Loại nội dung", "Class";
        Channel = "channel", "Kênh", "Channel";
        State = "state", "Trạng thái", "State";
        Procedure = "procedure", "Thủ tục hành chính", "Procedure";
        AsOf = "as_of", "Số liệu đã biết đến ngày", "As known on a day";
    }
}

crate::codes! {
    /// How a figure comes about.
    pub enum AnalyticsKind : "analytics_kind" {
        Count = "count", "Đếm", "A count";
        Sum = "sum", "Tổng", "A sum";
        Average = "average", "Trung bình", "An average";
        /// By nearest rank.
        Percentile = "percentile", "Bách phân vị", "A percentile";
        Ratio = "ratio", "Tỷ lệ", "A ratio";
    }
}

crate::codes! {
    /// What a figure is a number of.
    pub enum AnalyticsUnit : "analytics_unit" {
        Items = "items", "Phản ánh, kiến nghị", "Items of feedback";
        Dossiers = "dossiers", "Hồ sơ", "Dossiers";
        Obligations = "obligations", "Việc có thời hạn", "Obligations";
        Reports = "reports", "Báo cáo", "Reports";
        Procedures = "procedures", "Thủ tục hành chính", "Procedures";
        Days = "days", "Ngày", "Days";
        Percent = "percent", "Phần trăm", "Per cent";
    }
}

crate::codes! {
    /// Whose records are counted.
    pub enum AnalyticsRoom : "analytics_room" {
        Feedback = "feedback", "Phản ánh, kiến nghị", "Feedback";
        Dossiers = "dossiers", "Hồ sơ", "Dossiers";
        Obligations = "obligations", "Thời hạn", "Deadlines";
        Reports = "reports", "Báo cáo định kỳ", "Periodic reports";
        Procedures = "procedures", "Thủ tục hành chính", "The registry of procedures";
    }
}

crate::codes! {
    /// Which other window a figure stands beside.
    pub enum AnalyticsComparison : "analytics_comparison" {
        Previous = "previous", "Kỳ liền trước", "The window before";
        LastYear = "last_year", "Cùng kỳ năm trước", "The same window one year earlier";
    }
}

impl AnalyticsDimension {
    /// Whether it is told by time.
    pub fn is_time(self) -> bool {
        matches!(self, Self::Week | Self::Month | Self::Quarter | Self::Year)
    }
}
