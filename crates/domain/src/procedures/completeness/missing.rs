//! Parts that are not there: Decree 63/2010/NĐ-CP Art. 8.

use super::wording::has_words;
use super::{FindingCode as Code, Findings};
use crate::procedures::content::{ProcedureContent, SubmissionChannel};
use crate::procedures::lists::ChannelKind;
use crate::procedures::national_code::is_national_code;
use crate::procedures::parse::MAX_ITEMS;
use crate::procedures::settling::holds;
use crate::text::fold;
use std::collections::BTreeSet;

pub(super) fn check(found: &mut Findings, content: &ProcedureContent) {
    always_mandatory(found, content);
    mandatory_if_any(found, content);
    forms(found, content);
    classification(found, content);
}

/// Points a–g, and the legal text that every procedure rests on (Art. 8.1).
fn always_mandatory(found: &mut Findings, content: &ProcedureContent) {
    let dossier = &content.dossier;
    let no_components = dossier.cases.is_empty() && dossier.components_text.is_none();
    let channel_has_time = content.channels.iter().any(|channel| channel.time_limit.is_some());
    let mut step_texts = content.steps.iter().flat_map(|case| &case.steps).map(|step| step.text.as_str());
    let parts = [
        (content.name.is_empty(), "/name", Code::MissingName),
        (content.steps.is_empty(), "/steps", Code::MissingSteps),
        (!content.steps.is_empty() && !step_texts.any(has_words), "/steps", Code::StepsWithoutText),
        (content.channels.is_empty(), "/channels", Code::MissingManner),
        (
            !content.channels.is_empty() && !content.channels.iter().any(says_how),
            "/channels",
            Code::MannerWithoutText,
        ),
        (no_components, "/dossier", Code::MissingDossier),
        (!no_components && !names_a_paper(content), "/dossier", Code::DossierWithoutText),
        (!no_components && dossier.sets.is_none(), "/dossier/sets", Code::DossierSetsMissing),
        (content.time_limit.is_none() && !channel_has_time, "/time_limit", Code::MissingTimeLimit),
        (content.subjects.is_empty(), "/subjects", Code::MissingSubjects),
        (content.agencies.settling.is_none(), "/agencies/settling", Code::MissingSettlingAgency),
        (content.legal_bases.is_empty(), "/legal_bases", Code::MissingLegalBasis),
    ];
    add_where(found, &parts);
}

/// Point h: a value, or the words that there is none.
fn mandatory_if_any(found: &mut Findings, content: &ProcedureContent) {
    let no_fee = content.fees.is_empty() && content.channels.iter().all(|channel| channel.fees.is_empty());
    let parts = [
        (content.results.is_empty(), "/results", Code::ResultsMissing),
        (content.requirements.is_none(), "/requirements", Code::RequirementsMissing),
        (no_fee, "/fees", Code::FeesMissing),
    ];
    add_where(found, &parts);
}

fn add_where(found: &mut Findings, parts: &[(bool, &str, Code)]) {
    for (_, pointer, code) in parts.iter().filter(|(missing, ..)| *missing) {
        found.add(*code, pointer, "");
    }
}

/// A named channel says how; an unnamed one must say it in words.
fn says_how(channel: &SubmissionChannel) -> bool {
    let texts = [&channel.kind_text, &channel.description, &channel.source_text];
    channel.kind != ChannelKind::Unspecified
        || texts.into_iter().flatten().any(|text| has_words(text) && text != "unspecified")
}

fn names_a_paper(content: &ProcedureContent) -> bool {
    let names = content.dossier.cases.iter().flat_map(|case| &case.components).map(|paper| &paper.name);
    names.chain(&content.dossier.components_text).any(|text| has_words(text))
}

/// Forms the dossier names and no file gives, and forms without their file. Each is told once.
fn forms(found: &mut Findings, content: &ProcedureContent) {
    let mut told = BTreeSet::new();
    let mut with_file = Vec::new();
    for (at, form) in content.forms.iter().enumerate() {
        match &form.file {
            Some(file) => {
                let names = [Some(&form.name), form.code.as_ref(), Some(&file.name)];
                with_file.extend(names.into_iter().flatten().map(|name| fold(name)));
            }
            None => {
                told.insert(fold(&form.name));
                found.add(Code::FormWithoutFile, &format!("/forms/{at}"), &form.name);
            }
        }
    }
    with_file.retain(|name| !name.is_empty());
    for (pointer, form) in named_forms(content).take(MAX_ITEMS) {
        let name = fold(form);
        let given = with_file.iter().any(|known| holds(known, &name) || holds(&name, known));
        if !given && told.insert(name) {
            found.add(Code::FormWithoutFile, &pointer, form);
        }
    }
}

/// The forms that the papers of the dossier name.
fn named_forms(content: &ProcedureContent) -> impl Iterator<Item = (String, &String)> {
    let papers = content.dossier.cases.iter().enumerate().flat_map(|(at, case)| {
        let pointer = move |nth| format!("/dossier/cases/{at}/components/{nth}/forms");
        case.components.iter().enumerate().map(move |(nth, paper)| (pointer(nth), paper))
    });
    papers.flat_map(|(pointer, paper)| {
        paper.forms.iter().enumerate().map(move |(at, form)| (format!("{pointer}/{at}"), form))
    })
}

fn classification(found: &mut Findings, content: &ProcedureContent) {
    match content.national_code.as_deref() {
        None => found.add(Code::NationalCodeMissing, "/national_code", ""),
        Some(code) if !is_national_code(code) => {
            found.add(Code::NationalCodeMalformed, "/national_code", code);
        }
        Some(_) => {}
    }
    if let Some(code) = content.local_code.as_deref().filter(|code| !is_national_code(code)) {
        found.add(Code::NationalCodeMalformed, "/local_code", code);
    }
    let parts = [
        (content.field.is_none(), "/field", Code::FieldMissing),
        (content.levels.values.is_empty(), "/levels", Code::LevelUnknown),
        (content.decision_number.is_none(), "/decision_number", Code::DecisionMissing),
    ];
    add_where(found, &parts);
    for (pointer, stated) in
        [("/effective_date", &content.effective_date), ("/valid_from", &content.valid_from)]
    {
        if let Some(unreadable) = stated.as_ref().filter(|stated| stated.date.is_none()) {
            found.add(Code::EffectiveDateUnreadable, pointer, &unreadable.text);
        }
    }
}
