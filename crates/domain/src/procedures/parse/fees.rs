//! Fees and charges (phí, lệ phí).

use super::reader::Reader;
use crate::procedures::content::Fee;
use crate::procedures::fault::FaultCode;
use crate::procedures::lists::FeeKind;
use crate::text::fold;

/// Below this many đồng an amount is reported: sources are known to lose the "000".
const IMPLAUSIBLE_DONG: i64 = 1_000;
/// Longest number that is read as an amount, in digits: beyond it, arithmetic on fees could overflow.
const MAX_DIGITS: usize = 15;
const LABELS: [&str; 3] = ["phí, lệ phí", "lệ phí", "phí"];
const CURRENCIES: [&str; 5] = ["việt nam đồng", "đồng", "vnđ", "vnd", "đ"];
const FREE_WORDINGS: [&str; 12] = [
    "0 dong",
    "0 vnd",
    "0 viet nam dong",
    "mien phi",
    "mien le phi",
    "khong",
    "khong co",
    "khong co phi",
    "khong co le phi",
    "khong thu",
    "khong thu phi",
    "khong thu le phi",
];

pub(super) fn optional(reader: &mut Reader, pointer: &str, raw: &Option<String>) -> Vec<Fee> {
    let Some(text) = reader.optional(pointer, raw) else { return Vec::new() };
    let fees: Vec<Fee> = split(&text).into_iter().map(fee).collect();
    if fees.iter().any(|fee| fee.kind == FeeKind::Text) {
        reader.fault(pointer, FaultCode::FeeUnreadable, &text);
    }
    if fees.iter().any(|fee| fee.amount_dong.is_some_and(|dong| (1..IMPLAUSIBLE_DONG).contains(&dong))) {
        reader.fault(pointer, FaultCode::FeeImplausible, &text);
    }
    fees
}

/// Sources join several fees by a bar, or by a slash in front of what begins like a fee.
fn split(text: &str) -> Vec<&str> {
    let mut fees = Vec::new();
    for joined in text.split(" | ") {
        let mut start = 0;
        for (at, slash) in joined.match_indices(" / ") {
            let next = fold_start(&joined[at + slash.len()..]);
            let begins_fee = next.starts_with(|c: char| c.is_ascii_digit())
                || ["phi", "le phi", "mien", "khong"].iter().any(|word| next.starts_with(word));
            if begins_fee {
                fees.push(joined[start..at].trim());
                start = at + slash.len();
            }
        }
        fees.push(joined[start..].trim());
    }
    fees.retain(|fee| !fee.is_empty());
    fees
}

fn fold_start(text: &str) -> String {
    fold(&text.chars().take(12).collect::<String>())
}

fn fee(text: &str) -> Fee {
    let statement = without_label(text);
    let (kind, amount_dong) = if is_free(statement) {
        (FeeKind::Free, Some(0))
    } else {
        let amount = stated_amount(statement);
        (if amount.is_some() { FeeKind::Amount } else { FeeKind::Text }, amount)
    };
    Fee { kind, amount_dong, text: text.to_owned() }
}

/// Whether the text says that nothing is charged, and nothing more: a condition may follow a "0 đồng".
fn is_free(text: &str) -> bool {
    let wording = fold(text);
    FREE_WORDINGS.contains(&wording.trim_end_matches(['.', ';', ',', ' ']))
}

/// The text past bullets and "Lệ phí:".
fn without_label(text: &str) -> &str {
    let bullets = |c: char| c.is_whitespace() || matches!(c, '•' | '▪' | '*' | '-' | '–' | '+');
    let mut rest = text.trim_start_matches(bullets);
    for label in LABELS {
        if let Some(after) =
            strip_prefix_ignoring_case(rest, label).and_then(|after| after.trim_start().strip_prefix(':'))
        {
            rest = after;
            break;
        }
    }
    rest.trim_start_matches(bullets)
}

/// The amount, when the text begins with it and names no other amount, currency or share.
fn stated_amount(text: &str) -> Option<i64> {
    let lower_case = text.to_lowercase();
    if ["usd", "eur", "đô la", "%"].iter().any(|other| lower_case.contains(other)) {
        return None;
    }
    let first = money(text)?;
    let numbers = text.char_indices().filter(|&(at, c)| {
        c.is_ascii_digit()
            && !text[..at].ends_with(|b: char| b.is_alphanumeric() || matches!(b, '.' | ',' | '/'))
    });
    let single = numbers.filter_map(|(at, _)| money(&text[at..])).all(|money| money == first);
    first.filter(|_| single)
}

