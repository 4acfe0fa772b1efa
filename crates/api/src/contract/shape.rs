//! What every operation of the contract has, added once: shared problems, headers, and an upper
//! bound for every string, list and number that its room did not bound more tightly.

use std::collections::BTreeSet;

use kstt_domain::codes::Code;
use serde_json::{Map, Value, json};

use crate::http::ProblemCode;

/// Completes a generated document.
pub fn finish(mut document: Value) -> Value {
    document["servers"] = json!([{
        "url": "/",
        "description": "The server that serves this contract: production, test or local",
        "x-internal": false,
    }]);
    let components = &mut document["components"];
    components["securitySchemes"] = json!({ "bearer": {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": "An access token from `POST /v1/auth/token`, checked as RFC8725 advises.",
    }});
    components["headers"] = headers();
    components["responses"] = shared_problems();
    bound(&mut document);
    drop_unused_schemas(&mut document);
    let names: Vec<String> =
        document["components"]["headers"].as_object().into_iter().flat_map(Map::keys).cloned().collect();
    if let Some(paths) = document["paths"].as_object_mut() {
        for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
            open_when_public(operation);
            tidy_parameters(operation);
            if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
                for (status, response) in
                    responses.iter_mut().filter(|(_, response)| response.get("$ref").is_none())
                {
                    refer_to_headers(status, response, &names);
                }
            }
        }
    }
    document
}

/// Generic pages write their items out, which leaves the items' own schemas behind.
fn drop_unused_schemas(document: &mut Value) {
    loop {
        let mut used = BTreeSet::new();
        note_schemas(document, &mut used);
        let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
        let before = schemas.len();
        schemas.retain(|name, _| used.contains(name));
        if schemas.len() == before {
            return;
        }
    }
}

/// The names of all schemas that are referred to anywhere.
fn note_schemas(value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => used.extend(text.strip_prefix("#/components/schemas/").map(str::to_owned)),
        Value::Array(items) => items.iter().for_each(|item| note_schemas(item, used)),
        Value::Object(members) => members.values().for_each(|member| note_schemas(member, used)),
        _ => {}
    }
}

/// A parameter is there or not, never null; and no part of an address holds control characters: the
/// edge refuses them.
fn tidy_parameters(operation: &mut Value) {
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten();
    for parameter in parameters {
        let place = parameter["in"].as_str().unwrap_or_default().to_owned();
        drop_null(&mut parameter["schema"]);
        let Some(schema) = parameter["schema"].as_object_mut().filter(|_| place != "header") else {
            continue;
        };
        if is(schema, "string") && !["pattern", "enum", "format"].iter().any(|key| schema.contains_key(*key))
        {
            let pattern = if place == "path" { "^[^\\x00-\\x1f\\x7f]+$" } else { "^[^\\x00-\\x1f\\x7f]*$" };
            schema.insert("pattern".into(), json!(pattern));
        }
    }
}

fn drop_null(schema: &mut Value) {
    if let Some(kinds) = schema["type"].as_array() {
        let kind = kinds.iter().find(|kind| *kind != "null").cloned();
        schema["type"] = kind.unwrap_or(Value::Null);
    }
    let other = |choice: &&Value| choice["type"] != "null";
    if let Some(only) = schema["oneOf"].as_array().and_then(|choices| choices.iter().find(other)).cloned() {
        *schema = only;
    }
}

/// `security: [{}]` says "nothing is needed" where an empty list would say nothing at all.
fn open_when_public(operation: &mut Value) {
    if operation.get("security").is_some_and(|security| security.as_array().is_some_and(Vec::is_empty)) {
        operation["security"] = json!([{}]);
    }
}

