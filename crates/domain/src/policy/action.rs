//! Every guarded action of the product. Operations of the contract name one of these, or are public.

use crate::codes::Code;

/// The type-level name of an action.
pub trait ActionKind {
    const ACTION: Action;
}

macro_rules! actions {
    ($($kind:ident = $code:literal, $vi:literal, $en:literal;)+) => {
        crate::codes! {
            /// A guarded action.
            pub enum Action : "action" { $($kind = $code, $vi, $en;)+ }
        }

        pub mod kinds {
            use super::{Action, ActionKind};
            $(
                #[doc = $en]
                #[derive(Debug, Clone)]
                pub struct $kind;
                impl ActionKind for $kind {
                    const ACTION: Action = Action::$kind;
                }
            )+
        }
    };
}

actions! {
    CreateUnit = "units.create", "Lập đơn vị", "Create a unit";
    RenameUnit = "units.rename", "Đổi tên đơn vị", "Rename a unit";
    MergeUnits = "units.merge", "Sáp nhập đơn vị", "Merge units";
    SplitUnit = "units.split", "Chia, tách đơn vị", "Split a unit";
    EndUnit = "units.end", "Kết thúc đơn vị", "End a unit";
    ReadFocalOfficers = "focal_officers.read", "Xem đầu mối", "Read focal officers";
    AppointFocalOfficer = "focal_officers.appoint", "Cử đầu mối", "Appoint a focal officer";
    EndFocalOfficer = "focal_officers.end", "Thôi đầu mối", "End a focal officer's term";
    ReadMyself = "me.read", "Xem tài khoản của mình", "Read one's own account";
    OpenMySession = "me.open_session", "Đăng nhập", "Log in";
    EndMySession = "me.end_session", "Kết thúc phiên của mình", "End one's own session";
    ChangeMyPassword = "me.change_password", "Đổi mật khẩu của mình", "Change one's own password";
    ReadAccounts = "accounts.read", "Xem tài khoản", "Read accounts";
    CreateAccount = "accounts.create", "Lập tài khoản", "Create an account";
    ChangeAccount = "accounts.change", "Sửa tài khoản", "Change an account";
    ResetPassword = "accounts.reset_password", "Đặt lại mật khẩu", "Reset a password";
    GiveGrant = "grants.give", "Phân quyền", "Give a grant";
    EndGrant = "grants.end", "Thu hồi quyền", "End a grant";
    ManageClients = "clients.manage", "Quản lý hệ thống kết nối", "Manage service clients";
    RotateKeys = "keys.rotate", "Thay khóa ký", "Rotate signing keys";
    EditCalendar = "calendar.edit", "Sửa lịch làm việc", "Edit the working calendar";
    MoveClock = "clock.move", "Chỉnh đồng hồ trình diễn", "Move the demo clock";
    ReadAudit = "audit.read", "Xem nhật ký", "Read the audit trail";
    ReadChanges = "changes.read", "Đọc dòng thay đổi", "Read the changes feed";
    ImportProcedures = "procedures.import", "Nhập thủ tục hành chính", "Import procedures";
    EditDeadlineRule = "deadline_rules.edit", "Sửa quy tắc thời hạn", "Edit a deadline rule";
    ReadObligations = "obligations.read", "Xem việc phải làm và thời hạn", "Read obligations";
    OpenObligations = "obligations.open", "Lập danh sách việc phải làm", "Open obligations";
    AssignObligation = "obligations.assign", "Giao việc cho cán bộ", "Give an obligation to an officer";
    MeetObligation = "obligations.meet", "Ghi nhận hoàn thành", "Record that an obligation was met";
    CancelObligation = "obligations.cancel", "Hủy việc phải làm", "Cancel an obligation";
    SuspendObligation = "obligations.suspend", "Tạm dừng, tiếp tục thời hạn", "Stop and restart a clock";
    RetimeObligation = "obligations.retime", "Tính lại thời hạn", "Recompute deadlines";
    RemindOfObligation = "obligations.remind", "Nhắc việc, đôn đốc", "Remind of an obligation";
    ManageDutyFeeds = "duty_feeds.manage", "Cấp, thu hồi địa chỉ lịch", "Give and revoke calendar addresses";
    SendFeedback = "feedback.send", "Gửi phản ánh, kiến nghị", "Send feedback";
    FollowFeedback = "feedback.follow", "Bổ sung, rút, mở lại, đánh giá phản ánh của mình", "Follow one's own feedback";
    ReadFeedback = "feedback.read", "Xem phản ánh, kiến nghị", "Read feedback";
    ReadFeedbackSender = "feedback.read_sender", "Xem người phản ánh", "Read who sent feedback";
    RegisterFeedback = "feedback.register", "Tiếp nhận phản ánh thay người phản ánh", "Register feedback on behalf";
    JudgeFeedback = "feedback.judge", "Phân loại, chuyển, duyệt trả lời phản ánh", "Classify, transfer and judge feedback";
    AssignFeedback = "feedback.assign", "Giao cán bộ xử lý phản ánh", "Give feedback to an officer";
    HandleFeedback = "feedback.handle", "Xử lý, dự thảo trả lời phản ánh", "Handle feedback and draft its answer";
    ApproveAnswer = "feedback.approve", "Duyệt trả lời phản ánh", "Approve an answer";
    CorrectFeedback = "feedback.correct", "Sửa thời điểm tiếp nhận phản ánh", "Correct the receipt of feedback";
    EnterFeedback = "feedback.enter", "Ghi sổ nhập hệ thống quốc gia", "Keep the ledger of the national system";
    EraseSenders = "feedback.erase_senders", "Xóa thông tin người phản ánh hết thời hạn lưu", "Erase senders after their term";
    JudgeAttachment = "attachments.judge", "Kết luận tệp đính kèm sau khi quét mã độc", "Judge an attachment by its scan";
    KeepMyNotifications = "notifications.keep", "Xem, đánh dấu thông báo của mình", "Read and keep one's own notifications";
    ManageWebhooks = "webhooks.manage", "Quản lý đăng ký nhận sự kiện", "Manage webhooks";
    ReadReports = "reports.read", "Xem báo cáo định kỳ", "Read periodic reports and figures";
    WriteReport = "reports.write", "Lập báo cáo định kỳ", "Fill in a report";
    SubmitReport = "reports.submit", "Gửi báo cáo định kỳ", "Submit a report";
    JudgeReport = "reports.judge", "Tiếp nhận, trả lại báo cáo", "Accept and send back reports";
    FreezePeriod = "reporting_periods.freeze", "Chốt số liệu kỳ báo cáo", "Freeze a reporting period";
    EnterReport = "reports.enter", "Ghi sổ nhập báo cáo vào hệ thống quốc gia", "Keep the ledger of the national reporting system";
    EditReportForm = "report_forms.edit", "Sửa biểu mẫu báo cáo", "Edit a report form";
    ReadDossierCounts = "dossier_counts.read", "Xem số liệu hồ sơ", "Read dossier counts";
    ImportDossierCounts = "dossier_counts.import", "Nhập số liệu hồ sơ", "Import dossier counts";
    CorrectDossierCounts = "dossier_counts.correct", "Đính chính số liệu hồ sơ", "Correct dossier counts";
    StoreFile = "files.store", "Lưu tệp biểu mẫu", "Store a form file";
}

impl Action {
    /// The action of a code such as `units.create`.
    pub fn named(code: &str) -> Option<Self> {
        Self::from_code(code)
    }
}
