//! The code lists of the calendar.

crate::codes! {
    /// What makes a day differ from an ordinary weekday or weekend.
    pub enum DayKind : "day_kind" {
        /// A statutory holiday; it may fall on a weekend.
        Public = "public", "Ngày nghỉ lễ, tết", "Public holiday";
        /// A weekday off in lieu of a holiday on a weekend, or swapped for a weekend day.
        Compensatory = "compensatory", "Ngày nghỉ bù, nghỉ hoán đổi", "Day off in lieu";
        /// A weekend day that is worked.
        SwappedWorkingDay = "swapped_working_day", "Ngày làm bù", "Make-up working day";
    }
}

crate::codes! {
    /// Whether an entry of the holiday table has been announced.
    pub enum DayStatus : "day_status" {
        Final = "final", "Đã công bố", "Announced";
        Projected = "projected", "Dự kiến", "Projected";
    }
}

crate::codes! {
    /// The unit of a term.
    pub enum TermUnit : "term_unit" {
        CalendarDay = "calendar_day", "Ngày", "Calendar day";
        WorkingDay = "working_day", "Ngày làm việc", "Working day";
        /// An hour of office time.
        Hour = "hour", "Giờ làm việc", "Office hour";
        Month = "month", "Tháng", "Month";
    }
}

crate::codes! {
    /// The side of the start a term runs to.
    pub enum Direction : "term_direction" {
        After = "after", "Sau", "After";
        Before = "before", "Trước", "Before";
    }
}

crate::codes! {
    /// Why a day was counted, or passed over, on the way to a due day.
    pub enum DayReason : "day_reason" {
        /// Civil Code 2015 Art. 147.
        StartDayNotCounted = "start_day_not_counted", "Ngày bắt đầu không tính", "The start day is not counted";
        SameDay = "same_day", "Trong ngày", "A term of zero ends on its own day";
        CalendarDay = "calendar_day", "Ngày theo lịch", "Calendar day";
        WorkingDay = "working_day", "Ngày làm việc", "Working day";
        MakeUpWorkingDay = "make_up_working_day", "Ngày làm bù", "Make-up working day";
        Weekend = "weekend", "Ngày nghỉ hằng tuần", "Weekend";
        PublicHoliday = "public_holiday", "Ngày nghỉ lễ, tết", "Public holiday";
        DayInLieu = "day_in_lieu", "Ngày nghỉ bù, nghỉ hoán đổi", "Day off in lieu";
        OutsideOfficeHours = "outside_office_hours", "Ngoài giờ làm việc", "Working day, outside office hours";
        /// Civil Code 2015 Art. 148.
        MonthEndClipped = "month_end_clipped", "Ngày cuối tháng, tháng không có ngày tương ứng",
            "Last day of a month that lacks the day number";
        /// Civil Code 2015 Art. 148.
        RolledToWorkingDay = "rolled_to_working_day", "Chuyển sang ngày làm việc liền kề",
            "Moved to the adjoining working day";
        Paused = "paused", "Tạm dừng tính thời hạn", "The clock stood still";
        MakeUpDayPassedOver = "make_up_day_passed_over", "Ngày làm bù không dùng để kết thúc thời hạn",
            "Make-up day, not taken as the end of a term";
    }
}
