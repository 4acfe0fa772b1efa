//! The catalogue as linked data: CPSV-AP 3.2.0 (Core Public Service Vocabulary Application Profile, SEMIC) in JSON-LD.
//!
//! Pure functions from content to nodes. The rules they keep to are in `tests/contract/open/cpsv-ap.ttl`, the
//! mapping is explained in `docs/OPEN-DATA.md`. A node stands for itself: nothing has to be remembered between two
//! procedures, and what two of them name alike (a unit, a concept) comes out as the same statements.

mod context;
mod parts;
#[cfg(test)]
mod tests;

use chrono::{Days, NaiveDate};
use kstt_domain::codes::Code;
use kstt_domain::procedures::{LevelBasis, ProcedureContent, TimeLimit};
use serde_json::{Map, Value, json};

pub use context::context;

/// The release of the profile that the document keeps to.
const PROFILE: &str = "https://semiceu.github.io/CPSV-AP/releases/3.2.0/";
const VIETNAMESE: &str = "http://publications.europa.eu/resource/authority/language/VIE";

/// The files of the catalogue and their media types, as far as IANA knows them.
const FILES: [(&str, Option<&str>); 4] = [
    ("procedures.jsonld", Some("application/ld+json")),
    ("procedures.ndjson", None),
    ("procedures.csv", Some("text/csv")),
    ("catalogue.sqlite", Some("application/vnd.sqlite3")),
];

type Node = Map<String, Value>;

/// One procedure as the open data show it.
#[derive(Debug)]
pub struct OpenProcedure<'a> {
    pub id: &'a str,
    pub national_code: Option<&'a str>,
    pub variant: &'a str,
    pub valid_from: Option<NaiveDate>,
    /// First day on which it no longer holds.
    pub valid_to: Option<NaiveDate>,
    pub content: &'a ProcedureContent,
    /// The units that settle it.
    pub units: &'a [OpenUnit],
}

/// A unit as the open data show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenUnit {
    pub code: String,
    pub name: String,
}

/// The node of the catalogue itself: what it is, of which day, whose, and in which files.
pub fn catalogue(base: &str, city: &OpenUnit, day: NaiveDate) -> Value {
    let base = base.trim_end_matches('/');
    let mut publisher = organisation(base, city);
    publisher.insert("@type".into(), json!(["PublicOrganisation", "Agent"]));
    publisher.insert("title".into(), json!(city.name));
    let files = FILES.map(|(file, media)| {
        let url = format!("{base}/v1/open/{file}");
        let mut node = Node::new();
        node.insert("@id".into(), json!(open_iri(base, &format!("file-{file}"))));
        node.insert("@type".into(), json!("Distribution"));
        node.insert("accessURL".into(), json!(url));
        node.insert("downloadURL".into(), json!(url));
        let media = media.map(|media| format!("https://www.iana.org/assignments/media-types/{media}"));
        set(&mut node, "mediaType", media);
        Value::Object(node)
    });
    let on = day.format("%d/%m/%Y");
    json!({
        "@id": open_iri(base, "catalogue"), "@type": "Dataset", "identifier": open_iri(base, "catalogue"),
        "title": [
            format!("Danh mục thủ tục hành chính: {}", city.name),
            { "@language": "en", "@value": format!("Catalogue of administrative procedures: {}", city.name) },
        ],
        "description": [
            format!("Các thủ tục hành chính có hiệu lực trong ngày {on}."),
            { "@language": "en", "@value": format!("The administrative procedures in force on {day}.") },
        ],
        "issued": day, "publisher": publisher, "spatial": area(base, city), "language": vietnamese(),
        "landingPage": { "@id": format!("{base}/docs"), "@type": "Document" },
        "conformsTo": PROFILE, "distribution": files,
    })
}

