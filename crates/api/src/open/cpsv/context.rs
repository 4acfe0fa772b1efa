//! The terms of the document.

use serde_json::{Value, json};

const PREFIXES: &[(&str, &str)] = &[
    ("adms", "http://www.w3.org/ns/adms#"),
    ("cpsv", "http://purl.org/vocab/cpsv#"),
    ("cv", "http://data.europa.eu/m8g/"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("eli", "http://data.europa.eu/eli/ontology#"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// Classes, and properties whose values are plain strings.
const PLAIN: &[&str] = &[
    "foaf:Agent",
    "cv:Channel",
    "skos:Concept",
    "cv:Cost",
    "dcat:Dataset",
    "dcat:Distribution",
    "foaf:Document",
    "cv:Evidence",
    "adms:Identifier",
    "eli:LegalResource",
    "dct:LinguisticSystem",
    "dct:Location",
    "cv:Output",
    "cv:Participation",
    "cv:PublicOrganisation",
    "cpsv:PublicService",
    "cv:Requirement",
    "cpsv:Rule",
    "dct:identifier",
    "skos:notation",
];

/// Properties whose values are Vietnamese unless they say otherwise.
const TEXTS: &[&str] = &["dct:title", "dct:description", "skos:prefLabel", "dcat:keyword"];

/// Properties whose values are IRIs or nodes.
const LINKS: &[&str] = &[
    "dcat:accessURL",
    "dct:audience",
    "dct:conformsTo",
    "cv:currency",
    "dcat:distribution",
    "dcat:downloadURL",
    "cpsv:follows",
    "cv:hasChannel",
    "cv:hasCompetentAuthority",
    "cv:hasCost",
    "cpsv:hasInput",
    "cv:hasLegalResource",
    "cv:hasParticipant",
    "cv:hasParticipation",
    "cv:holdsRequirement",
    "cv:ifAccessedThrough",
    "cv:isClassifiedBy",
    "dct:isPartOf",
    "dcat:landingPage",
    "dct:language",
    "dcat:mediaType",
    "cpsv:produces",
    "dct:publisher",
    "dct:relation",
    "cv:role",
    "dct:spatial",
    "cv:thematicArea",
    "dct:type",
];

const TYPED: &[(&str, &str)] = &[
    ("eli:date_document", "xsd:date"),
    ("cv:hasValue", "xsd:double"),
    ("dct:issued", "xsd:date"),
    ("cv:processingTime", "xsd:duration"),
    ("dct:valid", "dct:Period"),
];

/// The inline `@context`: every term of the document, so that no reader has to fetch anything. A term is the name
/// without its prefix.
pub fn context() -> Value {
    let prefixes = PREFIXES.iter().map(|(prefix, iri)| ((*prefix).to_owned(), json!(iri)));
    let plain = PLAIN.iter().map(|id| term(id, json!(id)));
    let texts = TEXTS.iter().map(|id| term(id, json!({ "@id": id, "@language": "vi" })));
    let links = LINKS.iter().map(|id| term(id, json!({ "@id": id, "@type": "@id" })));
    let typed = TYPED.iter().map(|(id, datatype)| term(id, json!({ "@id": id, "@type": datatype })));
    // dct:identifier has the name; this one is a code as others issued it, a node of its own.
    let other = ("otherIdentifier".to_owned(), json!({ "@id": "adms:identifier", "@type": "@id" }));
    let version = ("@version".to_owned(), json!(1.1));
    prefixes.chain(plain).chain(texts).chain(links).chain(typed).chain([other, version]).collect()
}

fn term(id: &str, definition: Value) -> (String, Value) {
    (id.rsplit(':').next().unwrap_or(id).to_owned(), definition)
}
