//! A year of a city's feedback, made up: the same seed gives the same items. Nobody in it exists.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};

use super::{FeedbackChannel, FeedbackClass, Sender};
use crate::calendar::start_of_vn_day;

/// One made-up item and what becomes of it, in days after its receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleItem {
    pub received_at: DateTime<Utc>,
    pub channel: FeedbackChannel,
    pub class: FeedbackClass,
    pub title: String,
    pub content: String,
    pub field: &'static str,
    pub sender: Sender,
    /// Place of the unit that handles it, in the list of units given.
    pub unit: usize,
    /// It is about that unit's own conduct.
    pub about_unit: bool,
    /// It is refused, or guided elsewhere, instead of being transferred.
    pub refused: bool,
    pub transferred_after: TimeDelta,
    /// `None`: it is never answered.
    pub answered_after: Option<TimeDelta>,
    /// The office returns the first answer.
    pub returned: bool,
    pub public: bool,
    /// What the sender says of the answer, if anything.
    pub satisfied: Option<bool>,
}

/// What a citizen meets, and in which field.
struct Matter {
    field: &'static str,
    thing: &'static str,
}

const MATTERS: &[Matter] = &[
    Matter { field: "Hộ tịch", thing: "đăng ký khai sinh" },
    Matter { field: "Hộ tịch", thing: "trích lục hộ tịch" },
    Matter { field: "Chứng thực", thing: "chứng thực bản sao từ bản chính" },
    Matter { field: "Đất đai", thing: "cấp giấy chứng nhận quyền sử dụng đất" },
    Matter { field: "Đất đai", thing: "đăng ký biến động đất đai" },
    Matter {
        field: "Hoạt động xây dựng", thing: "cấp giấy phép xây dựng nhà ở riêng lẻ"
    },
    Matter { field: "Thành lập và hoạt động doanh nghiệp", thing: "đăng ký hộ kinh doanh" },
    Matter { field: "Bảo trợ xã hội", thing: "trợ cấp xã hội hằng tháng" },
    Matter { field: "Người có công", thing: "xác nhận người có công" },
    Matter { field: "Đường bộ", thing: "đổi giấy phép lái xe" },
    Matter { field: "Môi trường", thing: "xác nhận kế hoạch bảo vệ môi trường" },
    Matter { field: "Giáo dục và Đào tạo", thing: "chuyển trường cho học sinh" },
];

const CONDUCT: &[&str] = &[
    "Tôi nộp hồ sơ {thing} đã quá ngày hẹn trên phiếu nhưng chưa nhận được kết quả và không được thông báo lý do.",
    "Khi làm thủ tục {thing}, cán bộ tiếp nhận yêu cầu thêm giấy tờ không có trong danh mục niêm yết.",
    "Tôi phải đi lại ba lần để bổ sung hồ sơ {thing} vì mỗi lần được hướng dẫn một cách khác nhau.",
    "Người tiếp nhận hồ sơ {thing} có thái độ không đúng mực và không giải thích khi được hỏi.",
    "Bộ phận tiếp nhận hồ sơ {thing} thường đóng cửa trước giờ làm việc quy định, người dân phải quay lại hôm sau.",
];
const REGULATION: &[&str] = &[
    "Thành phần hồ sơ {thing} yêu cầu bản sao chứng thực trong khi đã xuất trình bản chính, gây tốn kém cho người dân.",
    "Thời hạn giải quyết thủ tục {thing} quá dài so với tính chất đơn giản của hồ sơ, đề nghị rút ngắn.",
    "Mẫu đơn {thing} trên Cổng thông tin khác với mẫu đang niêm yết, đề nghị thống nhất.",
    "Quy định về nơi nộp hồ sơ {thing} chưa rõ, người dân không biết nộp ở cấp nào.",
];
const INITIATIVE: &[&str] = &[
    "Đề xuất cho phép nộp hồ sơ {thing} trực tuyến và nhận kết quả qua bưu điện để người dân không phải đi lại.",
    "Kiến nghị liên thông thủ tục {thing} với cơ quan thuế và bảo hiểm xã hội trong một bộ hồ sơ.",
];
const DETAILS: &[&str] = &[
    "Việc này xảy ra trong tuần vừa qua.",
    "Tôi đã hỏi qua điện thoại nhưng không được trả lời cụ thể.",
    "Gia đình tôi ở xa, mỗi lần đi lại mất nửa ngày công.",
    "Đề nghị cơ quan có thẩm quyền xem xét và trả lời.",
    "Nhiều hộ dân trong khu vực cũng gặp tình trạng tương tự.",
    "Tôi mong sớm nhận được phản hồi để kịp hoàn tất giấy tờ.",
];
const FAMILY: &[&str] =
    &["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương"];
const MIDDLE: &[&str] = &["Văn", "Thị", "Hữu", "Ngọc", "Minh", "Thanh", "Quốc", "Kim"];
const GIVEN: &[&str] = &[
    "An", "Bình", "Cường", "Dung", "Hạnh", "Khoa", "Lan", "Mai", "Nam", "Phúc", "Quyên", "Sơn", "Thảo", "Yến",
];
const PLACES: &[&str] =
    &["Khu vực 1", "Khu vực 2", "Khu vực 3", "Khu vực 4", "Ấp Thới Thuận", "Ấp Mỹ Long", "Ấp Tân Bình"];

