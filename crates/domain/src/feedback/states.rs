//! The one place that says what may follow on what.

use super::FeedbackState;
use super::FeedbackState::*;

crate::codes! {
    /// What happens to an item.
    pub enum FeedbackEvent : "feedback_event" {
        AskSender = "ask_sender", "Yêu cầu người phản ánh bổ sung", "Ask the sender for more";
        Supplement = "supplement", "Người phản ánh bổ sung", "The sender adds to it";
        Accept = "accept", "Chấp nhận", "Accept";
        Refuse = "refuse", "Không tiếp nhận", "Refuse";
        GuideElsewhere = "guide_elsewhere", "Hướng dẫn nơi khác", "Guide elsewhere";
        Merge = "merge", "Gộp vào phản ánh đã có", "Merge into another";
        Split = "split", "Tách cho nhiều đơn vị", "Split among units";
        Transfer = "transfer", "Chuyển đơn vị xử lý", "Transfer to a unit";
        HandBack = "hand_back", "Trả lại Văn phòng vì không thuộc thẩm quyền", "Hand back to the office";
        Assign = "assign", "Giao cán bộ", "Give to an officer";
        Draft = "draft", "Dự thảo trả lời", "Draft an answer";
        Approve = "approve", "Duyệt trả lời", "Approve the answer";
        Submit = "submit", "Gửi kết quả về Văn phòng", "Submit the answer";
        ReturnAnswer = "return_answer", "Trả lại để làm rõ", "Return the answer";
        AcceptAnswer = "accept_answer", "Chấp nhận trả lời", "Accept the answer";
        Publish = "publish", "Công khai", "Publish";
        Close = "close", "Kết thúc, không công khai", "Close, not public";
        Withdraw = "withdraw", "Người phản ánh rút", "The sender withdraws";
        Update = "update", "Thông tin tình hình xử lý", "Tell how it stands";
        Note = "note", "Ghi chú nội bộ", "A note within the office";
        Reopen = "reopen", "Mở lại", "Open again";
    }
}

/// Nothing leads from this state by this event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchMove {
    pub state: FeedbackState,
    pub event: FeedbackEvent,
}

/// The state after an event. Whether someone may cause it, and whether its time is right, is not asked here.
pub fn next(state: FeedbackState, event: FeedbackEvent) -> Result<FeedbackState, NoSuchMove> {
    use FeedbackEvent as E;
    Ok(match (state, event) {
        (Received | AwaitingSender, E::AskSender) => AwaitingSender,
        (Received | AwaitingSender, E::Supplement) => Received,
        (Received | AwaitingSender, E::Accept) => Accepted,
        (Received | AwaitingSender, E::Refuse) => Refused,
        // What was split, when all of its parts were.
        (Received | AwaitingSender | Accepted | Reopened | Split, E::GuideElsewhere) => OutOfScope,
        (Received | AwaitingSender | Accepted, E::Merge) => Merged,
        (Accepted, E::Split) => Split,
        // A valid item that is asked for more, or added to, goes on as before.
        (
            Accepted | Transferred | Assigned | Drafted | Approved | Submitted | AnswerReturned | Split
            | Reopened,
            E::Supplement,
        ) => state,
        (Accepted | Reopened | Transferred | Assigned | Drafted | AnswerReturned, E::Transfer) => Transferred,
        (Transferred | Assigned | Drafted | AnswerReturned, E::HandBack) => Accepted,
        (Accepted | Reopened | Transferred | Assigned, E::Assign) => Assigned,
        (Drafted | Approved | AnswerReturned, E::Assign) => state,
        (Accepted | Reopened | Transferred | Assigned | Drafted | Approved | AnswerReturned, E::Draft) => {
            Drafted
        }
        (Drafted, E::Approve) => Approved,
        (Approved, E::Submit) => Submitted,
        (Submitted, E::ReturnAnswer) => AnswerReturned,
        (Submitted, E::AcceptAnswer) => AnswerAccepted,
        // When the answers to all parts are accepted.
        (Split, E::AcceptAnswer) => AnswerAccepted,
        (AnswerAccepted | Closed, E::Publish) => Published,
        // Also what should not have been published.
        (AnswerAccepted | Published | Reopened, E::Close) => Closed,
        (
            Received | AwaitingSender | Accepted | Transferred | Assigned | Drafted | Approved | Submitted
            | AnswerReturned | Split | Reopened,
            E::Withdraw,
        ) => Withdrawn,
        (Published | Closed, E::Reopen) => Reopened,
        (state, E::Update) if !state.is_over() => state,
        (state, E::Note) => state,
        (state, event) => return Err(NoSuchMove { state, event }),
    })
}