fn headers() -> Value {
    let number = |meaning: &str| json!({ "description": meaning, "schema": { "type": "integer", "format": "int32", "minimum": 0, "maximum": 100_000 } });
    let text = |meaning: &str, length: u32| json!({ "description": meaning, "schema": { "type": "string", "maxLength": length } });
    json!({
        "Access-Control-Allow-Origin": text("The origin that may read this answer, for browsers of an allowed origin", 300),
        "ETag": text("The version of this view, for If-Match and If-None-Match", 100),
        "Idempotency-Replayed": text("`true` when this is the answer kept for an Idempotency-Key", 4),
        "Location": text("Address of the new thing", 500),
        "RateLimit-Limit": number("Requests that may come at once"),
        "RateLimit-Remaining": number("Requests that may still come at once"),
        "RateLimit-Reset": number("Seconds until the whole limit is free again"),
        "Retry-After": number("Seconds to wait before trying again"),
        "X-Trace-Id": text("Names this request in the log", 64),
    })
}

/// The headers an answer of `status` can carry.
fn refer_to_headers(status: &str, response: &mut Value, names: &[String]) {
    let carried = |name: &str| match name {
        "ETag" => matches!(status, "200" | "201" | "304" | "412"),
        "Location" => status == "201",
        "Idempotency-Replayed" => status.starts_with('2'),
        "Retry-After" => matches!(status, "429" | "503"),
        _ => true,
    };
    let refs: Map<String, Value> = names
        .iter()
        .filter(|name| carried(name))
        .map(|name| (name.clone(), json!({ "$ref": format!("#/components/headers/{name}") })))
        .collect();
    response["headers"] = Value::Object(refs);
}

fn shared_problems() -> Value {
    const SHARED: &[ProblemCode] = &[
        ProblemCode::Malformed,
        ProblemCode::Unauthenticated,
        ProblemCode::Forbidden,
        ProblemCode::NotFound,
        ProblemCode::NotAcceptable,
        ProblemCode::RequestTimeout,
        ProblemCode::Conflict,
        ProblemCode::StaleVersion,
        ProblemCode::PayloadTooLarge,
        ProblemCode::UnsupportedMediaType,
        ProblemCode::RangeNotSatisfiable,
        ProblemCode::Invalid,
        ProblemCode::PreconditionRequired,
        ProblemCode::TooManyRequests,
        ProblemCode::Internal,
    ];
    let known = headers();
    let names: Vec<String> = known.as_object().into_iter().flat_map(Map::keys).cloned().collect();
    let responses = SHARED.iter().map(|code| {
        let status = code.status().as_u16();
        let example = json!({
            "type": format!("/problems/{}", code.code()), "title": code.label_vi(), "status": status,
            "code": code.code(), "trace_id": "019d3c2a5b7c7f0e8d1c2b3a4f5e6d7c",
        });
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        let mut response = json!({
            "description": code.label_en(),
            "content": { "application/problem+json": { "schema": schema, "example": example } },
        });
        refer_to_headers(&status.to_string(), &mut response, &names);
        (format!("Problem{status}"), response)
    });
    Value::Object(responses.collect())
}

/// Gives every schema that lacks one an upper bound.
fn bound(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(bound),
        Value::Object(entries) => {
            bound_one(entries);
            entries
                .iter_mut()
                .filter(|(key, _)| !matches!(key.as_str(), "example" | "examples" | "default"))
                .for_each(|(_, value)| bound(value));
        }
        _ => {}
    }
}

/// Whether a schema is of one type, perhaps beside null.
fn is(schema: &Map<String, Value>, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(name)) => name == kind,
        Some(Value::Array(names)) => names.iter().any(|name| name == kind),
        _ => false,
    }
}

fn bound_one(schema: &mut Map<String, Value>) {
    if is(schema, "string") && !["maxLength", "enum", "const"].iter().any(|key| schema.contains_key(*key)) {
        let length = match schema.get("format").and_then(Value::as_str) {
            Some("date") => 10,
            Some("date-time") => 40,
            _ => 100_000,
        };
        schema.insert("maxLength".into(), json!(length));
    }
    if is(schema, "array") && !schema.contains_key("maxItems") {
        schema.insert("maxItems".into(), json!(10_000));
    }
    if is(schema, "integer") {
        schema.entry("format").or_insert(json!("int64"));
        schema.entry("minimum").or_insert(json!(0));
        schema.entry("maximum").or_insert(json!(9_007_199_254_740_991_i64));
    }
}
