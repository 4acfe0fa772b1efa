//! Legal documents and what rests on them.

use super::*;

fn resting(code: &str, number: &str, articles: &[&str]) -> Value {
    let mut row = row(code, &format!("Thủ tục {code}"));
    row["legal_basis"] = json!([{ "number": number, "title": "Nghị định thử", "articles": articles }]);
    row
}

#[test]
fn procedures_are_found_by_document_article_clause_and_point() {
    let city = City::new();
    let rows = [
        resting("9.900001", "98/2031/NĐ-CP", &["Điều 5 khoản 2 điểm a"]),
        resting("9.900002", "98/2031/NĐ-CP", &["Điều 5 khoản 2", "Điều 7"]),
        resting("9.900003", "98 / 2031/nđ-cp", &["Điều 5"]),
        resting("9.900004", "99/2031/NĐ-CP", &["Điều 5"]),
    ];
    import(&city.login("controller.vpubnd"), "", &rows).expect(200);
    let found = |query: &str| {
        let items = walk(&city, &format!("&legal_document=98-2031-nd-cp{query}"), 50);
        all(&items, "national_code").iter().map(|code| code[7..].to_owned()).collect::<Vec<_>>().concat()
    };
    for (query, codes) in [
        ("", "123"),
        ("&article=5", "123"),
        ("&article=5.2", "12"),
        ("&article=5.2.a", "1"),
        ("&article=7", "2"),
        ("&article=9", ""),
    ] {
        assert_eq!(found(query), codes, "{query}");
    }
    let document = city.get("/v1/legal-documents/98-2031-nd-cp").expect(200).body;
    assert_eq!((&document["number"], &document["procedures"]), (&json!("98/2031/NĐ-CP"), &json!(3)));
    for place in document["places"].as_array().unwrap() {
        let href = place["procedures_href"].as_str().unwrap();
        let listed = city.get(&format!("{href}&count=exact")).expect(200).body["count"]["value"].clone();
        assert_eq!(listed, place["procedures"], "{href}");
    }
    let places: Vec<&str> =
        document["places"].as_array().unwrap().iter().map(|place| place["place"].as_str().unwrap()).collect();
    assert_eq!(places, ["5", "5.2", "5.2.a", "7"]);
}

#[test]
fn documents_are_listed_by_number_with_their_counts() {
    let city = City::new();
    let (mut keys, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = city.get(&format!("/v1/legal-documents?limit=7{cursor}")).expect(200).body;
        for item in page["items"].as_array().unwrap() {
            keys.push(item["key"].as_str().unwrap().to_owned());
            let listed = city.get(&format!("{}&count=exact", item["procedures_href"].as_str().unwrap()));
            assert_eq!(listed.expect(200).body["count"]["value"], item["procedures"], "{item}");
            city.get(&format!("/v1/legal-documents/{}", item["key"].as_str().unwrap())).expect(200);
        }
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert!(keys.len() > 20 && keys.is_sorted());
    let named = city.get("/v1/legal-documents?number=123%2F2015").expect(200).body;
    let numbers: Vec<&str> =
        named["items"].as_array().unwrap().iter().map(|item| item["number"].as_str().unwrap()).collect();
    assert!(
        !numbers.is_empty() && numbers.iter().all(|number| number.starts_with("123/2015")),
        "{numbers:?}"
    );
    city.get("/v1/legal-documents/no-such").expect(404);
    assert_eq!(
        city.get("/v1/procedures?article=5").expect(422).body["errors"][0]["pointer"],
        "/query/article"
    );
}
