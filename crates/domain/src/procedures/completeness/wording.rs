//! Words that stand in for content in a mandatory part.

use super::{FindingCode, Findings};
use crate::procedures::content::ProcedureContent;
use crate::text::fold;

/// Longest text that is taken for a placeholder, in characters: a longer one says something besides.
const MAX_PLACEHOLDER_CHARS: usize = 60;
/// What a folded placeholder begins with.
const OPENINGS: [&str; 9] = [
    "chua co thong tin",
    "khong co thong tin",
    "thong tin khong co",
    "chua co noi dung",
    "dang cap nhat",
    "chua cap nhat",
    "se cap nhat",
    "can bo sung noi dung",
    "lorem ipsum",
];
const WHOLE: [&str; 4] = ["n/a", "tbd", "xxx", "null"];

pub(super) fn check(found: &mut Findings, content: &ProcedureContent) {
    let mut look = |pointer: String, text: &str| {
        if is_placeholder(text) {
            found.add(FindingCode::PlaceholderText, &pointer, text);
        }
    };
    look("/name".to_owned(), &content.name);
    for (at, case) in content.steps.iter().enumerate() {
        let worded = case.steps.iter().any(|step| has_words(&step.text));
        for (nth, step) in case.steps.iter().enumerate().filter(|_| worded) {
            look(format!("/steps/{at}/steps/{nth}/text"), &step.text);
        }
    }
    for (at, channel) in content.channels.iter().enumerate() {
        let text = channel.description.as_deref().filter(|text| has_words(text));
        look(format!("/channels/{at}/description"), text.unwrap_or_default());
    }
    for (at, case) in content.dossier.cases.iter().enumerate() {
        let worded = case.components.iter().any(|paper| has_words(&paper.name));
        for (nth, paper) in case.components.iter().enumerate().filter(|_| worded) {
            look(format!("/dossier/cases/{at}/components/{nth}/name"), &paper.name);
        }
    }
    let components = content.dossier.components_text.as_deref().filter(|text| has_words(text));
    look("/dossier/components_text".to_owned(), components.unwrap_or_default());
    if let Some(text) = content.time_limit.as_ref().and_then(|limit| limit.text.as_deref()) {
        look("/time_limit/text".to_owned(), text);
    }
    for (at, subject) in content.subjects.iter().enumerate() {
        look(format!("/subjects/{at}/text"), &subject.text);
    }
    look("/agencies/settling".to_owned(), content.agencies.settling.as_deref().unwrap_or_default());
}

/// Whether a text holds a letter or a digit.
pub(super) fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

fn is_placeholder(text: &str) -> bool {
    if !has_words(text) {
        return text.contains(['.', '…', '*', '_']);
    }
    if text.chars().nth(MAX_PLACEHOLDER_CHARS).is_some() {
        return false;
    }
    let folded = fold(text);
    let words = folded.trim_matches(|c: char| !c.is_alphanumeric());
    WHOLE.contains(&words) || OPENINGS.iter().any(|opening| words.starts_with(opening))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_content() {
        for text in ["...", "…", "****", "[Chưa có thông tin về trình tự]", "(Đang cập nhật)", "N/A"]
        {
            assert!(is_placeholder(text), "{text}");
        }
        let long = "Không có thông tin về thửa đất thì Văn phòng đăng ký đất đai trả lời bằng văn bản.";
        for text in ["", "-", "Không quy định", "Cung cấp thông tin", "1", long] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
