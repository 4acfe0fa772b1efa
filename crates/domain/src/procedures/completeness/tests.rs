use super::*;
use crate::procedures::sample::complete;
use crate::procedures::*;
use proptest::prelude::*;

fn codes(content: &ProcedureContent) -> Vec<FindingCode> {
    findings(content).iter().map(|finding| finding.code).collect()
}

fn errors(content: &ProcedureContent) -> Vec<FindingCode> {
    let errors = findings(content).into_iter().filter(|finding| finding.severity == FaultSeverity::Error);
    errors.map(|finding| finding.code).collect()
}

fn limit(amount: u32, unit: TimeUnit) -> Option<TimeLimit> {
    Some(TimeLimit { amount: Some(amount), unit: Some(unit), text: None })
}

fn unreadable_date() -> Option<StatedDate> {
    Some(StatedDate { date: None, text: "mùa xuân".to_owned() })
}

type Change = fn(&mut ProcedureContent);

/// For each code the smallest change to a complete content that brings it about.
const CHANGES: [(FindingCode, Change); 33] = [
    (FindingCode::MissingName, |c| c.name.clear()),
    (FindingCode::MissingSteps, |c| c.steps.clear()),
    (FindingCode::StepsWithoutText, |c| {
        c.steps.iter_mut().flat_map(|case| &mut case.steps).for_each(|step| step.text = "...".into());
    }),
    (FindingCode::MissingManner, |c| c.channels.clear()),
    (FindingCode::MannerWithoutText, |c| {
        c.channels.truncate(1);
        c.channels[0].kind = ChannelKind::Unspecified;
        let channel = &mut c.channels[0];
        (channel.kind_text, channel.description, channel.source_text) = (None, Some("…".into()), None);
    }),
    (FindingCode::MissingDossier, |c| (c.dossier.cases, c.dossier.components_text) = (Vec::new(), None)),
    (FindingCode::DossierWithoutText, |c| {
        c.dossier.components_text = None;
        c.dossier.cases.iter_mut().flat_map(|case| &mut case.components).for_each(|paper| paper.name.clear());
    }),
    (FindingCode::DossierSetsMissing, |c| c.dossier.sets = None),
    (FindingCode::MissingTimeLimit, |c| {
        c.time_limit = None;
        c.channels.iter_mut().for_each(|channel| channel.time_limit = None);
    }),
    (FindingCode::MissingSubjects, |c| c.subjects.clear()),
    (FindingCode::MissingSettlingAgency, |c| c.agencies.settling = None),
    (FindingCode::ResultsMissing, |c| c.results.clear()),
    (FindingCode::RequirementsMissing, |c| c.requirements = None),
    (FindingCode::FeesMissing, |c| {
        c.fees.clear();
        c.channels.iter_mut().for_each(|channel| channel.fees.clear());
    }),
    (FindingCode::PlaceholderText, |c| c.agencies.settling = Some("Đang cập nhật".into())),
    (FindingCode::DuplicateStep, |c| {
        let text = "- Cán bộ tiếp nhận kiểm tra thành phần hồ sơ và hẹn ngày trả".to_owned();
        let step = Step { number: None, text };
        c.steps[0].steps.extend([step.clone(), step]);
    }),
    (FindingCode::StepTimeAboveLimit, |c| {
        c.steps[0].steps[0].text =
            "Trong 07 ngày làm việc kể từ ngày nhận đủ hồ sơ, Sở Thử nghiệm cấp giấy phép".into();
    }),
    (FindingCode::DuplicateChannel, |c| c.channels.push(c.channels[0].clone())),
    (FindingCode::DuplicateComponent, |c| {
        let paper = c.dossier.cases[0].components[1].clone();
        c.dossier.cases[0].components.push(DossierComponent { name: "bản  VẼ".into(), ..paper });
    }),
    (FindingCode::TimeLimitUnreadable, |c| {
        c.time_limit = Some(TimeLimit { amount: None, unit: None, text: Some("Sớm".into()) });
        c.channels.iter_mut().for_each(|channel| channel.time_limit = None);
    }),
    (FindingCode::ChannelTimeAboveLimit, |c| c.channels[1].time_limit = limit(6, TimeUnit::WorkingDay)),
    (FindingCode::ChannelTimeDiffers, |c| c.channels[1].time_limit = limit(5, TimeUnit::CalendarDay)),
    (FindingCode::FormWithoutFile, |c| c.dossier.cases[0].components[1].forms.push("Tờ khai khác".into())),
    (FindingCode::FeeWithoutBasis, |c| {
        c.legal_bases.remove(0);
    }),
    (FindingCode::LegalBasisWithoutNumber, |c| c.legal_bases[1].number = None),
    (FindingCode::ArticleUnreadable, |c| c.legal_bases[0].articles[0].article = None),
    (FindingCode::NationalCodeMissing, |c| c.national_code = None),
    (FindingCode::NationalCodeMalformed, |c| c.national_code = Some("1.1".into())),
    (FindingCode::FieldMissing, |c| c.field = None),
    (FindingCode::LevelUnknown, |c| c.levels.values.clear()),
    (FindingCode::DecisionMissing, |c| c.decision_number = None),
    (FindingCode::EffectiveDateUnreadable, |c| c.effective_date = unreadable_date()),
    (FindingCode::MissingLegalBasis, |c| {
        c.legal_bases.clear();
        c.fees.retain(|fee| fee.amount_dong.is_none());
        c.channels.iter_mut().for_each(|channel| channel.fees.clear());
    }),
];

