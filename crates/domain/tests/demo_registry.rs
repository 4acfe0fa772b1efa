//! The composed demo registry against the rules of completeness.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kstt_domain::codes::Code;
use kstt_domain::procedures::{FaultSeverity, FindingCode, SourceRow, findings, parse};
use serde_json::Value;
use std::collections::BTreeMap;

const REGISTRY: &str = include_str!("../../../data/demo-registry.json");

#[test]
fn only_the_deliberately_incomplete_rows_may_not_be_published() {
    let mut registry: Value = serde_json::from_str(REGISTRY).unwrap();
    let rows: Vec<SourceRow> = serde_json::from_value(registry["procedures"].take()).unwrap();
    let mut counts: BTreeMap<FindingCode, usize> = BTreeMap::new();
    let mut unfit = Vec::new();
    for row in &rows {
        let found = findings(&parse(row).content);
        if found.iter().any(|finding| finding.severity == FaultSeverity::Error) {
            unfit.push(row.id.clone().unwrap_or_default());
        }
        found.iter().for_each(|finding| *counts.entry(finding.code).or_default() += 1);
    }
    for code in FindingCode::ALL.iter().filter(|code| counts.contains_key(code)) {
        println!("{code}: {}", counts[code]);
    }
    println!("not to be published: {unfit:?}");
    assert!((1..=3).contains(&unfit.len()), "{unfit:?}");
}
