use super::Part;
use crate::codes::Code;
use crate::procedures::ProcedureContent;
use crate::procedures::sample::complete;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

fn object(content: &ProcedureContent) -> Map<String, Value> {
    let Value::Object(object) = serde_json::to_value(content).unwrap() else { panic!("an object") };
    object
}

fn json_of(part: Part, object: &Map<String, Value>) -> Vec<Option<Value>> {
    part.keys().iter().map(|key| object.get(*key).cloned()).collect()
}

#[test]
fn every_key_belongs_to_one_part() {
    let mut keys: Vec<String> =
        Part::ALL.iter().flat_map(|part| part.keys()).map(|key| (*key).to_owned()).collect();
    keys.sort();
    let written: Vec<String> = object(&complete()).keys().cloned().collect();
    let mut sorted = written.clone();
    sorted.sort();
    assert_eq!(keys, sorted);
    for key in written {
        let part = Part::of_pointer(&format!("/{key}/0")).expect("a part");
        assert!(part.keys().contains(&key.as_str()));
    }
    assert_eq!((Part::of_pointer(""), Part::of_pointer("/colour")), (None, None));
}

#[test]
fn the_points_are_those_of_the_decree() {
    let points: String = Part::ALL.iter().filter_map(|part| part.point()).collect();
    assert_eq!(points, "abcdđeghhhh");
}

#[test]
fn parts_read_like_this() {
    let content = complete();
    let lines = |part: Part| part.lines(&content);
    assert_eq!(
        lines(Part::Steps),
        [
            "▸ Cấp mới",
            "Bước 1: Nộp hồ sơ tại bộ phận một cửa",
            "Bước 2: Nhận kết quả",
            "    đúng hẹn",
            "▸ Cấp lại",
            "Bước 1: Nộp đơn và bản cũ",
        ]
    );
    assert_eq!(
        lines(Part::Manner),
        [
            "Trực tiếp: 5 ngày làm việc",
            "Trực tiếp – phí, lệ phí: Lệ phí: 50.000 đồng [mức thu: 50000 đồng]",
            "Trực tiếp – mô tả: Nộp tại quầy",
            "Trực tiếp – nguyên văn: Trực tiếp: 5 ngày",
            "Trực tuyến: 5 ngày làm việc",
            "Trực tuyến – phí, lệ phí: Miễn phí",
        ]
    );
    assert_eq!(
        lines(Part::Dossier)[..3],
        ["▸ Cấp mới", "Đơn đề nghị [bản chính: 1; bản sao: 0]", "  Mẫu: Mẫu số 1"]
    );
    assert_eq!(lines(Part::Dossier).last().map(String::as_str), Some("Số bộ hồ sơ: 1"));
    assert_eq!(lines(Part::TimeLimit), ["5 ngày làm việc"]);
    assert_eq!(lines(Part::Subjects), ["Công dân Việt Nam", "Người đi thử [Đối tượng khác]"]);
    let bases = lines(Part::LegalBases);
    assert_eq!(bases[0], "1/2019/NQ-HĐND – Nghị quyết về lệ phí – Điều 5 khoản 2 điểm đ; Điều 6");
    assert_eq!(bases[1..3], ["  Ngày ban hành: 2019-01-05", "  Cơ quan ban hành: Hội đồng nhân dân"]);
    assert_eq!(bases[3], "2/2019/TT-BTN – “Thông tư – có gạch”");
    assert_eq!(
        lines(Part::Status),
        ["Tình trạng: Còn hiệu lực", "Ngày có hiệu lực: 2019-02-01", "Áp dụng từ: 01/02/2019"]
    );
}

