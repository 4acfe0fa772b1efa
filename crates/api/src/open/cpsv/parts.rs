//! The parts of a procedure as nodes of their own.
//!
//! Parts are named by their place (`#channel-2`): the source gives them no names that would last.

use kstt_domain::codes::Code;
use kstt_domain::procedures::*;
use kstt_persistence::procedures::field_slug;
use serde_json::{Value, json};

use super::{
    Graph, OpenProcedure, area, concept, duration, limit_words, line, lines, open_iri, organisation, said,
    set, stated, vietnamese,
};

const DONG: &str = "http://publications.europa.eu/resource/authority/currency/VND";

/// Who delivers it: its units, else the agency in the source's words, else the city.
pub fn authorities(graph: &mut Graph<'_>, procedure: &OpenProcedure<'_>) {
    for unit in procedure.units {
        graph.add("hasCompetentAuthority", organisation(graph.base, unit));
    }
    if !procedure.units.is_empty() {
        return;
    }
    let node = match stated(&procedure.content.agencies.settling) {
        None => organisation(graph.base, graph.city),
        Some(agency) => {
            let mut node = graph.part("agency", "PublicOrganisation");
            node.insert("prefLabel".into(), json!(agency));
            node.insert("spatial".into(), area(graph.base, graph.city));
            node
        }
    };
    graph.add("hasCompetentAuthority", node);
}

/// What it is about, for whom it is, and on which levels and scales it stands.
pub fn classes(graph: &mut Graph<'_>, content: &ProcedureContent) {
    let base = graph.base;
    if let Some(field) = stated(&content.field) {
        let id = open_iri(base, &format!("field-{}", field_slug(field)));
        graph.link("thematicArea", json!({ "@id": id, "@type": "Concept", "prefLabel": field }));
    }
    let mut kinds: Vec<SubjectKind> = Vec::new();
    for subject in &content.subjects {
        if subject.kind != SubjectKind::Other && !kinds.contains(&subject.kind) {
            kinds.push(subject.kind);
            graph.link("audience", concept(base, subject.kind));
        }
    }
    for level in &content.levels.values {
        graph.link("isClassifiedBy", concept(base, *level));
    }
    if let Some(kind) = content.procedure_type.as_ref().and_then(|kind| kind.kind) {
        graph.link("isClassifiedBy", concept(base, kind));
    }
    if let Some(ServiceLevel { scale, value }) = content.service_level {
        // A value means nothing without its scale.
        let id = open_iri(base, &format!("service-level-{}-{}", scale.code(), value.code()));
        let label = format!("{} – {}", value.label_vi(), scale.label_vi());
        graph.link("isClassifiedBy", json!({ "@id": id, "@type": "Concept", "prefLabel": label }));
    }
    for keyword in content.keywords.iter().filter_map(|keyword| said(keyword)) {
        graph.link("keyword", json!(keyword));
    }
}

/// The ways to send a dossier, each with its time limit and costs.
pub fn channels(graph: &mut Graph<'_>, content: &ProcedureContent) {
    for (number, channel) in (1..).zip(&content.channels) {
        let name = format!("channel-{number}");
        let mut node = graph.part(&name, "Channel");
        if channel.kind != ChannelKind::Unspecified {
            node.insert("type".into(), concept(graph.base, channel.kind));
        }
        let limit = channel.time_limit.as_ref();
        set(&mut node, "processingTime", limit.and_then(duration));
        let kind = stated(&channel.kind_text).unwrap_or(channel.kind.label_vi());
        let description = lines([
            line("Cách thức thực hiện", Some(kind)),
            line("Thời hạn giải quyết", limit.and_then(limit_words)),
            stated(&channel.description).map(str::to_owned),
        ]);
        node.insert("description".into(), json!(description));
        graph.add("hasChannel", node);
        costs(graph, &format!("{name}-"), Some(&name), &channel.fees);
    }
}

/// Fees and charges; those of a channel say so.
pub fn costs(graph: &mut Graph<'_>, prefix: &str, channel: Option<&str>, fees: &[Fee]) {
    for (number, fee) in (1..).zip(fees) {
        let words = said(&fee.text).or((fee.kind == FeeKind::Free).then(|| fee.kind.label_vi()));
        if fee.amount_dong.is_none() && words.is_none() {
            continue;
        }
        let mut node = graph.part(&format!("{prefix}cost-{number}"), "Cost");
        if let Some(amount) = fee.amount_dong {
            // As text: the number is exact, whatever a reader makes of its type.
            node.insert("hasValue".into(), json!(amount.to_string()));
            node.insert("currency".into(), json!({ "@id": DONG, "@type": "Concept" }));
        }
        set(&mut node, "description", words);
        set(&mut node, "ifAccessedThrough", channel.map(|name| graph.part_iri(name)));
        graph.add("hasCost", node);
    }
}

