//! The registry of procedures: lists, searches, single reads and imports.

mod completeness;
mod currency;
mod facets;
mod imports;
mod legal;
mod links;
mod lists;
mod reads;
mod searches;
mod versions;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::city::{Answer, City, Person};

/// On the first day of the demo city three procedures of later in 2019 are not yet in force.
const IN_FORCE: usize = 61;

/// The rows of the demo registry, as they are written.
fn demo() -> &'static Vec<Value> {
    static ROWS: OnceLock<Vec<Value>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let file: Value = serde_json::from_str(include_str!("../../data/demo-registry.json")).unwrap();
        file["procedures"].as_array().unwrap().clone()
    })
}

/// Names of the demo rows in force on a day of which `keep` holds.
fn demo_names(day: &str, keep: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let rows = demo().iter().filter(|row| row["valid_from"].as_str().unwrap() <= day && keep(row));
    rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

/// Every item of a list, page by page.
fn walk(city: &City, query: &str, size: usize) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = city.get(&format!("/v1/procedures?limit={size}{query}{cursor}")).expect(200).body;
        let found = page["items"].as_array().unwrap();
        assert!(found.len() <= size);
        items.extend(found.iter().cloned());
        let Some(next) = page["next_cursor"].as_str() else { return items };
        assert_eq!(found.len(), size, "only the last page is short");
        cursor = format!("&cursor={next}");
    }
}

fn all(items: &[Value], key: &str) -> Vec<String> {
    items
        .iter()
        .map(|item| item[key].as_str().unwrap_or_else(|| panic!("{key} of {item}")).to_owned())
        .collect()
}

fn set(items: &[Value], key: &str) -> BTreeSet<String> {
    let list = all(items, key);
    let set: BTreeSet<String> = list.iter().cloned().collect();
    assert_eq!(set.len(), list.len(), "nothing is there twice");
    set
}

fn count(city: &City, query: &str) -> usize {
    let page = city.get(&format!("/v1/procedures?limit=1&count=exact{query}")).expect(200).body;
    assert_eq!(page["count"]["at_least"], json!(false));
    usize::try_from(page["count"]["value"].as_u64().unwrap()).unwrap()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn search(city: &City, text: &str) -> Vec<Value> {
    walk(city, &format!("&q={}", encoded(text)), 50)
}

/// A row of no one's registry.
fn row(code: &str, name: &str) -> Value {
    json!({ "id": format!("T-{code}"), "code": code, "name": name, "field": "Thử nghiệm", "level": ["xã"], "locality": "Cần Thơ" })
}

fn import(who: &Person<'_>, query: &str, rows: &[Value]) -> Answer {
    who.post(&format!("/v1/procedures/import{query}"), json!({ "procedures": rows }))
}

fn import_lines(who: &Person<'_>, query: &str, lines: &str) -> Answer {
    let request = who.send("POST", &format!("/v1/procedures/import{query}"));
    request.bytes("application/x-ndjson", lines.as_bytes().to_vec()).answer()
}

/// created, unchanged, changed, conflicts, failed
fn totals(report: &Value) -> [u64; 5] {
    ["created", "unchanged", "changed", "conflicts", "failed"].map(|name| report[name].as_u64().unwrap())
}
