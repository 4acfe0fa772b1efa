//! Times stated in the steps, against the time limit of the whole procedure.

use super::times::{counted, plain};
use super::{FindingCode, Findings};
use crate::procedures::content::ProcedureContent;
use crate::procedures::lists::TimeUnit;
use crate::procedures::parse::{StatedTime, stated_times};
use crate::procedures::settling::holds;

/// Times looked at in one step; no real step states more than a few.
const MAX_TIMES: usize = 20;
/// From when a time limit runs, lower case.
const RECEIPT: [&str; 9] = [
    "nhận hồ sơ",
    "nhận đủ hồ sơ",
    "nhận được hồ sơ",
    "nhận được đủ hồ sơ",
    "nhận được đầy đủ hồ sơ",
    "nhận đầy đủ hồ sơ",
    "nhận đơn",
    "nhận được đơn",
    "nhận tờ khai",
];
/// Whose time is counted, lower case.
const AGENCIES: [&str; 12] = [
    "cơ quan",
    "sở",
    "ủy ban nhân dân",
    "uỷ ban nhân dân",
    "ubnd",
    "phòng chuyên môn",
    "phòng tư pháp",
    "bộ phận",
    "chi cục",
    "cục",
    "trung tâm",
    "công chức",
];
/// What the applicant does, and what happens when nothing is done, lower case.
const APPLICANT: [&str; 9] = [
    "bổ sung",
    "hoàn thiện",
    "hoàn chỉnh",
    "khắc phục",
    "sửa đổi",
    "nộp lại",
    "gia hạn",
    "hết hiệu lực",
    "không đến nhận",
];

pub(super) fn check(found: &mut Findings, content: &ProcedureContent) {
    let Some(limits) = limits(content) else { return };
    for (at, case) in content.steps.iter().enumerate() {
        for (nth, step) in case.steps.iter().enumerate() {
            let mut above = stated_times(&step.text);
            above.retain(|time| is_above(time, &limits));
            above.truncate(MAX_TIMES);
            let above = above.iter().find(|time| is_the_agencys(sentence(&step.text, time.start)));
            if let Some(time) = above {
                let pointer = format!("/steps/{at}/steps/{nth}");
                found.add(FindingCode::StepTimeAboveLimit, &pointer, sentence(&step.text, time.start));
            }
        }
    }
}

/// Every limit of the procedure; none when one of them cannot be read, for it may be the longest.
fn limits(content: &ProcedureContent) -> Option<Vec<(u32, TimeUnit)>> {
    let by_channel = content.channels.iter().filter_map(|channel| channel.time_limit.as_ref());
    content.time_limit.iter().chain(by_channel).map(counted).collect()
}

/// Whether the time exceeds every limit, all of them in its unit.
fn is_above(time: &StatedTime, limits: &[(u32, TimeUnit)]) -> bool {
    let (amount, unit) = plain(time.amount, time.unit);
    !limits.is_empty() && limits.iter().all(|(most, most_unit)| *most_unit == unit && amount > *most)
}

/// The sentence around a byte offset, `start` on a character's edge.
fn sentence(text: &str, start: usize) -> &str {
    let ends = [";", "\n", ". "];
    let from = ends.iter().filter_map(|end| text[..start].rfind(end).map(|at| at + end.len())).max();
    let to = ends.iter().filter_map(|end| text[start..].find(end).map(|at| start + at)).min();
    text[from.unwrap_or(0)..to.unwrap_or(text.len())].trim()
}

/// Whether the words tell how long an agency takes: from when it holds the dossier, an agency named, and
/// nothing that the applicant must do. What is said of other moments (after a change, after customs, after
/// a refusal) does not belong to the time limit.
fn is_the_agencys(sentence: &str) -> bool {
    let words = sentence.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| holds(&words, phrase));
    says(&RECEIPT) && says(&AGENCIES) && !says(&APPLICANT)
}