/// The papers of the dossier.
pub fn inputs(graph: &mut Graph<'_>, content: &ProcedureContent) {
    let dossier = &content.dossier;
    for (case_number, case) in (1..).zip(&dossier.cases) {
        for (number, component) in (1..).zip(&case.components) {
            let Some(title) = said(&component.name) else { continue };
            let mut node = graph.part(&format!("input-{case_number}-{number}"), "Evidence");
            node.insert("title".into(), json!(title));
            let description = lines([
                line("Trường hợp", stated(&case.title)),
                line("Bản chính", component.originals),
                line("Bản sao", component.copies),
                line("Biểu mẫu", said(&component.forms.join("; "))),
            ]);
            set(&mut node, "description", said(&description));
            graph.add("hasInput", node);
        }
    }
    if let Some(text) = stated(&dossier.components_text) {
        let mut node = graph.part("inputs", "Evidence");
        node.insert("title".into(), json!("Thành phần hồ sơ"));
        node.insert("description".into(), json!(text));
        graph.add("hasInput", node);
    }
}

/// What the applicant receives.
pub fn outputs(graph: &mut Graph<'_>, content: &ProcedureContent) {
    for (number, result) in (1..).zip(&content.results) {
        let Some(title) = said(&result.name).or(stated(&result.code)) else { continue };
        let mut node = graph.part(&format!("output-{number}"), "Output");
        set(&mut node, "identifier", stated(&result.code));
        node.insert("title".into(), json!(title));
        graph.add("produces", node);
    }
}

/// The sequence of steps, case by case, and the requirements.
pub fn rules(graph: &mut Graph<'_>, content: &ProcedureContent) {
    for (number, case) in (1..).zip(&content.steps) {
        let steps = lines(case.steps.iter().map(|step| said(&step.text).map(str::to_owned)));
        let Some(steps) = said(&steps) else { continue };
        let mut node = graph.part(&format!("steps-{number}"), "Rule");
        node.insert("title".into(), json!(stated(&case.title).unwrap_or("Trình tự thực hiện")));
        node.insert("description".into(), json!(steps));
        node.insert("language".into(), vietnamese());
        graph.add("follows", node);
    }
    let requirements = content.requirements.as_ref().filter(|requirements| !requirements.none_stated);
    if let Some(text) = requirements.and_then(|requirements| said(&requirements.text)) {
        let mut node = graph.part("requirement", "Requirement");
        node.insert("title".into(), json!("Yêu cầu, điều kiện thực hiện"));
        node.insert("description".into(), json!(text));
        graph.add("holdsRequirement", node);
    }
}

/// The legal texts it rests on.
pub fn legal_resources(graph: &mut Graph<'_>, content: &ProcedureContent) {
    for (number, basis) in (1..).zip(&content.legal_bases) {
        let own_number = stated(&basis.number).or(stated(&basis.number_text));
        let articles: Vec<&str> = basis.articles.iter().filter_map(|article| said(&article.text)).collect();
        let articles = articles.join("; ");
        let Some(title) = stated(&basis.title).or(own_number).or(said(&articles)) else { continue };
        let mut node = graph.part(&format!("legal-{number}"), "LegalResource");
        set(&mut node, "identifier", own_number);
        node.insert("title".into(), json!(title));
        let date = basis.date.as_ref().and_then(|date| date.date);
        set(&mut node, "date_document", date.map(|date| date.to_string()));
        let description =
            lines([line("Cơ quan ban hành", stated(&basis.issuer)), line("Điều khoản", said(&articles))]);
        set(&mut node, "description", said(&description));
        graph.add("hasLegalResource", node);
    }
}

/// The agencies beside the settling one.
pub fn participations(graph: &mut Graph<'_>, content: &ProcedureContent) {
    let agencies = &content.agencies;
    let decision = stated(&content.decision_number).map(|number| format!(" (số {number})"));
    let roles = [
        ("deciding", "Cơ quan có thẩm quyền quyết định", &agencies.deciding, None),
        ("authorised", "Cơ quan được ủy quyền", &agencies.authorised, None),
        ("coordinating", "Cơ quan phối hợp", &agencies.coordinating, None),
        ("issuing", "Cơ quan ban hành quyết định công bố", &content.issuing_body, decision),
    ];
    for (role, label, agency, more) in roles {
        let Some(agency) = stated(agency) else { continue };
        let mut participant = graph.part(&format!("{role}-agency"), "Agent");
        participant.insert("title".into(), json!(agency));
        let mut node = graph.part(role, "Participation");
        node.insert("description".into(), json!(format!("{label}{}: {agency}", more.unwrap_or_default())));
        let id = open_iri(graph.base, &format!("role-{role}"));
        node.insert("role".into(), json!({ "@id": id, "@type": "Concept", "prefLabel": label }));
        node.insert("hasParticipant".into(), Value::Object(participant));
        graph.add("hasParticipation", node);
    }
}

/// Procedures to know as well. By code, so that the one in force answers; it need not be in this file, which is why
/// it is `dct:relation` and neither `cv:relatedService` nor `dct:requires`.
pub fn relations(graph: &mut Graph<'_>, content: &ProcedureContent) {
    for code in content.related_procedures.iter().chain(&content.interlinked_procedures) {
        if let Some(code) = said(code) {
            let iri = format!("{}/v1/procedures/{}", graph.base, super::encode(code));
            graph.link("relation", json!(iri));
        }
    }
}
