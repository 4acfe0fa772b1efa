//! The code lists of feedback.

crate::codes! {
    /// Where an item stands.
    pub enum FeedbackState : "feedback_state" {
        Received = "received", "Đã tiếp nhận, đang xem xét", "Received, being looked at";
        AwaitingSender = "awaiting_sender", "Chờ người phản ánh bổ sung", "Waiting for the sender";
        Accepted = "accepted", "Đủ điều kiện xử lý", "Accepted";
        Transferred = "transferred", "Đã chuyển đơn vị xử lý", "Transferred to the unit that handles it";
        Assigned = "assigned", "Đã giao cán bộ xử lý", "Given to an officer";
        Drafted = "drafted", "Đã có dự thảo trả lời", "An answer is drafted";
        Approved = "approved", "Thủ trưởng đã duyệt trả lời", "The answer is approved by the head";
        Submitted = "submitted", "Đã gửi kết quả về Văn phòng", "The answer is submitted";
        /// Off the point (QĐ 31/2021 Art. 46).
        AnswerReturned = "answer_returned", "Trả lại vì chưa đúng trọng tâm", "The answer was returned";
        AnswerAccepted = "answer_accepted", "Văn phòng đã chấp nhận trả lời", "The answer is accepted";
        Published = "published", "Đã công khai trả lời", "The answer is public";
        Closed = "closed", "Đã kết thúc, không công khai", "Closed, not public";
        Refused = "refused", "Không tiếp nhận", "Refused";
        OutOfScope = "out_of_scope", "Ngoài phạm vi, đã hướng dẫn", "Out of scope, guided elsewhere";
        Merged = "merged", "Trùng, đã gộp", "A duplicate, merged";
        Split = "split", "Đã tách cho nhiều đơn vị", "Split among several units";
        Withdrawn = "withdrawn", "Người phản ánh đã rút", "Withdrawn by the sender";
        Reopened = "reopened", "Mở lại theo đề nghị của người phản ánh", "Opened again";
    }
}

impl FeedbackState {
    /// Nothing is to be done any more, unless it is opened again.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Published
                | Self::Closed
                | Self::Refused
                | Self::OutOfScope
                | Self::Merged
                | Self::Withdrawn
        )
    }

    /// An answer has been accepted.
    pub fn is_answered(self) -> bool {
        matches!(self, Self::AnswerAccepted | Self::Published | Self::Closed)
    }
}

crate::codes! {
    /// What an item is about (ND 20/2008 Art. 5).
    pub enum FeedbackClass : "feedback_class" {
        Conduct = "conduct", "Hành vi hành chính", "Conduct of an agency or officer";
        Regulation = "regulation", "Quy định hành chính", "A regulation";
        Initiative = "initiative", "Sáng kiến, phương án", "An initiative";
        Mixed = "mixed", "Nhiều nội dung", "Several of these";
        Question = "question", "Câu hỏi", "A question";
        Praise = "praise", "Khen ngợi", "Praise";
        OutOfScope = "out_of_scope", "Ngoài phạm vi", "Out of scope";
    }
}

crate::codes! {
    /// How an item came (ND 20/2008 Art. 6).
    pub enum FeedbackChannel : "feedback_channel" {
        Portal = "portal", "Gửi trực tuyến tại hệ thống này", "Online, to this system";
        InPerson = "in_person", "Trực tiếp", "In person";
        Written = "written", "Văn bản", "On paper";
        Telephone = "telephone", "Điện thoại", "By telephone";
        Email = "email", "Thư điện tử", "By e-mail";
        Survey = "survey", "Phiếu lấy ý kiến", "On a survey form";
        NationalSystem = "national_system", "Hệ thống thông tin phản ánh, kiến nghị quốc gia", "From the national feedback system";
    }
}

crate::codes! {
    /// Why an item may not be received (ND 20/2008 Art. 7).
    pub enum RefusalGround : "refusal_ground" {
        NotVietnamese = "not_vietnamese", "Không sử dụng tiếng Việt", "It is not in Vietnamese";
        Unclear = "unclear", "Nội dung không rõ ràng", "Its content is not clear";
        NameMissing = "name_missing", "Không có họ tên người phản ánh", "The sender's name is missing";
        AddressMissing = "address_missing", "Không có địa chỉ người phản ánh", "The sender's address is missing";
        ContactMissing = "contact_missing", "Không có số điện thoại hoặc địa chỉ liên hệ", "There is no telephone number or other contact";
    }
}

impl RefusalGround {
    /// Where the law says so.
    pub fn basis(self) -> &'static str {
        match self {
            Self::NotVietnamese => "Nghị định 20/2008/NĐ-CP, Điều 7 khoản 1 điểm b",
            Self::Unclear => "Nghị định 20/2008/NĐ-CP, Điều 7 khoản 1 điểm c",
            Self::NameMissing | Self::AddressMissing | Self::ContactMissing => {
                "Nghị định 20/2008/NĐ-CP, Điều 7 khoản 1 điểm d"
            }
        }
    }
}

crate::codes! {
    /// Where someone is guided whose matter is not feedback (ND 20/2008 Art. 1).
    pub enum GuidedTo : "guided_to" {
        Complaint = "complaint", "Khiếu nại, theo Luật Khiếu nại", "A complaint, under the Law on Complaints";
        Denunciation = "denunciation", "Tố cáo, theo Luật Tố cáo", "A denunciation, under the Law on Denunciations";
        QuestionDesk = "question_desk", "Bộ phận hỏi đáp", "The question desk";
        OtherBody = "other_body", "Cơ quan, tổ chức khác", "Another body";
    }
}

crate::codes! {
    /// Where an item stands on its way into the national feedback system.
    pub enum LedgerState : "ledger_state" {
        ToEnter = "to_enter", "Chờ nhập", "To be entered";
        Entered = "entered", "Đã nhập", "Entered";
        Returned = "returned", "Bị trả lại", "Returned";
        /// A field the national system asks for is missing.
        Blocked = "blocked", "Thiếu thông tin, chưa nhập được", "Blocked: a field is missing";
    }
}

crate::codes! {
    /// What a citizen may do with an item of their own.
    pub enum CitizenAct : "citizen_act" {
        Supplement = "supplement", "Bổ sung", "Add to it";
        Withdraw = "withdraw", "Rút", "Withdraw it";
        Reopen = "reopen", "Đề nghị mở lại", "Ask to open it again";
        Vote = "vote", "Đánh giá", "Say whether one is satisfied";
    }
}
