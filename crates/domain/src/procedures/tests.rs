use super::*;
use serde_json::{Value, json};

fn parse_json(row: Value) -> Parsed {
    parse(&serde_json::from_value(row).expect("a source row"))
}

fn codes(parsed: &Parsed) -> Vec<FaultCode> {
    parsed.faults.iter().map(|fault| fault.code).collect()
}

/// A row as the project's own registry writes it, with every optional key.
fn rich_row() -> Value {
    json!({
        "id": "demo-1", "code": "1.000001", "local_code": "1.000001.H13", "name": "Đăng ký thử nghiệm",
        "field": "Hộ tịch", "level": ["tỉnh", "xã"], "level_basis": "stated", "locality": "Cần Thơ",
        "keywords": ["thử", "mẫu"], "service_level": {"scale": "nd43", "value": "3"},
        "related_procedures": ["1.000656"], "interlinked_procedures": ["1.000894"], "valid_from": "2019-01-31",
        "steps": [{"case": "Nộp trực tiếp", "steps": ["Bước 1: Nộp", "Bước 2: Nhận"]}],
        "submission_channels": [
            {"channel": "Trực tiếp", "time_value": 3, "time_unit": "working_day", "fee": "Miễn phí"},
            {"channel": "Bồ câu", "time_value": 1, "time_unit": "khắc"}
        ],
        "dossier_components": [
            {"case": "Phải nộp", "name": "Tờ khai", "template": "a.doc\nb.doc", "originals": 1, "copies": 0},
            {"case": "Phải nộp", "name": "Ảnh"},
            {"case": "Xuất trình", "name": "Căn cước"}
        ],
        "dossier_sets": 1, "time_limit": "3 ngày làm việc", "fee": "Miễn phí",
        "subjects": ["Công dân Việt Nam"], "implementing_agency": "UBND cấp xã",
        "legal_basis": [{"number": "1/2019/TT-BTP", "title": "Thông tư", "articles": ["Điều 5 khoản 2"]}],
        "results": [{"name": "Giấy", "code": "KQ.G15.000001"}], "requirements": "Không có.",
        "procedure_type": "Loại khác"
    })
}

#[test]
fn a_rich_row_is_read_whole() {
    let parsed = parse_json(rich_row());
    assert_eq!(codes(&parsed), [FaultCode::ChannelUnknown, FaultCode::TimeUnitUnknown]);
    assert_eq!(parsed.identity.variant, "can-tho-city-commune");
    let content = parsed.content;
    assert_eq!(content.steps[0].title.as_deref(), Some("Nộp trực tiếp"));
    let level = ServiceLevel { scale: ServiceLevelScale::Nd43, value: ServiceLevelValue::Three };
    assert_eq!(content.service_level, Some(level));
    assert_eq!(content.dossier.cases.len(), 2);
    assert_eq!(content.dossier.cases[0].components[0].forms, ["a.doc", "b.doc"]);
    assert_eq!(content.legal_bases[0].articles[0].clause.as_deref(), Some("2"));
    assert!(content.requirements.unwrap().none_stated);
    assert_eq!(content.valid_from.unwrap().date.unwrap().to_string(), "2019-01-31");
    let unknown_unit = TimeLimit { amount: Some(1), unit: None, text: Some("khắc".into()) };
    assert_eq!(content.channels[1].time_limit, Some(unknown_unit));
}

#[test]
fn a_row_survives_json() {
    let row: SourceRow = serde_json::from_value(rich_row()).unwrap();
    let again: SourceRow = serde_json::from_value(serde_json::to_value(&row).unwrap()).unwrap();
    assert_eq!(again, row);
}

