//! The work list to take away: hostile texts come back as they were, and no spreadsheet runs them.

use serde_json::{Value, json};

use super::{letter, send, transferred};
use crate::city::{City, Person};

/// Texts that have broken exports of others.
fn hostile() -> Vec<String> {
    let head = "Nội dung phản ánh về việc chậm trả kết quả";
    [
        "=HYPERLINK(\"http://evil.example\",\"Bấm vào đây để nhận kết quả giải quyết\")".to_owned(),
        "+1+1 cộng trừ nhân chia trong hồ sơ của tôi".to_owned(),
        "@SUM(A1:A9) tổng các khoản lệ phí đã nộp".to_owned(),
        format!("{head}; có dấu phẩy, \"ngoặc kép\" và\nxuống dòng"),
        format!("{head} <script>alert(1)</script> & <b>đậm</b>"),
        format!("{head} 🎉 và \u{202e}đảo chiều\u{202c}"),
        format!("{head} {}", "rất dài ".repeat(1750)),
    ]
    .to_vec()
}

fn export(person: &Person<'_>, query: &str) -> String {
    person.get(&format!("/v1/feedback/export?{query}")).expect(200).text
}

#[test]
fn a_table_holds_what_the_list_holds_in_every_format() {
    let city = City::new();
    for content in hostile() {
        let mut letter = letter();
        letter["content"] = json!(content);
        send(&city, letter);
    }
    let office = city.login("controller.vpubnd");
    let listed = office.get("/v1/feedback?limit=200").expect(200).body["items"].as_array().unwrap().clone();
    let lines = export(&office, "format=ndjson");
    let told: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), listed.len());
    for (told, listed) in told.iter().zip(&listed) {
        for name in ["code", "state", "title", "content", "handler", "received_at", "due_on"] {
            assert_eq!(told[name], listed[name], "{name}");
        }
        assert_eq!(told["days_left"], listed["days_left"]["calendar"]);
        assert_eq!(told.get("sender"), None);
    }
    let whole: Vec<Value> = serde_json::from_str(&export(&office, "format=json")).unwrap();
    assert_eq!(whole, told);
    let text = export(&office, "format=csv");
    assert!(text.starts_with('\u{feff}'));
    let mut table = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let head = table.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), told.len());
    let content = head.iter().position(|name| name == "content").unwrap();
    for (row, told) in rows.iter().zip(&told) {
        let cell = &row[content];
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        assert_eq!(Some(cell.trim_start_matches('\'')), told["content"].as_str());
    }
    for name in ["0900 000 001", "an@example.com", "Nguyễn Văn An"] {
        assert!(!lines.contains(name) && !text.contains(name), "{name}");
    }
}

#[test]
fn a_table_is_narrowed_like_the_list_and_holds_no_more_than_one_may_see() {
    let city = City::new();
    transferred(&city, "regulation", "SXD");
    send(&city, letter());
    let (office, head) = (city.login("controller.vpubnd"), city.login("head.sxd"));
    let count = |person: &Person<'_>, query: &str| export(person, query).lines().count();
    assert_eq!(count(&office, "format=ndjson"), 2);
    assert_eq!(count(&office, "format=ndjson&state=received"), 1);
    assert_eq!(count(&office, "format=ndjson&unit=SXD"), 1);
    assert_eq!(count(&head, "format=ndjson"), 1);
    assert_eq!(count(&head, "format=csv"), 2, "the head and one row");
    assert_eq!(count(&city.login("clerk.c31117"), "format=ndjson"), 0);
    let refused = |query: &str| {
        let answer = office.get(&format!("/v1/feedback/export?{query}"));
        (answer.status, answer.body["errors"][0]["pointer"].clone())
    };
    assert_eq!(refused("state=received"), (400, json!("/query/format")));
    assert_eq!(refused("format=pdf"), (400, json!("/query/format")));
    assert_eq!(refused("format=csv&state=lost"), (400, json!("/query/state")));
    assert_eq!(refused("format=csv&limit=5"), (400, json!("/query/limit")));
}
