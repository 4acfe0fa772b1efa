//! The contract as a whole: what is committed is what the program says, and every operation is guarded.

use kstt_api::contract::{document, operations};
use kstt_domain::policy::{Action, matrix};
use serde_json::Value;

use crate::city::City;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn committed(path: &str) -> String {
    std::fs::read_to_string(format!("{ROOT}/{path}")).unwrap_or_default()
}

/// (path, METHOD, operation)
pub fn each_operation() -> Vec<(String, String, Value)> {
    let document = document();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation.get("operationId").is_some() {
                found.push((path.clone(), method.to_uppercase(), operation.clone()));
            }
        }
    }
    found
}

fn is_public(operation: &Value) -> bool {
    operation["security"] == serde_json::json!([{}])
}

#[test]
fn the_committed_contract_is_the_program_s() {
    let printed = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    assert!(
        committed("openapi/openapi.json") == printed,
        "openapi/openapi.json is old: run `cargo run -- openapi > openapi/openapi.json`"
    );
    assert!(
        committed("openapi/operations.txt") == operations(&document()),
        "openapi/operations.txt is old: run `cargo run -- openapi --operations > openapi/operations.txt`"
    );
}

#[test]
fn the_printed_policy_is_the_table() {
    let path = format!("{ROOT}/docs/policy.md");
    if committed("docs/policy.md") != matrix() {
        std::fs::write(&path, matrix()).unwrap();
        panic!("docs/policy.md was old and has been printed anew: review and commit it");
    }
}

#[test]
fn the_readme_names_every_variable() {
    let readme = committed("README.md");
    for (name, default, meaning) in kstt_api::config::VARIABLES {
        let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
        let row = format!("| `{name}` | {default} | {meaning} |");
        assert!(readme.contains(&row), "README.md lacks the row\n{row}");
    }
}

/// What may be read without logging in, and nothing else.
const PUBLIC: &[&str] = &[
    "computeTerm",
    "createToken",
    "getCalendar",
    "getCalendarVersion",
    "getClock",
    "getCodeList",
    "countProcedureCompleteness",
    "diffProcedure",
    "getFile",
    "getDeadlineRule",
    "getDutiesCalendar",
    "getLegalDocument",
    "getProcedureCompleteness",
    "getProcedureVersion",
    "listDeadlineRules",
    "listLegalDocuments",
    "listProcedureVersions",
    "getKeys",
    "getLiveness",
    "getMetrics",
    "getProcedure",
    "getReadiness",
    "getUnit",
    "listCalendarDays",
    "listCalendarVersions",
    "listCodes",
    "listProcedures",
    "listReminderSteps",
    "sendFeedback",
    "followFeedback",
    "supplementFeedback",
    "withdrawFeedback",
    "reopenFeedback",
    "voteOnFeedback",
    "attachToOwnFeedback",
    "listOwnFeedbackFiles",
    "downloadFeedbackFile",
    "listPublicFeedback",
    "listReportFormVersions",
    "listReportForms",
    "listUnits",
    "openCatalogue",
    "openProceduresCsv",
    "openProceduresJsonLd",
    "openProceduresNdjson",
    "previewDeadline",
];
/// What anyone logged in may do, whatever their role.
const ANYONE: &[&str] = &["getMe", "getMyPermissions"];

#[test]
fn every_operation_has_an_action_or_stands_on_a_short_list() {
    for (_, _, operation) in each_operation() {
        let id = operation["operationId"].as_str().unwrap();
        let action = operation["x-action"].as_str();
        match (PUBLIC.contains(&id), ANYONE.contains(&id)) {
            (true, _) => assert!(is_public(&operation) && action.is_none(), "{id} is on the public list"),
            (_, true) => assert!(!is_public(&operation) && action.is_none(), "{id} is for anyone logged in"),
            _ => {
                assert!(!is_public(&operation), "{id} asks for nobody's token");
                assert!(action.and_then(Action::named).is_some(), "{id} has no action of the policy");
            }
        }
    }
}

#[test]
fn every_guarded_operation_refuses_the_unauthenticated() {
    let city = City::new();
    for (path, method, operation) in each_operation() {
        if is_public(&operation) {
            continue;
        }
        let path = path.replace(['{', '}'], "");
        let request = || city.send(&method, &path).header("If-Match", "\"1-0\"").json(serde_json::json!({}));
        let answer = request().answer();
        assert_eq!(answer.status, 401, "{method} {path}: {}", answer.text);
        let answer = request().header("Authorization", "Bearer not.a.token").answer();
        assert_eq!(answer.status, 401, "{method} {path}: {}", answer.text);
        assert_eq!(answer.code(), "invalid_token");
    }
}

/// Two types of one name would overwrite each other's schema.
#[test]
fn no_two_schemas_share_a_name() {
    let mut names = std::collections::BTreeMap::new();
    for folder in ["crates/api/src", "crates/domain/src"] {
        for (file, text) in sources(std::path::Path::new(&format!("{ROOT}/{folder}"))) {
            let mut renamed = None;
            let mut derived = false;
            for line in text.lines().map(str::trim) {
                derived |= line.starts_with("#[") && line.contains("ToSchema");
                if let Some(name) =
                    line.strip_prefix("#[schema(as = ").and_then(|rest| rest.strip_suffix(")]"))
                {
                    renamed = Some(name.to_owned());
                }
                let item = line.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
                let Some(rest) = item.strip_prefix("struct ").or_else(|| item.strip_prefix("enum ")) else {
                    continue;
                };
                let own = rest.split([' ', '<', '(', ';', ':']).next().unwrap().to_owned();
                if std::mem::take(&mut derived) {
                    let name = renamed.take().unwrap_or(own);
                    let earlier = names.insert(name.clone(), file.clone());
                    assert!(earlier.is_none(), "{name} stands in {} and in {}", file, earlier.unwrap());
                }
            }
        }
    }
    assert!(names.len() > 50, "{names:?}");
}

fn sources(folder: &std::path::Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

#[test]
fn the_served_contract_and_its_pages_come_from_the_binary() {
    let city = City::new();
    assert_eq!(city.get("/openapi.json").expect(200).body, document());
    let page = city.get("/docs/").expect(200);
    assert!(page.text.contains("swagger-ui"));
    assert!(!page.text.contains("https://"), "the page loads something from elsewhere");
    assert_eq!(city.get("/docs").status, 303);
}