/// SplitMix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap_or_default()]
    }

    /// True so many times in a hundred.
    fn often(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Whole hours between two numbers of days.
    fn days(&mut self, from: u64, to: u64) -> TimeDelta {
        let hours = from * 24 + self.below((to - from) * 24 + 1);
        TimeDelta::hours(i64::try_from(hours).unwrap_or_default())
    }
}

/// `count` items received from one day up to another, exclusive, in the order of their receipt, over so many
/// units. Weekends bring few, the weeks after Tết more.
pub fn sample(seed: u64, count: usize, (from, to): (NaiveDate, NaiveDate), units: usize) -> Vec<SampleItem> {
    let mut dice = Dice(seed);
    let span = u64::try_from((to - from).num_days()).unwrap_or(1);
    let mut items: Vec<SampleItem> = (0..count)
        .map(|_| {
            let received_at = moment(&mut dice, from, span);
            item(&mut dice, received_at, units)
        })
        .collect();
    items.sort_by_key(|item| item.received_at);
    items
}

fn moment(dice: &mut Dice, from: NaiveDate, span: u64) -> DateTime<Utc> {
    loop {
        let day = from.checked_add_days(Days::new(dice.below(span))).unwrap_or(from);
        let rests = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        if !rests || dice.often(20) {
            let at_night = dice.often(15);
            let minutes = if at_night { dice.below(24 * 60) } else { 7 * 60 + 30 + dice.below(10 * 60) };
            let seconds = i64::try_from(minutes * 60 + dice.below(60)).unwrap_or_default();
            return start_of_vn_day(day) + TimeDelta::seconds(seconds);
        }
    }
}

fn item(dice: &mut Dice, received_at: DateTime<Utc>, units: usize) -> SampleItem {
    let matter = &MATTERS[usize::try_from(dice.below(MATTERS.len() as u64)).unwrap_or_default()];
    let (class, sentences) = match dice.below(10) {
        0..=5 => (FeedbackClass::Conduct, CONDUCT),
        6..=8 => (FeedbackClass::Regulation, REGULATION),
        _ => (FeedbackClass::Initiative, INITIATIVE),
    };
    let main = dice.pick(sentences).replace("{thing}", matter.thing);
    let (first, second) = (dice.pick(DETAILS), dice.pick(DETAILS));
    let content =
        if first == second { format!("{main} {first}") } else { format!("{main} {first} {second}") };
    let about = match class {
        FeedbackClass::Conduct => "Phản ánh việc",
        FeedbackClass::Regulation => "Vướng mắc quy định",
        _ => "Sáng kiến về",
    };
    let channel = match dice.below(10) {
        0..=5 => FeedbackChannel::Portal,
        6 | 7 => FeedbackChannel::Telephone,
        8 => FeedbackChannel::Written,
        _ => FeedbackChannel::Email,
    };
    SampleItem {
        received_at,
        channel,
        class,
        title: format!("{about} {}", matter.thing),
        content,
        field: matter.field,
        sender: sender(dice),
        unit: usize::try_from(dice.below(units as u64)).unwrap_or_default(),
        about_unit: class == FeedbackClass::Conduct && dice.often(30),
        refused: dice.often(6),
        // One in eight is transferred too late, one in ten answered too late, one in fifty never.
        transferred_after: if dice.often(88) { dice.days(0, 4) } else { dice.days(8, 15) },
        answered_after: match dice.below(100) {
            0..=87 => Some(dice.days(5, 19)),
            88..=97 => Some(dice.days(21, 60)),
            _ => None,
        },
        returned: dice.often(8),
        public: dice.often(70),
        satisfied: dice.often(40).then(|| dice.often(75)),
    }
}

fn sender(dice: &mut Dice) -> Sender {
    let number = dice.below(1_000_000);
    Sender {
        name: Some(format!("{} {} {}", dice.pick(FAMILY), dice.pick(MIDDLE), dice.pick(GIVEN))),
        address: Some(format!("{}, thành phố Cần Thơ", dice.pick(PLACES))),
        phone: Some(format!("0900 {:03} {:03}", number / 1000, number % 1000)),
        email: dice.often(30).then(|| format!("nguoi.dan.{number}@example.com")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::{FeedbackParameters, Letter, grounds};

    fn year(seed: u64, count: usize) -> Vec<SampleItem> {
        let day = |text: &str| text.parse().unwrap();
        sample(seed, count, (day("2019-01-01"), day("2020-01-01")), 117)
    }

    #[test]
    fn the_same_seed_gives_the_same_items_and_another_seed_others() {
        assert_eq!(year(1, 500), year(1, 500));
        assert_ne!(year(1, 500), year(2, 500));
    }

    #[test]
    fn items_are_admissible_ordered_and_spread() {
        let parameters: FeedbackParameters =
            serde_json::from_str(include_str!("../../../../data/feedback-parameters.json")).unwrap();
        let items = year(7, 4_000);
        assert!(items.windows(2).all(|pair| pair[0].received_at <= pair[1].received_at));
        for item in &items {
            let letter = Letter { title: &item.title, content: &item.content, sender: &item.sender };
            assert_eq!(grounds(letter, &parameters), [], "{}", item.content);
        }
        let late =
            items.iter().filter(|item| item.answered_after.is_none_or(|after| after > TimeDelta::days(20)));
        let late = late.count() * 100 / items.len();
        assert!((8..=16).contains(&late), "{late} in a hundred are late");
        let units: std::collections::HashSet<usize> = items.iter().map(|item| item.unit).collect();
        assert_eq!(units.len(), 117);
    }
}
