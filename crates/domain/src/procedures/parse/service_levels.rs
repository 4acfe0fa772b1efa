//! The level of online public service: stated as data, or in the words about submission.

use super::reader::Reader;
use crate::codes::Code;
use crate::procedures::content::ServiceLevel;
use crate::procedures::fault::FaultCode;
use crate::procedures::lists::{ServiceLevelScale, ServiceLevelValue};
use crate::procedures::source::{SourceRow, SourceServiceLevel};
use crate::text::words;

pub(super) fn service_level(reader: &mut Reader, row: &SourceRow) -> Option<ServiceLevel> {
    match &row.service_level {
        Some(stated) => from_codes(reader, stated),
        None => from_words(row),
    }
}

fn from_codes(reader: &mut Reader, stated: &SourceServiceLevel) -> Option<ServiceLevel> {
    let level = ServiceLevelScale::from_code(&stated.scale)
        .zip(ServiceLevelValue::from_code(&stated.value))
        .filter(|(scale, value)| scale.admits(*value))
        .map(|(scale, value)| ServiceLevel { scale, value });
    if level.is_none() {
        let words = format!("{}: {}", stated.scale, stated.value);
        reader.fault("/service_level", FaultCode::ServiceLevelUnknown, &words);
    }
    level
}

/// The one level that the texts about submission and status name; none when they name several.
fn from_words(row: &SourceRow) -> Option<ServiceLevel> {
    let channels = row.submission_channels.iter().flat_map(|channel| [&channel.description, &channel.raw]);
    let mut named = channels.chain([&row.status_text]).flatten().flat_map(|text| named_levels(text));
    let level = named.next()?;
    named.all(|other| other == level).then_some(level)
}

/// Levels named together with online submission. "Mức độ 2" alone is not one: electronic identities
/// have such levels too. A level that is named for some cases only ("đối với …") is not one either.
fn named_levels(text: &str) -> Vec<ServiceLevel> {
    if !text.to_lowercase().contains("trực tuyến") {
        return Vec::new();
    }
    let sentence = words(text).into_iter().map(|token| token.exact).collect::<Vec<_>>().join(" ");
    sentence.split("trực tuyến ").skip(1).filter_map(leading_level).collect()
}

fn leading_level(words: &str) -> Option<ServiceLevel> {
    let words = words.strip_prefix("ở ").unwrap_or(words);
    let degree = words.strip_prefix("mức độ ").or_else(|| words.strip_prefix("mức "));
    let named = degree.unwrap_or(words);
    let (scale, value, rest) = if let Some(rest) = named.strip_prefix("toàn trình") {
        (ServiceLevelScale::Nd42, ServiceLevelValue::Full, rest)
    } else if let Some(rest) = named.strip_prefix("một phần") {
        (ServiceLevelScale::Nd42, ServiceLevelValue::Partial, rest)
    } else {
        let number = degree?.split(' ').next()?;
        let value = match number {
            "3" => ServiceLevelValue::Three,
            "4" => ServiceLevelValue::Four,
            _ => return None,
        };
        (ServiceLevelScale::Nd43, value, &named[number.len()..])
    };
    let next = rest.trim_start();
    let conditional = next.starts_with("đối với") || next.starts_with(|c: char| c.is_ascii_digit());
    (!conditional).then_some(ServiceLevel { scale, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(ServiceLevelScale, ServiceLevelValue)> {
        let row = SourceRow { status_text: Some(text.into()), ..SourceRow::default() };
        from_words(&row).map(|level| (level.scale, level.value))
    }

    #[test]
    fn a_named_level_is_read_on_its_scale() {
        assert_eq!(
            read("Nộp trực tuyến (mức độ toàn trình)"),
            Some((ServiceLevelScale::Nd42, ServiceLevelValue::Full))
        );
        assert_eq!(
            read("dịch vụ công trực tuyến một phần"),
            Some((ServiceLevelScale::Nd42, ServiceLevelValue::Partial))
        );
        assert_eq!(
            read("dịch vụ công trực tuyến mức độ 4"),
            Some((ServiceLevelScale::Nd43, ServiceLevelValue::Four))
        );
    }

    #[test]
    fn anything_ambiguous_is_not() {
        for text in [
            "dịch vụ công trực tuyến mức độ 3, 4",
            "trực tuyến mức độ 3; trực tuyến mức độ 4",
            "tài khoản định danh điện tử mức độ 2",
            "toàn bộ hoặc một phần",
            "nộp trực tuyến",
            "1. Nộp trực tiếp 2. Nộp trực tuyến 3. Nộp qua bưu chính",
            "trực tuyến mức độ 4 (đối với các cơ sở lớn)",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_stated_level_must_be_on_its_scale() {
        let stated = |scale: &str, value: &str| {
            let mut reader = Reader::default();
            let stated = SourceServiceLevel { scale: scale.into(), value: value.into() };
            (from_codes(&mut reader, &stated).is_some(), reader.into_faults().len())
        };
        assert_eq!(stated("nd43", "3"), (true, 0));
        assert_eq!(stated("nd42", "full"), (true, 0));
        assert_eq!(stated("nd42", "3"), (false, 1));
        assert_eq!(stated("nd99", "3"), (false, 1));
    }
}