fn incomplete(change: Change) -> ProcedureContent {
    let mut content = complete();
    change(&mut content);
    content
}

#[test]
fn a_complete_procedure_has_no_finding() {
    assert_eq!(findings(&complete()), []);
}

#[test]
fn each_change_brings_its_finding_and_no_other() {
    for (code, change) in CHANGES {
        assert_eq!(codes(&incomplete(change)), [code]);
    }
    let needs_a_database = [FindingCode::DeadReference, FindingCode::FileMissing];
    for code in FindingCode::ALL.iter().filter(|code| !needs_a_database.contains(code)) {
        assert!(CHANGES.iter().any(|(tested, _)| tested == code), "{code}");
    }
}

#[test]
fn a_finding_points_into_the_content_and_cites_an_article() {
    for (code, change) in CHANGES {
        let content = incomplete(change);
        let json = serde_json::to_value(&content).unwrap();
        for finding in findings(&content) {
            assert!(json.pointer(&finding.pointer).is_some(), "{code}: {}", finding.pointer);
            assert!(finding.article.contains("Nghị định 63/2010") || finding.article.contains("Thông tư"));
            assert!(!finding.detail_vi.is_empty() && !finding.detail_en.is_empty());
        }
    }
    let finding = &findings(&incomplete(|c| c.time_limit.as_mut().unwrap().amount = None))[..];
    assert_eq!(finding, []);
    let placeholder = &findings(&incomplete(|c| c.agencies.settling = Some("...".into())))[0];
    assert_eq!(placeholder.part, Part::Agencies);
    assert_eq!(placeholder.article, "Điểm g khoản 2 Điều 8 Nghị định 63/2010/NĐ-CP");
}

#[test]
fn what_only_a_database_knows_is_made_elsewhere() {
    let dead = Finding::dead_reference("/interlinked_procedures/0", "1.000003");
    assert_eq!((dead.code, dead.part), (FindingCode::DeadReference, Part::Related));
    assert!(dead.detail_vi.contains("1.000003"));
    let missing = Finding::file_missing("/sample_sets/0/files/0", "vi-du.pdf");
    assert_eq!((missing.code, missing.part), (FindingCode::FileMissing, Part::Samples));
    assert_eq!(Finding::file_missing("", "x").part, Part::Forms);
}

#[test]
fn what_the_applicant_must_do_is_not_the_agencys_time() {
    for text in [
        "Trong 30 ngày kể từ ngày nhận hồ sơ, cơ quan thông báo để người nộp bổ sung trong 60 ngày làm việc",
        "Người nộp hồ sơ bổ sung trong thời hạn 10 ngày làm việc",
        "Chậm nhất 15 ngày làm việc trước ngày khai giảng, cơ sở nộp hồ sơ tại Sở",
        "Giấy phép có giá trị 60 ngày làm việc",
        "Trong 05 ngày làm việc kể từ ngày nhận đủ hồ sơ, Sở cấp giấy phép",
    ] {
        let mut content = complete();
        content.steps[0].steps[0].text = text.to_owned();
        assert_eq!(codes(&content), [], "{text}");
    }
}

