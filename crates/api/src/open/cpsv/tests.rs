use super::*;
use kstt_domain::procedures::{TimeUnit, parse};

const BASE: &str = "https://thu-tuc.example";

fn city() -> OpenUnit {
    OpenUnit { code: "UBNDTP".into(), name: "Ủy ban nhân dân thành phố".into() }
}

fn content(row: Value) -> ProcedureContent {
    parse(&serde_json::from_value(row).expect("a source row")).content
}

fn rich() -> ProcedureContent {
    content(json!({
        "id": "demo-1", "code": "1.000001", "local_code": "1.000001.H13", "name": "Đăng ký thử nghiệm",
        "field": "Hộ tịch", "level": ["tỉnh", "xã"], "level_basis": "stated", "keywords": ["thử"],
        "service_level": {"scale": "nd43", "value": "3"}, "related_procedures": ["1.000656"],
        "steps": [{"case": "Nộp trực tiếp", "steps": ["Bước 1: Nộp", "Bước 2: Nhận"]}],
        "submission_channels": [
            {"channel": "Trực tiếp", "time_value": 3, "time_unit": "working_day", "fee": "Miễn phí"},
            {"channel": "Trực tuyến", "time_value": 10, "time_unit": "calendar_day", "fee": "8.000 đồng"}
        ],
        "dossier_components": [{"case": "Phải nộp", "name": "Tờ khai", "template": "a.doc", "originals": 1}],
        "dossier_sets": 1, "time_limit": "3 ngày làm việc", "fee": "Theo quy định",
        "subjects": ["Công dân Việt Nam"], "implementing_agency": "UBND cấp xã", "deciding_agency": "UBND",
        "issuing_body": "UBND thành phố", "decision_number": "1/QĐ-UBND", "reception_address": "Một cửa",
        "legal_basis": [{"number": "1/2019/TT-BTP", "title": "Thông tư", "date": "2019-01-31",
                         "articles": ["Điều 5 khoản 2"]}],
        "results": [{"name": "Giấy", "code": "KQ.G15.000001"}], "requirements": "Đủ 18 tuổi.",
        "procedure_type": "Loại khác"
    }))
}

fn of(content: &ProcedureContent, units: &[OpenUnit]) -> Vec<Value> {
    let day = |text: &str| text.parse().ok();
    let procedure = OpenProcedure {
        id: "01a2",
        national_code: content.national_code.as_deref(),
        variant: "can-tho-commune",
        valid_from: day("2019-01-31"),
        valid_to: day("2025-07-01"),
        content,
        units,
    };
    nodes(BASE, &city(), &procedure)
}

fn of_class<'a>(nodes: &'a [Value], class: &str) -> Vec<&'a Value> {
    nodes.iter().filter(|node| node["@type"] == class).collect()
}

/// Calls `look` with every node, nested ones as well.
fn walk(value: &Value, look: &mut impl FnMut(&Node)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, look)),
        Value::Object(node) => {
            look(node);
            node.values().for_each(|item| walk(item, look));
        }
        _ => {}
    }
}

#[test]
fn the_service_names_itself_and_its_validity() {
    let content = rich();
    let nodes = of(&content, &[]);
    let service = &nodes[0];
    assert_eq!(service["@id"], "https://thu-tuc.example/v1/procedures/01a2");
    assert_eq!(service["identifier"], "1.000001~can-tho-commune");
    assert_eq!(service["title"], "Đăng ký thử nghiệm");
    assert_eq!(service["valid"], "start=2019-01-31; end=2025-06-30; scheme=W3C-DTF;");
    let description = service["description"].as_str().unwrap();
    assert!(description.contains("Thời hạn giải quyết: 3 ngày làm việc"), "{description}");
    assert!(description.contains("Đối tượng thực hiện: Công dân Việt Nam"), "{description}");
    assert_eq!(service["relation"], json!(["https://thu-tuc.example/v1/procedures/1.000656"]));
}

#[test]
fn every_key_is_a_term_of_the_context_and_every_node_has_an_iri() {
    let context = context();
    let mut all = of(&rich(), &[]);
    all.extend(of(&content(json!({"id": "x"})), &[city()]));
    all.push(catalogue(BASE, &city(), NaiveDate::default()));
    walk(&json!(all), &mut |node| {
        let plain = node.contains_key("@value");
        assert!(plain || node["@id"].as_str().is_some_and(|id| !id.is_empty()), "{node:?}");
        for key in node.keys().filter(|key| !key.starts_with('@')) {
            assert!(context.get(key).is_some(), "{key} is not in the context and would be lost");
        }
        let class = node.get("@type").and_then(Value::as_str).unwrap_or("Dataset");
        assert!(context.get(class).is_some(), "{class}");
    });
}

