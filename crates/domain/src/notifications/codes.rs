//! The code lists of messages.

crate::codes! {
    /// Who is told of something.
    pub enum Audience : "audience" {
        Officer = "officer", "Cán bộ được giao", "The officer it is given to";
        Head = "head", "Thủ trưởng đơn vị", "The head of the unit";
        Controllers = "controllers", "Cán bộ đầu mối của đơn vị", "The unit's procedure controllers";
        ControlOffice = "control_office", "Văn phòng Ủy ban nhân dân thành phố", "The control office";
    }
}

crate::codes! {
    /// What a notification says.
    pub enum NoticeKind : "notice_kind" {
        ReminderBefore = "reminder_before", "Sắp đến hạn", "A deadline comes near";
        ReminderOn = "reminder_on", "Hôm nay đến hạn", "A deadline is today";
        ReminderAfter = "reminder_after", "Đã quá hạn", "A deadline has passed";
        ObligationAssigned = "obligation_assigned", "Được giao việc", "Work is given";
        FeedbackReceived = "feedback_received", "Có phản ánh, kiến nghị mới", "New feedback";
        FeedbackTransferred = "feedback_transferred", "Phản ánh được chuyển đến", "Feedback is transferred";
        FeedbackAssigned = "feedback_assigned", "Được giao xử lý phản ánh", "Feedback is given";
        FeedbackSubmitted = "feedback_submitted", "Đơn vị đã gửi trả lời", "An answer is submitted";
        FeedbackReturned = "feedback_returned", "Câu trả lời bị trả lại", "An answer is returned";
        /// To the sender of feedback, by mail alone.
        CitizenReceipt = "citizen_receipt", "Xác nhận tiếp nhận phản ánh", "Feedback was received";
        /// To the sender of feedback, by mail alone.
        CitizenNews = "citizen_news", "Phản ánh có thông tin mới", "There is news of feedback";
    }
}

impl NoticeKind {
    /// Whether people may choose not to hear of it. What is late is always heard of.
    pub fn may_be_muted(self) -> bool {
        self != Self::ReminderAfter
    }
}

crate::codes! {
    /// What has become of a message on its way out.
    pub enum DeliveryState : "delivery_state" {
        Pending = "pending", "Chờ gửi", "To be sent";
        Delivered = "delivered", "Đã gửi", "Delivered";
        /// The retries have ended; it waits to be sent again by someone.
        Dead = "dead", "Không gửi được", "Given up";
    }
}
