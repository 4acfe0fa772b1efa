//! What is stated twice.

use super::{FindingCode, Findings};
use crate::procedures::content::ProcedureContent;
use crate::text::fold;
use std::collections::BTreeSet;

/// Shortest step that counts as a repetition, in characters: headings and list markers recur.
const MIN_STEP_CHARS: usize = 40;

pub(super) fn check(found: &mut Findings, content: &ProcedureContent) {
    for (at, case) in content.steps.iter().enumerate() {
        let mut seen = BTreeSet::new();
        let long = case.steps.iter().enumerate().filter(|(_, step)| is_long(&step.text));
        for (nth, step) in long {
            if !seen.insert(fold(&step.text)) {
                found.add(FindingCode::DuplicateStep, &format!("/steps/{at}/steps/{nth}"), &step.text);
            }
        }
    }
    for (at, case) in content.dossier.cases.iter().enumerate() {
        let mut seen = BTreeSet::new();
        for (nth, paper) in case.components.iter().enumerate().filter(|(_, paper)| !paper.name.is_empty()) {
            if !seen.insert((fold(&paper.name), &paper.forms)) {
                let pointer = format!("/dossier/cases/{at}/components/{nth}");
                found.add(FindingCode::DuplicateComponent, &pointer, &paper.name);
            }
        }
    }
    for (at, channel) in content.channels.iter().enumerate() {
        if content.channels[..at].contains(channel) {
            let name = channel.kind_text.as_deref().unwrap_or_default();
            found.add(FindingCode::DuplicateChannel, &format!("/channels/{at}"), name);
        }
    }
}

fn is_long(text: &str) -> bool {
    text.chars().nth(MIN_STEP_CHARS - 1).is_some()
}