#[test]
fn what_is_mandatory_is_there_even_when_the_source_is_bare() {
    for content in [rich(), content(json!({"id": "x"})), content(json!({"id": "x", "name": " "}))] {
        for node in of(&content, &[]) {
            let needs: &[&str] = match node["@type"].as_str().unwrap() {
                "PublicService" => &["identifier", "title", "description", "hasCompetentAuthority"],
                "PublicOrganisation" => &["prefLabel", "spatial"],
                "Channel" | "Cost" => &["identifier"],
                "Evidence" | "Output" | "Requirement" => &["identifier", "title"],
                "Rule" => &["identifier", "title", "description"],
                "Participation" => &["identifier", "description", "role", "hasParticipant"],
                "LegalResource" => &[],
                other => panic!("{other} has no rule here"),
            };
            for key in needs {
                let value = node.get(*key).unwrap_or_else(|| panic!("{key} is missing in {node}"));
                assert!(
                    value.as_str().is_none_or(|text| !text.trim().is_empty()),
                    "{key} is empty in {node}"
                );
            }
        }
    }
}

#[test]
fn the_authority_is_a_unit_else_the_words_of_the_source_else_the_city() {
    let unit = OpenUnit { code: "C 1".into(), name: "Phường".into() };
    let nodes = of(&rich(), std::slice::from_ref(&unit));
    assert_eq!(nodes[0]["hasCompetentAuthority"], json!(["https://thu-tuc.example/v1/units/C%201"]));
    assert_eq!(of_class(&nodes, "PublicOrganisation")[0]["prefLabel"], "Phường");

    let nodes = of(&rich(), &[]);
    assert_eq!(
        nodes[0]["hasCompetentAuthority"],
        json!(["https://thu-tuc.example/v1/procedures/01a2#agency"])
    );
    assert_eq!(of_class(&nodes, "PublicOrganisation")[0]["prefLabel"], "UBND cấp xã");

    let nodes = of(&content(json!({"id": "x", "name": "Không cơ quan"})), &[]);
    assert_eq!(nodes[0]["hasCompetentAuthority"], json!(["https://thu-tuc.example/v1/units/UBNDTP"]));
}

#[test]
fn a_time_limit_is_a_duration_unless_it_counts_working_days() {
    use TimeUnit::*;
    let cases = [
        (Hour, Some("PT14H")),
        (WorkingDay, None),
        (CalendarDay, Some("P14D")),
        (Week, Some("P98D")),
        (Month, Some("P14M")),
        (Year, Some("P14Y")),
    ];
    for (unit, expected) in cases {
        let limit = TimeLimit { amount: Some(14), unit: Some(unit), text: None };
        assert_eq!(duration(&limit).as_deref(), expected);
        assert!(limit_words(&limit).unwrap().starts_with("14 "));
    }
    assert_eq!(duration(&TimeLimit { amount: None, unit: Some(Hour), text: Some("nhanh".into()) }), None);

    let nodes = of(&rich(), &[]);
    let channels = of_class(&nodes, "Channel");
    assert_eq!(channels[0].get("processingTime"), None);
    assert!(channels[0]["description"].as_str().unwrap().contains("3 ngày làm việc"));
    assert_eq!(channels[1]["processingTime"], "P10D");
}

#[test]
fn costs_have_an_amount_in_dong_or_the_words_and_name_their_channel() {
    let nodes = of(&rich(), &[]);
    let costs = of_class(&nodes, "Cost");
    let amounts: Vec<_> = costs.iter().map(|cost| cost.get("hasValue").and_then(Value::as_str)).collect();
    assert_eq!(amounts, [Some("0"), Some("8000"), None]);
    assert_eq!(costs[1]["currency"]["@id"], "http://publications.europa.eu/resource/authority/currency/VND");
    assert_eq!(costs[1]["ifAccessedThrough"], "https://thu-tuc.example/v1/procedures/01a2#channel-2");
    assert_eq!(costs[2]["description"], "Theo quy định");
    assert!(costs[2].get("currency").is_none() && costs[2].get("ifAccessedThrough").is_none());
}

#[test]
fn the_catalogue_is_of_a_day_and_leads_to_its_files() {
    let catalogue = catalogue("https://thu-tuc.example/", &city(), "2026-11-24".parse().unwrap());
    assert_eq!(catalogue["@id"], "https://thu-tuc.example/v1/open/procedures.jsonld#catalogue");
    assert_eq!(catalogue["issued"], "2026-11-24");
    assert_eq!(catalogue["publisher"]["identifier"], "UBNDTP");
    assert_eq!(catalogue["distribution"].as_array().unwrap().len(), FILES.len());
    assert_eq!(of(&rich(), &[])[0]["isPartOf"], catalogue["@id"]);
}

#[test]
fn iris_are_percent_encoded() {
    assert_eq!(encode("a-Z_0.~ /#đ"), "a-Z_0.~%20%2F%23%C4%91");
}