/// Every JSON value that stands in place of `value` after one change.
fn changes_of(value: &Value) -> Vec<Value> {
    let mut changes = vec![Value::Null];
    match value {
        Value::Null => {
            changes.extend([json!(""), json!("x"), json!(0), json!(7), json!("2020-02-02"), json!([])])
        }
        Value::Bool(flag) => changes.push(json!(!flag)),
        Value::Number(number) => changes.extend([json!(number.as_i64().unwrap() + 1), json!(0)]),
        Value::String(text) => {
            let tails = ["x", " ", "]", " [1]", "\nx", "; x", " – x", ": x"]
                .map(|tail| json!(format!("{text}{tail}")));
            let heads = ["› ", "▸ ", "  ", "    ", "\n", "(", "“"].map(|head| json!(format!("{head}{text}")));
            changes.extend(tails.into_iter().chain(heads));
            changes.extend(
                ["", "city", "stated", "online", "month", "free", "citizen", "text", "nd42", "4", "other"]
                    .map(|code| json!(code)),
            );
            changes.extend(
                ["Số bộ hồ sơ: 2", "2020-02-02", "Miễn phí", "Không có", "Công dân Việt Nam"]
                    .map(|text| json!(text)),
            );
        }
        Value::Array(items) => {
            changes.push(json!([]));
            for at in 0..items.len() {
                let mut fewer = items.clone();
                let item = fewer.remove(at);
                changes.push(Value::Array(fewer));
                let mut more = items.clone();
                more.insert(at, item);
                changes.push(Value::Array(more));
                let mut swapped = items.clone();
                swapped.swap(0, at);
                changes.push(Value::Array(swapped));
            }
        }
        Value::Object(_) => {}
    }
    changes
}

/// Every pointer into `value`, with the value there.
fn places(value: &Value, pointer: String, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| places(item, format!("{pointer}/{at}"), found));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(key, field)| places(field, format!("{pointer}/{key}"), found));
        }
        _ => {}
    }
    found.push((pointer, value.clone()));
}

/// The changes of one place at a time that leave a content.
fn changes(content: &ProcedureContent) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    places(&serde_json::to_value(content).unwrap(), String::new(), &mut found);
    found.retain(|(pointer, _)| !pointer.is_empty());
    let each = |(pointer, value): (String, Value)| {
        changes_of(&value).into_iter().map(move |change| (pointer.clone(), change))
    };
    found.into_iter().flat_map(each).collect()
}

fn changed(content: &ProcedureContent, pointer: &str, change: &Value) -> Option<ProcedureContent> {
    let mut json = serde_json::to_value(content).unwrap();
    *json.pointer_mut(pointer).unwrap() = change.clone();
    serde_json::from_value(json).ok()
}

#[test]
fn whatever_changes_shows_in_a_line_of_its_part_and_of_no_other() {
    let mut bare = complete();
    bare.channels.iter_mut().for_each(|channel| (channel.kind_text, channel.time_limit) = (None, None));
    bare.legal_bases.iter_mut().for_each(|basis| basis.articles.clear());
    bare.requirements = None;
    bare.steps.iter_mut().for_each(|case| case.title = None);
    for content in [complete(), bare] {
        let mut by_lines: BTreeMap<(Part, Vec<String>), Vec<Option<Value>>> = BTreeMap::new();
        let changes = changes(&content);
        assert!(changes.len() > 1_000, "{}", changes.len());
        for (pointer, change) in changes {
            let Some(other) = changed(&content, &pointer, &change) else { continue };
            let written = object(&other);
            for part in Part::ALL.iter().copied() {
                let (json, lines) = (json_of(part, &written), part.lines(&other));
                assert!(lines.iter().all(|line| !line.contains('\n')), "{pointer}: {change}");
                let same = by_lines.entry((part, lines)).or_insert_with(|| json.clone());
                assert_eq!(*same, json, "{part}: {pointer} = {change}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn two_changes_show_as_well(first: prop::sample::Index, second: prop::sample::Index) {
        let whole = complete();
        let any_change = |content: &ProcedureContent, index: prop::sample::Index| {
            let (pointer, change) = index.get(&changes(content)).clone();
            changed(content, &pointer, &change)
        };
        let Some(once) = any_change(&whole, first) else { return Ok(()) };
        let Some(twice) = any_change(&once, second) else { return Ok(()) };
        for (before, after) in [(&whole, &twice), (&once, &twice)] {
            let (old, new) = (object(before), object(after));
            for part in Part::ALL.iter().copied() {
                let same_json = json_of(part, &old) == json_of(part, &new);
                prop_assert_eq!(part.lines(before) == part.lines(after), same_json, "{}", part);
            }
        }
    }
}