#[test]
fn each_missing_part_is_named_with_its_article() {
    let parsed = parse_json(json!({}));
    for code in [
        FaultCode::MissingName,
        FaultCode::MissingSteps,
        FaultCode::MissingManner,
        FaultCode::MissingDossier,
        FaultCode::MissingTimeLimit,
        FaultCode::MissingSubjects,
        FaultCode::MissingSettlingAgency,
    ] {
        let fault = parsed.faults.iter().find(|fault| fault.code == code).expect("the part is reported");
        assert!(fault.detail_vi.contains("khoản 2 Điều 8"), "{}", fault.detail_vi);
        assert!(fault.detail_en.contains("Art. 8.2 point"), "{}", fault.detail_en);
    }
    assert!(codes(&parsed).contains(&FaultCode::NoCode));
    assert_eq!(parsed.identity.variant, "bo-unknown");
}

#[test]
fn a_malformed_code_is_kept_as_text_only() {
    let parsed = parse_json(json!({"code": "1.00065", "related_procedures": ["abc"], "locality": "???"}));
    assert_eq!(parsed.content.national_code.as_deref(), Some("1.00065"));
    assert_eq!(parsed.identity.national_code, None);
    assert_eq!(codes(&parsed).iter().filter(|code| **code == FaultCode::BadCode).count(), 2);
    assert!(codes(&parsed).contains(&FaultCode::LocalityUnreadable));
}

#[test]
fn unknown_keys_are_reported_and_wrong_types_refused() {
    let parsed = parse_json(json!({"name": "A", "colour": 1, "results": [{"name": "B", "x": {}}]}));
    let unknown: Vec<_> = parsed.faults.iter().filter(|fault| fault.code == FaultCode::UnknownKey).collect();
    assert_eq!(unknown.len(), 2);
    assert!(unknown[1].pointer == "/results/0" && unknown[1].detail_vi.contains("“x”"));
    for wrong in [
        json!({"name": 5}),
        json!({"level": "xã"}),
        json!({"steps": [7]}),
        json!({"dossier_sets": -1}),
        json!({"dossier_sets": "1"}),
        json!({"service_level": {"scale": "nd43", "value": 3}}),
    ] {
        assert!(serde_json::from_value::<SourceRow>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn a_hostile_row_is_a_fault_and_not_a_panic() {
    let parsed = parse(&SourceRow {
        name: Some("ế".repeat(MAX_TEXT_CHARS + 1)),
        subjects: vec!["1 đồng / 1 ngày".into(); MAX_ITEMS + 1],
        keywords: vec!["x".repeat(MAX_TEXT_CHARS); MAX_ROW_CHARS / MAX_TEXT_CHARS + 1],
        ..SourceRow::default()
    });
    let codes = codes(&parsed);
    assert!(codes.contains(&FaultCode::TextTooLong) && codes.contains(&FaultCode::TooManyItems));
    assert!(codes.len() <= MAX_FAULTS);
    assert_eq!(parsed.content.name.chars().count(), MAX_TEXT_CHARS);
}

#[test]
fn what_cannot_be_seen_is_cleaned_away() {
    let parsed =
        parse_json(json!({"requirements": "\u{0}\u{202e}a\u{200b}", "results": [{"name": "\u{200e}"}]}));
    assert_eq!(parsed.content.requirements.unwrap().text, "a");
    assert!(parsed.content.results.is_empty());
}

#[test]
fn unknown_wordings_are_kept_beside_no_value() {
    let parsed =
        parse_json(json!({"procedure_type": "Kiểu mới", "effective_date": "mùa xuân", "time_limit": "sớm"}));
    let content = &parsed.content;
    assert_eq!(content.procedure_type, Some(ProcedureType { kind: None, text: "Kiểu mới".into() }));
    assert_eq!(content.effective_date, Some(StatedDate { date: None, text: "mùa xuân".into() }));
    assert_eq!(content.time_limit.as_ref().unwrap().text.as_deref(), Some("sớm"));
    let expected =
        [FaultCode::ProcedureTypeUnknown, FaultCode::DateUnreadable, FaultCode::TimeLimitUnreadable];
    assert!(expected.iter().all(|code| codes(&parsed).contains(code)));
}
