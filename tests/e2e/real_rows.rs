//! The 703 real procedures, which are never part of the project: read from beside it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::city::City;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/procedures-sample.json");
const ROWS: usize = 703;

fn file() -> Vec<u8> {
    std::fs::read(FILE).unwrap_or_else(|error| {
        panic!(
            "\n\n*** THE REAL PROCEDURES ARE MISSING ***\n\
             {FILE}: {error}\n\
             They are texts from elsewhere and no part of the repository. Put the folder `shared/data` beside the \
             project's folder to run this test; nothing else can stand in for it.\n\n"
        )
    })
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn walk(city: &City, query: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = city.get(&format!("/v1/procedures?limit=200{query}{cursor}")).expect(200).body;
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next_cursor"].as_str() else { return items };
        cursor = format!("&cursor={next}");
    }
}

fn ids(items: &[Value]) -> BTreeSet<String> {
    let ids: BTreeSet<String> = items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), items.len(), "nothing is there twice");
    ids
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

#[test]
fn all_real_rows_are_imported_and_found_again() {
    let bytes = file();
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    let rows = document["procedures"].as_array().unwrap();
    assert_eq!(rows.len(), ROWS);
    let city = City::new();
    let before = ids(&walk(&city, ""));

    let import = || {
        let request = city.login("controller.vpubnd").send("POST", "/v1/procedures/import");
        request.bytes("application/json", bytes.clone()).answer().expect(200).body
    };
    let report = import();
    let totals = |report: &Value| {
        ["rows", "created", "unchanged", "changed", "conflicts", "failed"]
            .map(|name| report[name].as_u64().unwrap())
    };
    assert_eq!(totals(&report), [703, 703, 0, 0, 0, 0]);

    let items = report["items"].as_array().unwrap();
    let made: BTreeSet<String> =
        items.iter().map(|item| item["procedure_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(made.len(), ROWS, "no two rows became one procedure");
    let listed = walk(&city, "");
    let expected: BTreeSet<String> = before.union(&made).cloned().collect();
    assert_eq!(ids(&listed), expected);

    std::thread::scope(|scope| {
        for half in 0..2 {
            let (city, pairs) = (&city, rows.iter().zip(items).skip(half).step_by(2));
            scope.spawn(move || {
                pairs.for_each(|(row, told)| {
                    is_read(city, row, told);
                    is_found(city, row, told);
                })
            });
        }
    });
    spellings_find_the_same(&city, rows, items);
    filters_give_what_matches(&city, &listed);

    assert_eq!(totals(&import()), [703, 0, 703, 0, 0, 0]);
    assert_eq!(ids(&walk(&city, "")), expected);
}

/// The row is read by its id and by its code and variant.
fn is_read(city: &City, row: &Value, told: &Value) {
    assert_eq!(told["key"], row["id"]);
    let id = told["procedure_id"].as_str().unwrap();
    let by_id = city.get(&format!("/v1/procedures/{id}")).expect(200).body;
    assert_eq!(by_id["national_code"], row["code"]);
    assert_eq!(
        (&by_id["origin"], &by_id["valid_from"], &by_id["valid_to"]),
        (&json!("import"), &json!(null), &json!(null))
    );
    if let Some(code) = row["code"].as_str() {
        let variant = by_id["variant"].as_str().unwrap();
        let by_variant = city.get(&format!("/v1/procedures/{code}~{variant}")).expect(200).body;
        assert_eq!(by_variant["id"], id);
        assert!(by_id["variants"].as_array().unwrap().iter().any(|variant| variant["id"] == id));
    }
}

/// A search for its own name finds the row.
fn is_found(city: &City, row: &Value, told: &Value) {
    let name: String = row["name"].as_str().unwrap().chars().take(300).collect();
    let name = name.replace(char::is_control, " ");
    let found = city.get(&format!("/v1/procedures?limit=50&q={}", encoded(&name))).expect(200).body;
    let items = found["items"].as_array().unwrap();
    let hit = items.iter().find(|item| item["id"] == told["procedure_id"]);
    let hit = hit.unwrap_or_else(|| panic!("{name} is not found by its own name among {}", items.len()));
    let segments = hit["snippet"]["segments"].as_array().unwrap();
    assert!(segments.iter().any(|segment| segment["hit"] == true), "{hit}");
    let joined: String = segments.iter().map(|segment| segment["text"].as_str().unwrap()).collect();
    assert!(hit["name"].as_str().unwrap().contains(&joined), "{hit}");
}

fn spellings_find_the_same(city: &City, rows: &[Value], items: &[Value]) {
    let find = |text: &str| walk(city, &format!("&q={}", encoded(text)));
    let plain = find("thu tuc dang ky khai sinh");
    let named = |name: &str| {
        let matching = rows.iter().zip(items).filter(|(row, _)| row["name"] == name);
        matching.map(|(_, told)| told["procedure_id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let births = named("Thủ tục đăng ký khai sinh");
    assert_eq!(births.len(), 3);
    for text in [
        "Đăng ký KHAI SINH",
        "thu\u{309} tu\u{323}c đa\u{306}ng ky\u{301} khai sinh",
        "Thủ tục đăng ký khai sinh",
    ] {
        assert_eq!(ids(&find(text)), ids(&plain), "{text}");
    }
    // The city's own and the three of the same name before all others.
    let first = ids(&plain[..4]);
    assert!(first.is_superset(&births), "{first:?} {births:?}");
}

fn filters_give_what_matches(city: &City, listed: &[Value]) {
    let matching = |keep: &dyn Fn(&Value) -> bool| {
        ids(&listed.iter().filter(|item| keep(item)).cloned().collect::<Vec<_>>())
    };
    for level in ["ministry", "city", "district", "commune", "other"] {
        let expected = matching(&|item| texts(&item["levels"]).contains(&level));
        assert_eq!(ids(&walk(city, &format!("&level={level}"))), expected, "{level}");
        assert!(!expected.is_empty(), "{level}");
    }
    for channel in ["direct", "online", "post", "unspecified"] {
        let expected = matching(&|item| texts(&item["channels"]).contains(&channel));
        assert_eq!(ids(&walk(city, &format!("&channel={channel}"))), expected, "{channel}");
    }
    for subject in ["citizen", "enterprise", "cooperative", "agency", "official"] {
        let expected = matching(&|item| texts(&item["subjects"]).contains(&subject));
        assert_eq!(ids(&walk(city, &format!("&subject={subject}"))), expected, "{subject}");
    }
    let fields: BTreeSet<&str> = listed.iter().filter_map(|item| item["field"]["slug"].as_str()).collect();
    assert!(fields.len() > 20, "{fields:?}");
    for field in fields {
        let expected = matching(&|item| item["field"]["slug"] == field);
        assert_eq!(ids(&walk(city, &format!("&field={field}"))), expected, "{field}");
    }
    let both =
        matching(&|item| texts(&item["levels"]).contains(&"commune") && item["field"]["slug"] == "ho-tich");
    assert_eq!(ids(&walk(city, "&level=commune&field=ho-tich")), both);
    assert!(both.len() > 10, "{}", both.len());
}
