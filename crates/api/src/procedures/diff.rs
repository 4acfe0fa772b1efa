//! What differs between two contents, part by part, for people and for machines.

use kstt_domain::codes::Code;
use kstt_domain::procedures::{Part, ProcedureContent};
use kstt_persistence::Error;
use serde::Serialize;
use serde_json::{Map, Value};
use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices};
use utoipa::ToSchema;

/// One part that differs.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartChange {
    pub part: Part,
    /// Point of ND 63/2010 Art. 8.2 that asks for the part.
    #[schema(max_length = 2, example = "đ")]
    point: Option<&'static str>,
    /// What the part is called, in Vietnamese.
    #[schema(max_length = 200)]
    label: &'static str,
    kind: ChangeKind,
    /// The part for people, line by line, unchanged lines included.
    #[schema(max_items = 10_000)]
    lines: Vec<LineChange>,
    /// JSON Patch (RFC 6902) on `content`, for machines.
    #[schema(value_type = Vec<PatchOperation>, max_items = 10_000)]
    patch: json_patch::Patch,
}

kstt_domain::codes! {
    /// What became of a part or a line.
    pub enum ChangeKind : "change_kind" {
        Same = "same", "Không đổi", "Unchanged";
        Added = "added", "Thêm", "Added";
        Removed = "removed", "Bỏ", "Removed";
        Changed = "changed", "Sửa", "Changed";
    }
}

/// A line of a part.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineChange {
    /// `same`, `added` or `removed`; a changed line is removed and added.
    pub kind: ChangeKind,
    /// The text of the line.
    #[schema(max_items = 10_000)]
    pub segments: Vec<LineSegment>,
}

/// A run of text in a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineSegment {
    #[schema(max_length = 100_000)]
    pub text: String,
    /// It is not in the line this one stands for.
    pub differs: bool,
}

/// One operation of a JSON Patch.
#[derive(Debug, ToSchema)]
#[allow(dead_code)]
pub struct PatchOperation {
    /// `add`, `remove` or `replace`.
    #[schema(max_length = 10, example = "replace")]
    op: String,
    /// JSON Pointer into `content`.
    #[schema(max_length = 1000, example = "/time_limit/amount")]
    path: String,
    /// Missing in a removal.
    #[schema(nullable = false)]
    value: Option<Value>,
}

/// The parts that differ, in the order of the law.
pub fn changed_parts(before: &ProcedureContent, after: &ProcedureContent) -> Vec<Part> {
    let (Ok(before), Ok(after)) = (object(before), object(after)) else { return Vec::new() };
    Part::ALL.iter().copied().filter(|part| of_part(&before, *part) != of_part(&after, *part)).collect()
}

/// Every part that differs.
pub fn part_changes(before: &ProcedureContent, after: &ProcedureContent) -> Result<Vec<PartChange>, Error> {
    let (old, new) = (object(before)?, object(after)?);
    let change = |part: Part| {
        let (old, new) = (of_part(&old, part), of_part(&new, part));
        (old != new).then(|| PartChange {
            part,
            point: part.point(),
            label: part.label_vi(),
            kind: kind_of(&part.lines(before), &part.lines(after)),
            lines: lines(&part.lines(before), &part.lines(after)),
            patch: json_patch::diff(&old, &new),
        })
    };
    Ok(Part::ALL.iter().copied().filter_map(change).collect())
}

fn object(content: &ProcedureContent) -> Result<Map<String, Value>, Error> {
    match serde_json::to_value(content)? {
        Value::Object(object) => Ok(object),
        _ => Ok(Map::new()),
    }
}

fn of_part(content: &Map<String, Value>, part: Part) -> Value {
    let keys = part.keys().iter().filter_map(|key| Some(((*key).to_owned(), content.get(*key)?.clone())));
    Value::Object(keys.collect())
}

fn kind_of(before: &[String], after: &[String]) -> ChangeKind {
    match (before.is_empty(), after.is_empty()) {
        (true, false) => ChangeKind::Added,
        (false, true) => ChangeKind::Removed,
        _ => ChangeKind::Changed,
    }
}

fn lines(before: &[String], after: &[String]) -> Vec<LineChange> {
    let mut lines = Vec::new();
    for op in capture_diff_slices(Algorithm::Patience, before, after) {
        let (old, new) = (&before[op.old_range()], &after[op.new_range()]);
        match op {
            DiffOp::Equal { .. } => lines.extend(old.iter().map(|line| plain(ChangeKind::Same, line))),
            DiffOp::Delete { .. } => lines.extend(old.iter().map(|line| plain(ChangeKind::Removed, line))),
            DiffOp::Insert { .. } => lines.extend(new.iter().map(|line| plain(ChangeKind::Added, line))),
            // Lines that stand for one another are compared word by word.
            DiffOp::Replace { .. } if old.len() == new.len() => {
                old.iter().zip(new).for_each(|(old, new)| lines.extend(reworded(old, new)));
            }
            DiffOp::Replace { .. } => {
                lines.extend(old.iter().map(|line| plain(ChangeKind::Removed, line)));
                lines.extend(new.iter().map(|line| plain(ChangeKind::Added, line)));
            }
        }
    }
    lines
}

fn plain(kind: ChangeKind, line: &str) -> LineChange {
    LineChange {
        kind,
        segments: vec![LineSegment { text: line.to_owned(), differs: kind != ChangeKind::Same }],
    }
}

fn reworded(old: &str, new: &str) -> [LineChange; 2] {
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for change in TextDiff::from_words(old, new).iter_all_changes() {
        let text = change.value();
        match change.tag() {
            ChangeTag::Equal => {
                push(&mut removed, text, false);
                push(&mut added, text, false);
            }
            ChangeTag::Delete => push(&mut removed, text, true),
            ChangeTag::Insert => push(&mut added, text, true),
        }
    }
    [
        LineChange { kind: ChangeKind::Removed, segments: removed },
        LineChange { kind: ChangeKind::Added, segments: added },
    ]
}

fn push(segments: &mut Vec<LineSegment>, text: &str, differs: bool) {
    match segments.last_mut() {
        Some(last) if last.differs == differs => last.text.push_str(text),
        _ => segments.push(LineSegment { text: text.to_owned(), differs }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(lines: &[LineChange]) -> Vec<String> {
        let mark = |segment: &LineSegment| match segment.differs {
            true => format!("[{}]", segment.text),
            false => segment.text.clone(),
        };
        lines
            .iter()
            .map(|line| format!("{} {}", line.kind, line.segments.iter().map(mark).collect::<String>()))
            .collect()
    }

    fn owned(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn a_changed_line_shows_the_words_that_changed() {
        let (before, after) =
            (owned(&["một", "hạn 3 ngày làm việc"]), owned(&["một", "hạn 5 ngày làm việc", "ba"]));
        let expected =
            ["same một", "removed [hạn 3 ngày làm việc]", "added [hạn 5 ngày làm việc]", "added [ba]"];
        assert_eq!(said(&lines(&before, &after)), expected);
        let expected = ["removed hạn [3] ngày làm việc", "added hạn [5] ngày làm việc"];
        assert_eq!(said(&lines(&before[1..], &after[1..2])), expected);
    }
}
