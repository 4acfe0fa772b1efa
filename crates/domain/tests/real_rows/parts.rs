//! Lines of the parts of the real rows.

use super::SAMPLE_ROWS;
use kstt_domain::codes::Code;
use kstt_domain::procedures::Part;
use serde_json::Value;
use std::collections::BTreeMap;

#[test]
fn parts_differ_in_a_line_exactly_where_they_differ() {
    let mut by_lines: BTreeMap<(Part, Vec<String>), Vec<Option<Value>>> = BTreeMap::new();
    let mut texts: BTreeMap<Part, BTreeMap<String, usize>> = BTreeMap::new();
    for (raw, parsed) in SAMPLE_ROWS.iter() {
        let content = serde_json::to_value(&parsed.content).unwrap();
        for part in Part::ALL.iter().copied() {
            let json: Vec<_> = part.keys().iter().map(|key| content.get(*key).cloned()).collect();
            let lines = part.lines(&parsed.content);
            assert!(lines.iter().all(|line| !line.contains('\n')));
            *texts.entry(part).or_default().entry(format!("{json:?}")).or_default() += 1;
            let same = by_lines.entry((part, lines)).or_insert_with(|| json.clone());
            assert_eq!(*same, json, "{}: {part}", raw["id"]);
        }
    }
    for part in Part::ALL.iter().copied() {
        let lines = by_lines.keys().filter(|(of, _)| *of == part).count();
        println!("{part}: {lines} different ones");
        assert_eq!(lines, texts[&part].len(), "equal parts give equal lines");
    }
}

#[test]
fn every_word_of_a_part_is_in_its_lines() {
    for (raw, parsed) in SAMPLE_ROWS.iter() {
        for (part, text) in [
            (Part::Name, Some(parsed.content.name.as_str())),
            (Part::Requirements, parsed.content.requirements.as_ref().map(|item| item.text.as_str())),
            (Part::TimeLimit, parsed.content.time_limit.as_ref().and_then(|limit| limit.text.as_deref())),
            (Part::Agencies, parsed.content.agencies.settling.as_deref()),
        ] {
            let lines = part.lines(&parsed.content).join("\n");
            let all_there = text.is_none_or(|text| text.lines().all(|line| lines.contains(line)));
            assert!(all_there, "{}: {part}", raw["id"]);
        }
    }
}