/// The sum of money a text begins with; `Some(None)` when its number cannot be read.
fn money(text: &str) -> Option<Option<i64>> {
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).unwrap_or(text.len());
    let number = &text[..end];
    let unit = text[end..].trim_start();
    let is_dong = CURRENCIES.iter().any(|currency| {
        strip_prefix_ignoring_case(unit, currency)
            .is_some_and(|after| !after.starts_with(char::is_alphabetic))
    });
    (is_dong && number.starts_with(|c: char| c.is_ascii_digit())).then(|| whole_number(number))
}

/// Digits, alone or in groups of three.
fn whole_number(number: &str) -> Option<i64> {
    let separator = number.find(['.', ',']).map(|at| &number[at..at + 1]);
    let grouped = separator.is_none_or(|separator| {
        let mut groups = number.split(separator);
        groups.next().is_some_and(|first| (1..=3).contains(&first.len()))
            && groups.all(|group| group.len() == 3)
    });
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let one_separator = number.len() - digits.len() == separator.map_or(0, |s| number.matches(s).count());
    if grouped && one_separator && digits.len() <= MAX_DIGITS { digits.parse().ok() } else { None }
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for wanted in prefix.chars() {
        if !rest.next()?.to_lowercase().eq([wanted]) {
            return None;
        }
    }
    Some(rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(FeeKind, Option<i64>)> {
        split(text)
            .into_iter()
            .map(|text| {
                let fee = fee(text);
                (fee.kind, fee.amount_dong)
            })
            .collect()
    }

    #[test]
    fn free_is_read_only_where_it_is_said_without_conditions() {
        for text in
            ["Miễn phí", "Phí : 0 Đồng", "Lệ phí: Không", "Lệ phí: • Không có.", "LỆ PHÍ: miễn lệ phí"]
        {
            assert_eq!(read(text), [(FeeKind::Free, Some(0))], "{text}");
        }
        for text in
            ["Không quy định", "Lệ phí: Không có. Tuy nhiên, nếu đo đạc thì thu", "Phí: Không có thông tin"]
        {
            assert_eq!(read(text), [(FeeKind::Text, None)], "{text}");
        }
    }

    #[test]
    fn amounts_are_read_as_stated() {
        for (text, amount) in [
            ("50,000 Việt Nam Đồng", 50_000),
            ("50 VNĐ", 50),
            ("Phí: 1.500.000 đồng", 1_500_000),
            ("Lệ phí : 10000 Đồng (10.000 đồng/trường hợp, theo Thông tư 281/2016/TT-BTC)", 10_000),
            ("Lệ phí: 500.000đ/hồ sơ", 500_000),
            ("Phí : 0 Đồng (trường hợp nộp trực tuyến)", 0),
        ] {
            assert_eq!(read(text), [(FeeKind::Amount, Some(amount))], "{text}");
        }
    }

    #[test]
    fn what_is_not_one_amount_in_dong_stays_text() {
        for text in [
            "10 USD",
            "10.000 đồng hoặc 5 USD",
            "2.000 đồng/trang, từ trang thứ ba 1.000 đồng/trang",
            "Lệ phí: Nhà ở: 50.000 đồng",
            "1.50 đồng",
            "1,5 triệu đồng",
            "8.000",
            "Theo quy định của Hội đồng nhân dân",
            "1.000,000 đồng",
            "9999999999999999999 đồng",
            "200.000 đồng, thu 70%",
            "5.",
        ] {
            assert_eq!(read(text), [(FeeKind::Text, None)], "{text}");
        }
    }

    #[test]
    fn joined_fees_are_taken_apart() {
        assert_eq!(
            read("Lệ phí: Không có | Phí: 200.000 đồng/lần/người / 10 USD / Miễn phí"),
            [
                (FeeKind::Free, Some(0)),
                (FeeKind::Amount, Some(200_000)),
                (FeeKind::Text, None),
                (FeeKind::Free, Some(0))
            ]
        );
        assert_eq!(read("650.000 đồng / thẻ"), [(FeeKind::Amount, Some(650_000))]);
    }
}
