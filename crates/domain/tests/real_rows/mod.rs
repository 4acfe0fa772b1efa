//! The parser against the 703 real rows of the reference data, which live outside the repository.

mod completeness;
mod legal;
mod parts;

use kstt_domain::procedures::{
    FaultCode, FaultSeverity, FeeKind, LegalBasis, Parsed, ProcedureContent, SourceRow, SubjectKind,
    TimeLimit, parse,
};
use kstt_domain::text::{normalize, words};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/procedures-sample.json");
const ROWS: usize = 703;

/// The rows as they are in the file, each with what the parser makes of it.
static SAMPLE_ROWS: LazyLock<Vec<(Value, Parsed)>> = LazyLock::new(|| {
    let file = fs::read_to_string(SAMPLE)
        .unwrap_or_else(|error| panic!("THE REFERENCE DATA IS MISSING: this test reads {SAMPLE}: {error}"));
    let mut sample: Value = serde_json::from_str(&file).expect("the sample is JSON");
    let rows: Vec<Value> =
        serde_json::from_value(sample["procedures"].take()).expect("the sample has a list `procedures`");
    rows.into_iter().map(|raw| (raw.clone(), parse(&source_row(raw)))).collect()
});

fn source_row(raw: Value) -> SourceRow {
    let id = raw["id"].to_string();
    serde_json::from_value(raw).unwrap_or_else(|error| panic!("{id}: {error}"))
}

#[test]
fn no_row_is_lost_or_taken_for_another() {
    let key = |(_, parsed): &(Value, Parsed)| {
        let code = parsed.identity.national_code.clone().or(parsed.provenance.row_id.clone());
        (code.expect("a code or an id"), parsed.identity.variant.clone())
    };
    let keys: BTreeSet<(String, String)> = SAMPLE_ROWS.iter().map(key).collect();
    assert_eq!((SAMPLE_ROWS.len(), keys.len()), (ROWS, ROWS));
    for (_, variant) in &keys {
        assert!(variant.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{variant}");
    }
}

#[test]
fn no_row_has_an_error_and_no_key_is_unknown() {
    for (raw, parsed) in SAMPLE_ROWS.iter() {
        let unexpected = parsed
            .faults
            .iter()
            .find(|fault| fault.severity == FaultSeverity::Error || fault.code == FaultCode::UnknownKey);
        assert_eq!(unexpected, None, "{}", raw["id"]);
        assert_eq!(parsed.identity.national_code.is_none(), raw["code"].is_null());
    }
}

#[test]
fn equal_rows_give_equal_content_and_content_survives_json() {
    for (raw, parsed) in SAMPLE_ROWS.iter() {
        let json = serde_json::to_string(&parsed.content).unwrap();
        let again = parse(&source_row(raw.clone())).content;
        assert_eq!(serde_json::to_string(&again).unwrap(), json);
        assert_eq!(serde_json::from_str::<ProcedureContent>(&json).unwrap(), parsed.content);
    }
}

#[test]
fn every_word_of_the_source_is_kept() {
    for (raw, parsed) in SAMPLE_ROWS.iter() {
        let mut kept = Vec::new();
        let mut kept_words = Vec::new();
        leaves(&serde_json::to_value(parsed).unwrap(), &mut |key, text| {
            kept.push(text.to_owned());
            if matches!(key, "text" | "forms") {
                kept_words.push(words_of(text));
            }
        });
        let (kept, kept_words) = (kept.join("\u{0}"), kept_words.join(" "));
        leaves(raw, &mut |key, text| {
            let all_there = match key {
                // A code, parsed into a code list.
                "time_unit" => true,
                // Lists in one text, taken apart: the separators go, the words stay.
                "fee" | "subjects" | "template" => kept_words.contains(&words_of(text)),
                _ => kept.contains(&normalize(text)),
            };
            assert!(all_there, "{}: {key}: {text}", raw["id"]);
        });
    }
}

fn words_of(text: &str) -> String {
    words(text).into_iter().map(|word| word.exact).collect::<Vec<_>>().join(" ")
}

fn leaves(value: &Value, visit: &mut dyn FnMut(&str, &str)) {
    fn walk(key: &str, value: &Value, visit: &mut dyn FnMut(&str, &str)) {
        match value {
            Value::String(text) => visit(key, text),
            Value::Array(items) => items.iter().for_each(|item| walk(key, item, visit)),
            Value::Object(fields) => fields.iter().for_each(|(key, field)| walk(key, field, visit)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    walk("", value, visit);
}

/// Of the things stated, how many in a hundred are read as values. Measured on the sample; what is
/// missing has no unit in the source, states several limits, or is worded as a rule.
const LEAST_PERCENT: [(&str, usize); 8] = [
    ("channel times", 83),
    ("overall times", 66),
    ("procedures with a time", 69),
    ("channel fees", 99),
    ("overall fees", 82),
    ("subjects", 96),
    ("legal basis numbers", 97),
    ("procedure types", 100),
];

#[test]
fn most_values_are_read() {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut count = |name, read| {
        let (all, good) = counts.entry(name).or_default();
        *all += 1;
        *good += usize::from(read);
    };
    for (_, Parsed { content, .. }) in SAMPLE_ROWS.iter() {
        let complete = |limit: &&TimeLimit| limit.amount.is_some() && limit.unit.is_some();
        let channel_limits = || content.channels.iter().filter_map(|channel| channel.time_limit.as_ref());
        channel_limits().for_each(|limit| count("channel times", complete(&limit)));
        content.time_limit.iter().for_each(|limit| count("overall times", complete(&limit)));
        count(
            "procedures with a time",
            channel_limits().chain(&content.time_limit).any(|limit| complete(&limit)),
        );
        let channel_fees = content.channels.iter().flat_map(|channel| &channel.fees);
        channel_fees.for_each(|fee| count("channel fees", fee.kind != FeeKind::Text));
        content.fees.iter().for_each(|fee| count("overall fees", fee.kind != FeeKind::Text));
        content.subjects.iter().for_each(|subject| count("subjects", subject.kind != SubjectKind::Other));
        let numbered = |basis: &LegalBasis| basis.number.as_ref().is_some_and(|number| number.contains('/'));
        content.legal_bases.iter().for_each(|basis| count("legal basis numbers", numbered(basis)));
        content.procedure_type.iter().for_each(|kind| count("procedure types", kind.kind.is_some()));
    }
    for (name, least) in LEAST_PERCENT {
        let (all, good) = counts[name];
        println!("{name}: {good} of {all}, {} %", good * 100 / all);
        assert!(good * 100 >= all * least, "{name}: {good} of {all}, expected {least} %");
    }
}
