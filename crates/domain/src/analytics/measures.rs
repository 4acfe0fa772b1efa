//! The catalogue: what each measure is, and what it may be told and narrowed by.

use super::codes::{
    AnalyticsDimension as D, AnalyticsFilter as F, AnalyticsKind, AnalyticsMeasure as M, AnalyticsRoom,
    AnalyticsUnit,
};

/// What is said of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeasureTraits {
    pub room: AnalyticsRoom,
    pub kind: AnalyticsKind,
    pub unit: AnalyticsUnit,
    /// How things stand at the end of the window, and not what happened in it.
    pub is_stock: bool,
    pub dimensions: &'static [D],
    pub filters: &'static [F],
    /// What exactly is counted, in Vietnamese and in English.
    pub meaning: (&'static str, &'static str),
}

const FEEDBACK: &[D] = &[
    D::Unit,
    D::Level,
    D::Field,
    D::Class,
    D::Channel,
    D::State,
    D::Procedure,
    D::Week,
    D::Month,
    D::Quarter,
    D::Year,
];
const OF_FEEDBACK: &[F] =
    &[F::Unit, F::Level, F::Field, F::Class, F::Channel, F::State, F::Procedure, F::AsOf];
/// Votes have no day.
const OF_VOTES: &[F] = &[F::Unit, F::Level, F::Field, F::Class, F::Channel, F::State, F::Procedure];
/// A record of a month lies in several weeks.
const MOVEMENTS: &[D] = &[D::Unit, D::Level, D::Field, D::Channel, D::Month, D::Quarter, D::Year];
const STOCK: &[D] = &[D::Unit, D::Level, D::Field, D::Channel];
const OF_DOSSIERS: &[F] = &[F::Unit, F::Level, F::Field, F::Channel];
const OBLIGATIONS: &[D] = &[D::Unit, D::Level, D::Week, D::Month, D::Quarter, D::Year];
const OF_OBLIGATIONS: &[F] = &[F::Unit, F::Level, F::AsOf];
const REPORTS: &[D] = &[D::Unit, D::Level, D::State, D::Week, D::Month, D::Quarter, D::Year];
const OF_REPORTS: &[F] = &[F::Unit, F::Level, F::State, F::AsOf];
const REGISTRY: &[D] = &[D::Level, D::Field];
const OF_REGISTRY: &[F] = &[F::Level, F::Field];

impl M {
    /// The room whose records are counted.
    pub fn room(self) -> AnalyticsRoom {
        use AnalyticsRoom as R;
        match self {
            Self::FeedbackReceived
            | Self::FeedbackAnswered
            | Self::FeedbackAnsweredOnTime
            | Self::FeedbackOverdue
            | Self::FeedbackDaysToAnswer
            | Self::FeedbackDaysToAnswerP50
            | Self::FeedbackDaysToAnswerP90
            | Self::FeedbackOnTimeRatio
            | Self::FeedbackSatisfiedRatio => R::Feedback,
            Self::DossiersReceived
            | Self::DossiersSettled
            | Self::DossiersSettledLate
            | Self::DossiersLateRatio
            | Self::DossiersPending => R::Dossiers,
            Self::ObligationsDue
            | Self::ObligationsMet
            | Self::ObligationsMetLate
            | Self::ObligationsBreached => R::Obligations,
            Self::ReportsOwed | Self::ReportsSubmitted | Self::ReportsLate => R::Reports,
            Self::ProceduresInForce => R::Procedures,
        }
    }

    /// What the catalogue says of it.
    pub fn traits(self) -> MeasureTraits {
        use {AnalyticsKind as K, AnalyticsRoom as R, AnalyticsUnit as U};
        let room = self.room();
        let (kind, unit) = match self {
            Self::FeedbackDaysToAnswer => (K::Average, U::Days),
            Self::FeedbackDaysToAnswerP50 | Self::FeedbackDaysToAnswerP90 => (K::Percentile, U::Days),
            Self::FeedbackOnTimeRatio | Self::FeedbackSatisfiedRatio | Self::DossiersLateRatio => {
                (K::Ratio, U::Percent)
            }
            _ => match room {
                R::Feedback => (K::Count, U::Items),
                R::Dossiers => (K::Sum, U::Dossiers),
                R::Obligations => (K::Count, U::Obligations),
                R::Reports => (K::Count, U::Reports),
                R::Procedures => (K::Count, U::Procedures),
            },
        };
        let (dimensions, filters) = match (room, self) {
            (R::Feedback, Self::FeedbackSatisfiedRatio) => (FEEDBACK, OF_VOTES),
            (R::Feedback, _) => (FEEDBACK, OF_FEEDBACK),
            (R::Dossiers, Self::DossiersPending) => (STOCK, OF_DOSSIERS),
            (R::Dossiers, _) => (MOVEMENTS, OF_DOSSIERS),
            (R::Obligations, _) => (OBLIGATIONS, OF_OBLIGATIONS),
            (R::Reports, _) => (REPORTS, OF_REPORTS),
            (R::Procedures, _) => (REGISTRY, OF_REGISTRY),
        };
        let is_stock = matches!(self, Self::DossiersPending | Self::ProceduresInForce);
        MeasureTraits { room, kind, unit, is_stock, dimensions, filters, meaning: self.meaning() }
    }

