//! Reading a time limit out of a sentence, only where it can have one meaning.

use super::time_unit;
use crate::procedures::content::TimeLimit;
use crate::procedures::lists::TimeUnit;
use crate::text::{Token, words};

/// Longest number that is read as an amount, in digits.
const MAX_DIGITS: usize = 4;
/// Longest number in words, in characters.
const MAX_WORDED_CHARS: usize = 60;
/// What the reference data writes where the portal shows an amount without a unit.
const UNIT_NOT_STATED: &str = "[đơn vị không ghi";

/// The time limit of a text. Amount and unit are read only when the text mentions a single limit,
/// however often; a text with several is kept as text.
pub(in crate::procedures) fn from_text(text: String) -> TimeLimit {
    let tokens = words(&text);
    let mut mentions =
        (0..tokens.len()).filter_map(|at| same_day(&tokens[at..]).or_else(|| mention(&text, &tokens, at)));
    let single = mentions.next().filter(|first| mentions.all(|other| other == *first));
    let (amount, unit) = match single {
        Some(Mention::Limit(amount, unit)) => (Some(amount), unit),
        Some(Mention::Unclear) | None => (None, None),
    };
    TimeLimit { amount, unit, text: Some(text) }
}

/// A time stated somewhere in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::procedures) struct StatedTime {
    /// Byte offset of its number.
    pub start: usize,
    pub amount: u32,
    pub unit: TimeUnit,
}

/// Every whole number of hours, days and so on that a text states, in order.
pub(in crate::procedures) fn stated_times(text: &str) -> Vec<StatedTime> {
    let tokens = words(text);
    let stated = |at: usize| match mention(text, &tokens, at)? {
        Mention::Limit(amount, Some(unit)) => Some(StatedTime { start: tokens[at].start, amount, unit }),
        Mention::Limit(_, None) | Mention::Unclear => None,
    };
    (0..tokens.len()).filter_map(stated).collect()
}

#[derive(PartialEq)]
enum Mention {
    Limit(u32, Option<TimeUnit>),
    /// A fraction, a range or "the same day": a limit is stated, and is not one whole number.
    Unclear,
}

/// "Trong ngày": the same day; but "trong ngày làm việc tiếp theo" only delays another limit.
fn same_day(tokens: &[Token]) -> Option<Mention> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.exact.as_str());
    let next_day = (word(2), word(4)) == ("làm", "tiếp");
    (word(0) == "trong" && word(1) == "ngày" && !next_day).then_some(Mention::Unclear)
}

/// The limit that begins with the number at `at`, if one does.
fn mention(text: &str, tokens: &[Token], at: usize) -> Option<Mention> {
    let number = &tokens[at];
    if !number.folded.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let before = |back: usize| at.checked_sub(back).map_or("", |i| tokens[i].exact.as_str());
    let after = text[number.end..].trim_start();
    let unit = if after.starts_with(UNIT_NOT_STATED) { None } else { Some(unit_after(text, tokens, at)?) };

    let adjoins = at > 0 && text[tokens[at - 1].end..number.start].chars().all(char::is_whitespace);
    let is_date = adjoins && matches!(before(1), "ngày" | "tháng" | "năm" | "quý");
    let clock_word = matches!(before(1), "sau" | "vào" | "trước" | "lúc" | "từ" | "đến" | "tới");
    if is_date || (clock_word && unit == Some(TimeUnit::Hour)) {
        return None;
    }
    let is_range = before(1) == "đến" && before(2).starts_with(|c: char| c.is_ascii_digit());
    let is_fraction = text[..number.start].ends_with(',') && at > 0 && tokens[at - 1].end + 1 == number.start;
    let amount = Some(&number.folded).filter(|digits| digits.len() <= MAX_DIGITS);
    match amount.and_then(|digits| digits.parse().ok()) {
        Some(amount) if !is_range && !is_fraction => Some(Mention::Limit(amount, unit)),
        _ => Some(Mention::Unclear),
    }
}

/// The unit that follows a number, past a number in words: "05 (năm) ngày làm việc".
fn unit_after(text: &str, tokens: &[Token], at: usize) -> Option<TimeUnit> {
    let rest = text[tokens[at].end..].trim_start();
    let rest = match rest.strip_prefix('(') {
        Some(in_words) => {
            let (close, _) = in_words.char_indices().take(MAX_WORDED_CHARS).find(|(_, c)| *c == ')')?;
            &in_words[close + 1..]
        }
        None => rest.strip_prefix(')').unwrap_or(rest),
    };
    let from = text.len() - rest.trim_start().len();
    let first = tokens.binary_search_by_key(&from, |token| token.start).ok()?;
    let phrase = |length: usize| {
        tokens
            .get(first..first + length)
            .map(|phrase| phrase.iter().map(|token| token.exact.as_str()).collect::<Vec<_>>().join(" "))
    };
    if phrase(3).as_deref() == Some("ngày làm việc") {
        return Some(TimeUnit::WorkingDay);
    }
    phrase(1)
        .filter(|word| matches!(word.as_str(), "giờ" | "ngày" | "tuần" | "tháng" | "năm"))
        .and_then(|w| time_unit(&w))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<u32>, Option<TimeUnit>) {
        let limit = from_text(text.to_owned());
        assert_eq!(limit.text.as_deref(), Some(text));
        (limit.amount, limit.unit)
    }

    #[test]
    fn a_single_limit_is_read() {
        assert_eq!(read("5 ngày làm việc"), (Some(5), Some(TimeUnit::WorkingDay)));
        assert_eq!(
            read("• Không quá 05 (năm) Ngày, kể từ khi đủ hồ sơ"),
            (Some(5), Some(TimeUnit::CalendarDay))
        );
        assert_eq!(read("Mười lăm (15) ngày làm việc"), (Some(15), Some(TimeUnit::WorkingDay)));
        assert_eq!(read("Trực tuyến: 15 ngày. Trực tiếp: 15 ngày"), (Some(15), Some(TimeUnit::CalendarDay)));
        assert_eq!(read("02 Giờ"), (Some(2), Some(TimeUnit::Hour)));
        assert_eq!(read("tối đa 03 tháng"), (Some(3), Some(TimeUnit::Month)));
        assert_eq!(
            read("01 ngày làm việc, nếu nhận sau 15 giờ thì trả vào 09 giờ hôm sau"),
            (Some(1), Some(TimeUnit::WorkingDay))
        );
    }

    #[test]
    fn a_missing_unit_stays_missing() {
        assert_eq!(read("1 [đơn vị không ghi trong nguồn]"), (Some(1), None));
        assert_eq!(read("1 [đơn vị không ghi trong nguồn] / 3 ngày làm việc"), (None, None));
    }

    #[test]
    fn nothing_is_read_where_more_than_one_meaning_is_possible() {
        for text in [
            "5 ngày / 7 ngày",
            "5 ngày làm việc (trong đó: 2 ngày tại xã)",
            "2.5 ngày",
            "19,5 ngày",
            "từ 5 đến 10 ngày",
            "5-10 ngày",
            "Ngay trong ngày",
            "Trong ngày; trường hợp phức tạp không quá 2 ngày",
            "theo Quyết định ngày 30 tháng 11 năm 2020",
            "Không quy định",
            "99999999999 ngày",
            "",
        ] {
            assert_eq!(read(text), (None, None), "{text}");
        }
    }
}