#[test]
fn a_step_is_compared_only_where_every_limit_is_known() {
    let mut content = incomplete(CHANGES[16].1);
    content.channels[1].time_limit = limit(10, TimeUnit::WorkingDay);
    assert!(!codes(&content).contains(&FindingCode::StepTimeAboveLimit));
    content.channels[1].time_limit = limit(1, TimeUnit::Month);
    assert!(!codes(&content).contains(&FindingCode::StepTimeAboveLimit));
}

#[test]
fn a_form_is_found_by_any_of_its_names() {
    for name in ["mẫu số 1", "M1", "mau-1.pdf", "Mẫu số 1 kèm theo Thông tư"] {
        let mut content = complete();
        content.dossier.cases[0].components[0].forms = vec![name.to_owned()];
        assert_eq!(codes(&content), [], "{name}");
    }
    let mut content = complete();
    content.forms[0].file = None;
    assert_eq!(findings(&content)[0].pointer, "/forms/0");
    assert_eq!(findings(&content).len(), 1);
    let mut content = complete();
    content.dossier.cases[0].components[0].forms = vec!["Mẫu số 10".to_owned()];
    assert_eq!(codes(&content), [FindingCode::FormWithoutFile]);
}

#[test]
fn findings_are_in_order_and_few_and_no_error_is_cut() {
    let mut content = complete();
    let paper = content.dossier.cases[0].components[1].clone();
    content.dossier.cases[0].components.extend(vec![paper; 500]);
    content.legal_bases.clear();
    content.name.clear();
    content.effective_date = unreadable_date();
    let found = findings(&content);
    assert_eq!(found.len(), MAX_FINDINGS);
    assert_eq!(found[0].code, FindingCode::MissingName);
    assert!(errors(&content).contains(&FindingCode::MissingLegalBasis));
    assert!(codes(&content).contains(&FindingCode::EffectiveDateUnreadable));
    assert!(found.is_sorted_by_key(|finding| finding.part));
    let pointers: Vec<_> = found.iter().map(|finding| finding.pointer.as_str()).collect();
    let at = |pointer: &str| pointers.iter().position(|p| *p == pointer).unwrap();
    assert!(at("/dossier/cases/0/components/9") < at("/dossier/cases/0/components/10"));
}

/// Fills one part of `content` from `whole`.
fn fill(content: &mut ProcedureContent, whole: &ProcedureContent, part: Part) {
    let mut json = serde_json::to_value(&*content).unwrap();
    let whole = serde_json::to_value(whole).unwrap();
    for key in part.keys() {
        json[*key] = whole[*key].clone();
    }
    *content = serde_json::from_value(json).unwrap();
}

proptest! {
    #[test]
    fn adding_a_part_never_adds_an_error(
        missing in prop::sample::subsequence(Part::ALL.to_vec(), 0..=Part::ALL.len()),
        added in prop::sample::select(Part::ALL.to_vec()),
    ) {
        let empty = parse(&SourceRow::default()).content;
        let empty = ProcedureContent { forms: Vec::new(), sample_sets: Vec::new(), ..empty };
        let mut content = complete();
        for part in &missing {
            let keys = part.keys();
            let mut json = serde_json::to_value(&content).unwrap();
            let none = serde_json::to_value(&empty).unwrap();
            for key in keys {
                json[*key] = none.get(*key).cloned().unwrap_or(serde_json::json!([]));
            }
            content = serde_json::from_value(json).unwrap();
        }
        let before = errors(&content);
        fill(&mut content, &complete(), added);
        for error in errors(&content) {
            prop_assert!(before.contains(&error), "{} after adding {}", error, added);
        }
    }

    #[test]
    fn any_text_is_judged_without_panic(text in "\\PC{0,80}|([0-9]{1,12} (ngày|giờ|tháng)[;. \\n]{0,2}){1,5}") {
        let mut content = complete();
        content.name = text.clone();
        content.steps[0].steps[0].text = text.clone();
        content.legal_bases[0].number = Some(text.clone());
        content.dossier.cases[0].components[0].forms = vec![text.clone()];
        content.channels[0].description = Some(text.clone());
        content.time_limit = Some(TimeLimit { amount: Some(u32::MAX), unit: Some(TimeUnit::Year), text: Some(text) });
        prop_assert!(findings(&content).len() <= MAX_FINDINGS);
    }
}