    /// The rank of a percentile.
    pub fn percentile(self) -> Option<i64> {
        match self {
            Self::FeedbackDaysToAnswerP50 => Some(50),
            Self::FeedbackDaysToAnswerP90 => Some(90),
            _ => None,
        }
    }

    fn meaning(self) -> (&'static str, &'static str) {
        match self {
            Self::FeedbackReceived => (
                "Theo ngày nhận tại thành phố; mỗi phản ánh tính một lần, kể cả khi đã tách, dù kết quả ra sao.",
                "By the day of receipt in the city; each item once, also when it was split, whatever became of it.",
            ),
            Self::FeedbackAnswered => (
                "Câu trả lời được chấp nhận, theo ngày đơn vị gửi.",
                "Answers that were accepted, by the day they were submitted.",
            ),
            Self::FeedbackAnsweredOnTime => (
                "Trong số đã trả lời: gửi trước khi hết hạn trả lời người dân (K-44).",
                "Of the answered: submitted within the term of the answer to the citizen (K-44).",
            ),
            Self::FeedbackOverdue => (
                "Chưa trả lời và đã quá hạn, theo ngày cuối của hạn; bằng danh sách quá hạn.",
                "Not answered and past due, by the last lawful day; the list of the overdue.",
            ),
            Self::FeedbackDaysToAnswer => (
                "Số ngày từ ngày nhận đến ngày trả lời, theo ngày trả lời.",
                "Days from receipt to answer, by the day of the answer.",
            ),
            Self::FeedbackDaysToAnswerP50 | Self::FeedbackDaysToAnswerP90 => (
                "Số ngày từ ngày nhận đến ngày trả lời, theo hạng gần nhất.",
                "Days from receipt to answer, by nearest rank.",
            ),
            Self::FeedbackOnTimeRatio => {
                ("Trả lời đúng hạn trên tổng số đã trả lời.", "Answered on time, of all answered.")
            }
            Self::FeedbackSatisfiedRatio => (
                "Hài lòng trên tổng số người phản ánh có đánh giá, theo ngày trả lời.",
                "Satisfied, of the senders who said so, by the day of the answer.",
            ),
            Self::DossiersReceived => (
                "Cộng từ số liệu một cửa của các ngày, tháng nằm trọn trong kỳ.",
                "Added up from counts of days and months that lie within the window.",
            ),
            Self::DossiersSettled => ("Sớm hạn, đúng hạn và quá hạn.", "Early, on time and late."),
            Self::DossiersSettledLate => ("Đã giải quyết, quá hạn.", "Settled, and late."),
            Self::DossiersLateRatio => ("Quá hạn trên tổng số đã giải quyết.", "Late, of all settled."),
            Self::DossiersPending => (
                "Theo kỳ số liệu mới nhất kết thúc không sau ngày cuối.",
                "By the latest counts that end on the last day or before.",
            ),
            Self::ObligationsDue => (
                "Theo ngày cuối của hạn; không tính việc đã hủy.",
                "By the last lawful day; without those that were called off.",
            ),
            Self::ObligationsMet => ("Trong số đến hạn: xong đúng hạn.", "Of the due: met in time."),
            Self::ObligationsMetLate => ("Trong số đến hạn: xong sau hạn.", "Of the due: met late."),
            Self::ObligationsBreached => (
                "Trong số đến hạn: đã quá hạn mà chưa xong, không bị tạm dừng.",
                "Of the due: past due, not met, and not suspended.",
            ),
            Self::ReportsOwed => ("Theo ngày cuối của hạn gửi.", "By the last lawful day."),
            Self::ReportsSubmitted => ("Trong số phải gửi: đã gửi.", "Of the owed: submitted."),
            Self::ReportsLate => (
                "Trong số phải gửi: gửi sau hạn, hoặc quá hạn chưa gửi.",
                "Of the owed: submitted after the last lawful day, or not submitted when it was over.",
            ),
            Self::ProceduresInForce => (
                "Vào ngày cuối; một thủ tục thực hiện ở nhiều cấp tính ở mỗi cấp, và một lần trong tổng số.",
                "On the last day; one that is settled at several levels counts at each, and once in the total.",
            ),
        }
    }
}