/// All nodes of one procedure: the service first, then its channels, costs, inputs, outputs, rules, requirement,
/// legal resources and the organisations it names. `city` is the authority of last resort and the area served.
pub fn nodes(base: &str, city: &OpenUnit, procedure: &OpenProcedure<'_>) -> Vec<Value> {
    let mut graph = Graph::new(base.trim_end_matches('/'), city, procedure);
    parts::authorities(&mut graph, procedure);
    parts::classes(&mut graph, procedure.content);
    parts::channels(&mut graph, procedure.content);
    parts::costs(&mut graph, "", None, &procedure.content.fees);
    parts::inputs(&mut graph, procedure.content);
    parts::outputs(&mut graph, procedure.content);
    parts::rules(&mut graph, procedure.content);
    parts::legal_resources(&mut graph, procedure.content);
    parts::participations(&mut graph, procedure.content);
    parts::relations(&mut graph, procedure.content);
    let service = Value::Object(graph.service);
    std::iter::once(service).chain(graph.others).collect()
}

/// The nodes of one procedure while they are gathered.
struct Graph<'a> {
    base: &'a str,
    city: &'a OpenUnit,
    /// IRI of the service.
    iri: String,
    identifier: String,
    service: Node,
    others: Vec<Value>,
}

impl<'a> Graph<'a> {
    fn new(base: &'a str, city: &'a OpenUnit, procedure: &OpenProcedure<'_>) -> Self {
        let iri = format!("{base}/v1/procedures/{}", encode(procedure.id));
        let code = procedure.national_code.and_then(said);
        // The key under which the API knows this variant; the code alone may name several.
        let identifier = match code {
            Some(code) => format!("{code}~{}", procedure.variant),
            None => procedure.id.to_owned(),
        };
        let title = said(&procedure.content.name).or(code).unwrap_or(procedure.id);
        let mut service = Node::new();
        service.insert("@id".into(), json!(iri));
        service.insert("@type".into(), json!("PublicService"));
        service.insert("identifier".into(), json!(identifier));
        service.insert("title".into(), json!(title));
        service.insert("description".into(), json!(description(title, procedure.content)));
        service.insert("isPartOf".into(), json!(open_iri(base, "catalogue")));
        service.insert("spatial".into(), area(base, city));
        set(&mut service, "valid", valid(procedure));
        set(&mut service, "processingTime", procedure.content.time_limit.as_ref().and_then(duration));
        let mut graph = Self { base, city, iri, identifier, service, others: Vec::new() };
        for (name, code) in [("national-code", code), ("local-code", stated(&procedure.content.local_code))] {
            if let Some(code) = code {
                let node = json!({ "@id": graph.part_iri(name), "@type": "Identifier", "notation": code });
                graph.link("otherIdentifier", node);
            }
        }
        graph
    }

    /// IRI of a part of the service.
    fn part_iri(&self, name: &str) -> String {
        format!("{}#{}", self.iri, encode(name))
    }

    /// A node for a part of the service, with its identifier.
    fn part(&self, name: &str, class: &str) -> Node {
        let mut node = Node::new();
        node.insert("@id".into(), json!(self.part_iri(name)));
        node.insert("@type".into(), json!(class));
        node.insert("identifier".into(), json!(format!("{}#{name}", self.identifier)));
        node
    }

    /// Points from the service to something: an IRI, or a node on the spot.
    fn link(&mut self, property: &str, target: Value) {
        let targets = self.service.entry(property).or_insert_with(|| json!([]));
        if let Some(targets) = targets.as_array_mut() {
            targets.push(target);
        }
    }

    /// Adds a node of its own and points from the service to it.
    fn add(&mut self, property: &str, node: Node) {
        self.link(property, node["@id"].clone());
        self.others.push(Value::Object(node));
    }
}

