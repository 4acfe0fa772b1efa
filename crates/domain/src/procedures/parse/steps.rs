//! The sequence of steps: Decree 63/2010/NĐ-CP Art. 8.2 point b.

use super::reader::Reader;
use crate::procedures::content::{Step, StepCase};
use crate::procedures::source::SourceStep;
use crate::text::words;

/// Longest paragraph that can be the heading of a case, in characters.
const MAX_HEADING_CHARS: usize = 300;
/// Longest paragraph that is only a list marker, such as `-` or `a)`, in characters.
const MAX_MARKER_CHARS: usize = 4;

pub(super) fn steps(reader: &mut Reader, raw: &[SourceStep]) -> Vec<StepCase> {
    let mut cases = Vec::new();
    let mut loose = Vec::new();
    for (pointer, step) in reader.items("/steps", raw) {
        match step {
            SourceStep::Text(text) => loose.extend(reader.text(&pointer, text)),
            SourceStep::Case { case, steps } => {
                cases.extend(by_heading(std::mem::take(&mut loose)));
                let title = reader.optional(&format!("{pointer}/case"), case);
                let texts = reader.texts(&format!("{pointer}/steps"), steps);
                let steps: Vec<Step> = with_markers_joined(texts).into_iter().map(step_of).collect();
                if title.is_some() || !steps.is_empty() {
                    cases.push(StepCase { title, steps });
                }
            }
        }
    }
    cases.extend(by_heading(loose));
    cases
}

/// Paragraphs grouped by the headings among them. A heading is a short "Trường hợp …" or "Đối với …"
/// directly in front of a step 1; any other paragraph with those words is a step.
fn by_heading(texts: Vec<String>) -> Vec<StepCase> {
    let steps: Vec<Step> = with_markers_joined(texts).into_iter().map(step_of).collect();
    let mut cases: Vec<StepCase> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let before_first = steps.get(at + 1).is_some_and(|next| next.number == Some(1));
        if before_first && step.number.is_none() && is_heading(&step.text) {
            cases.push(StepCase { title: Some(step.text.clone()), steps: Vec::new() });
            continue;
        }
        match cases.last_mut() {
            Some(case) => case.steps.push(step.clone()),
            None => cases.push(StepCase { title: None, steps: vec![step.clone()] }),
        }
    }
    cases
}

fn is_heading(text: &str) -> bool {
    let opening: String = past_marker(text).chars().take(10).collect::<String>().to_lowercase();
    text.chars().count() <= MAX_HEADING_CHARS
        && (opening.starts_with("trường hợp") || opening.starts_with("đối với"))
}

/// Sources break a list marker from its paragraph; they are one paragraph again.
fn with_markers_joined(texts: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut marker: Option<String> = None;
    for text in texts {
        let text = match marker.take() {
            Some(marker) => format!("{marker} {text}"),
            None => text,
        };
        if is_marker(&text) { marker = Some(text) } else { joined.push(text) }
    }
    joined.extend(marker);
    joined
}

fn is_marker(text: &str) -> bool {
    text.chars().count() <= MAX_MARKER_CHARS
        && (past_marker(text).is_empty() || !text.contains(char::is_alphanumeric))
}

/// The text past bullets and one list marker such as `a)` or `2.`.
fn past_marker(text: &str) -> &str {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let label = text.trim_start_matches(char::is_alphanumeric);
    let is_label = label.starts_with([')', '.']) && text[..text.len() - label.len()].chars().count() <= 2;
    if is_label { label[1..].trim_start() } else { text }
}

fn step_of(text: String) -> Step {
    Step { number: number_of(&text), text }
}

/// N of a paragraph that begins with "Bước N".
pub(in crate::procedures) fn number_of(text: &str) -> Option<u32> {
    let opening: String = past_marker(text).chars().take(16).collect();
    match &words(&opening)[..] {
        [step, number, ..] if step.exact == "bước" => number.exact.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Vec<StepCase> {
        let raw: Vec<SourceStep> = texts.iter().map(|text| SourceStep::Text((*text).into())).collect();
        steps(&mut Reader::default(), &raw)
    }

    #[test]
    fn numbers_are_read_where_the_source_numbers() {
        let cases =
            read(&["Bước 1: Nộp hồ sơ", "BƯỚC 2. Thẩm định", "- Bước 3 Trả kết quả", "Lưu ý: bước 4"]);
        let numbers: Vec<_> = cases[0].steps.iter().map(|step| step.number).collect();
        assert_eq!(numbers, [Some(1), Some(2), Some(3), None]);
        assert_eq!(cases[0].steps[0].text, "Bước 1: Nộp hồ sơ");
    }

    #[test]
    fn cases_are_told_by_a_heading_before_a_first_step() {
        let cases = read(&[
            "Trường hợp 1: cấp mới",
            "Bước 1: Nộp",
            "Trường hợp thiếu hồ sơ thì bổ sung",
            "Bước 2: Trả",
            "b) Đối với cấp lại:",
            "Bước 1: Nộp",
        ]);
        let titles: Vec<_> = cases.iter().map(|case| case.title.as_deref().unwrap_or_default()).collect();
        assert_eq!(titles, ["Trường hợp 1: cấp mới", "b) Đối với cấp lại:"]);
        assert_eq!(cases[0].steps.len(), 3);
    }

    #[test]
    fn a_marker_on_its_own_joins_its_paragraph() {
        let cases = read(&["a)", "Bước 1: Nộp", "-", "Tiếp nhận", "+"]);
        let texts: Vec<_> = cases[0].steps.iter().map(|step| step.text.as_str()).collect();
        assert_eq!(texts, ["a) Bước 1: Nộp", "- Tiếp nhận", "+"]);
        assert_eq!(cases[0].steps[0].number, Some(1));
    }

    #[test]
    fn stated_cases_are_kept() {
        let raw = [
            SourceStep::Text("Chung".into()),
            SourceStep::Case { case: Some("Cấp mới".into()), steps: vec!["Bước 1: Nộp".into()] },
        ];
        let cases = steps(&mut Reader::default(), &raw);
        assert_eq!(cases.len(), 2);
        assert_eq!(cases[1].title.as_deref(), Some("Cấp mới"));
    }
}