/// The description is mandatory and no source has one: the facts that a reader asks for first.
fn description(title: &str, content: &ProcedureContent) -> String {
    let levels: Vec<&str> = content.levels.values.iter().map(|level| level.label_vi()).collect();
    let levels_label = match content.levels.basis {
        LevelBasis::Inferred => "Cấp thực hiện (suy ra từ cơ quan thực hiện)",
        LevelBasis::Stated | LevelBasis::Unknown => "Cấp thực hiện",
    };
    let subject = |text, label| said(text).unwrap_or(label);
    let subjects: Vec<&str> = content.subjects.iter().map(|s| subject(&s.text, s.kind.label_vi())).collect();
    lines([
        line("Thủ tục hành chính", Some(title)),
        line("Lĩnh vực", stated(&content.field)),
        line(levels_label, said(&levels.join(", "))),
        line("Đối tượng thực hiện", said(&subjects.join("; "))),
        line("Thời hạn giải quyết", content.time_limit.as_ref().and_then(limit_words)),
        line("Cơ quan thực hiện", stated(&content.agencies.settling)),
        line("Địa chỉ tiếp nhận hồ sơ", stated(&content.agencies.reception_address)),
        line("Số bộ hồ sơ", content.dossier.sets),
    ])
}

/// From when to when it holds, both days included, as a DCMI Period.
fn valid(procedure: &OpenProcedure<'_>) -> Option<String> {
    let start = procedure.valid_from.map(|day| format!("start={day}; "));
    let end = procedure.valid_to.and_then(|day| day.checked_sub_days(Days::new(1)));
    let end = end.map(|day| format!("end={day}; "));
    (start.is_some() || end.is_some())
        .then(|| format!("{}{}scheme=W3C-DTF;", start.unwrap_or_default(), end.unwrap_or_default()))
}

/// A time limit as `xsd:duration`. Working days have none: how many days they take depends on the calendar.
fn duration(limit: &TimeLimit) -> Option<String> {
    use kstt_domain::procedures::TimeUnit::*;
    let amount = u64::from(limit.amount?);
    match limit.unit? {
        Hour => Some(format!("PT{amount}H")),
        WorkingDay => None,
        CalendarDay => Some(format!("P{amount}D")),
        // xsd:duration, unlike ISO 8601, has no weeks.
        Week => Some(format!("P{}D", amount * 7)),
        Month => Some(format!("P{amount}M")),
        Year => Some(format!("P{amount}Y")),
    }
}

/// A time limit in words: the source's, or amount and unit.
fn limit_words(limit: &TimeLimit) -> Option<String> {
    let counted = || Some(format!("{} {}", limit.amount?, limit.unit?.label_vi()));
    stated(&limit.text).map(str::to_owned).or_else(counted)
}

/// A unit as a public organisation with the area it serves.
fn organisation(base: &str, unit: &OpenUnit) -> Node {
    let mut node = Node::new();
    node.insert("@id".into(), json!(format!("{base}/v1/units/{}", encode(&unit.code))));
    node.insert("@type".into(), json!("PublicOrganisation"));
    node.insert("identifier".into(), json!(unit.code));
    node.insert("prefLabel".into(), json!(unit.name));
    node.insert("spatial".into(), area(base, unit));
    node
}

/// The area that a unit serves.
fn area(base: &str, unit: &OpenUnit) -> Value {
    json!({ "@id": format!("{base}/v1/units/{}#area", encode(&unit.code)), "@type": "Location" })
}

/// A value of a code list as a concept.
fn concept<C: Code>(base: &str, value: C) -> Value {
    json!({
        "@id": format!("{base}/v1/codes/{}#{}", C::LIST, encode(value.code())), "@type": "Concept",
        "prefLabel": [value.label_vi(), { "@language": "en", "@value": value.label_en() }],
    })
}

fn vietnamese() -> Value {
    json!({ "@id": VIETNAMESE, "@type": "LinguisticSystem" })
}

/// IRI of something that only the catalogue speaks of.
fn open_iri(base: &str, fragment: &str) -> String {
    format!("{base}/v1/open/procedures.jsonld#{}", encode(fragment))
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// A text that says something.
fn said(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn stated(text: &Option<String>) -> Option<&str> {
    text.as_deref().and_then(said)
}

fn line(label: &str, value: Option<impl std::fmt::Display>) -> Option<String> {
    value.map(|value| format!("{label}: {value}"))
}

fn lines(lines: impl IntoIterator<Item = Option<String>>) -> String {
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn set(node: &mut Node, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        node.insert(key.to_owned(), value.into());
    }
}
