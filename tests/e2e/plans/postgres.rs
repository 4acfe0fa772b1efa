//! Plans of PostgreSQL.

use std::collections::HashSet;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::Value;

use super::LARGE;
use super::caught::{Bind, Caught, Use};

/// So often the server plans a prepared statement for its values before it thinks of keeping a plan.
const PLANNED_EACH_TIME: usize = 5;

#[derive(QueryableByName)]
struct Explained {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    plan: String,
}

/// The plan for the values that were sent, and the one that a connection keeps when it has sent the
/// statement `often`.
pub fn plans(conn: &mut PgConnection, caught: &Caught, often: bool) -> Vec<Value> {
    let values: Vec<String> = caught.binds.iter().map(literal).collect();
    let given = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE caught{given}");
    let mut ask =
        |statement: &str| conn.batch_execute(statement).unwrap_or_else(|e| panic!("{caught:?}: {e}"));
    ask(&format!("PREPARE caught AS {}", caught.sql));
    let mut plans: Vec<Value> = Vec::new();
    for _ in 0..=if often { PLANNED_EACH_TIME } else { 0 } {
        let found: Explained = diesel::sql_query(&explain).get_result(conn).unwrap();
        plans.push(serde_json::from_str::<Value>(&found.plan).unwrap()[0]["Plan"].clone());
    }
    conn.batch_execute("DEALLOCATE caught").unwrap();
    plans.dedup();
    plans
}

fn literal(bind: &Bind) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    match bind {
        Bind::Number(number) => number.to_string(),
        Bind::Text(text) => quoted(text),
        Bind::Many(binds) => {
            let items = binds.iter().map(|bind| match bind {
                Bind::Text(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
                Bind::Number(number) => number.to_string(),
                Bind::Many(_) => panic!("a list of lists: {bind:?}"),
            });
            quoted(&format!("{{{}}}", items.collect::<Vec<_>>().join(",")))
        }
    }
}

/// What is wrong with a plan.
///
/// No large table is scanned in sequence. An index is walked without a condition only below a LIMIT,
/// where nothing between them needs all rows. What a page sorts is no longer than a small table: a few
/// hundred rows that an index found are sorted or not as the sample of ANALYZE happened to fall.
pub fn fault(purpose: Use, plan: &Value, large: &HashSet<String>) -> Option<String> {
    fault_below(purpose, plan, false, large)
}

fn fault_below(purpose: Use, node: &Value, stops: bool, large: &HashSet<String>) -> Option<String> {
    let text = |key: &str| node[key].as_str().unwrap_or_default();
    let rows = |node: &Value| node["Plan Rows"].as_f64().unwrap_or(f64::MAX);
    let children = || node["Plans"].as_array().into_iter().flatten();
    let whole_index = text("Node Type").starts_with("Index") && node["Index Cond"].is_null() && !stops;
    let wrong = match text("Node Type") {
        "Seq Scan" | "Index Scan" | "Index Only Scan" => {
            large.contains(text("Relation Name")) && (text("Node Type") == "Seq Scan" || whole_index)
        }
        "Sort" => purpose == Use::Page && children().any(|below| rows(below) > LARGE as f64),
        _ => false,
    };
    if wrong {
        return Some(format!("{} {} {}", text("Node Type"), text("Relation Name"), text("Index Name")));
    }
    let stops = match text("Node Type") {
        "Limit" => true,
        "Sort" | "Hash" | "Materialize" => false,
        "Aggregate" => stops && text("Strategy") == "Sorted",
        _ => stops,
    };
    children().find_map(|below| {
        let outer = below["Parent Relationship"] == "Outer";
        fault_below(purpose, below, stops && outer, large)
    })
}

/// A plan as people read it.
pub fn shown(node: &Value) -> Vec<String> {
    let text = |key: &str| node[key].as_str().unwrap_or_default();
    let details =
        ["Relation Name", "Alias", "Index Name", "Index Cond", "Hash Cond", "Join Filter", "Filter"];
    let mut line = format!("{} ({} rows)", text("Node Type"), node["Plan Rows"]);
    for key in details.into_iter().filter(|key| !text(key).is_empty()) {
        line.extend([" ", key, ": ", text(key), ";"]);
    }
    let below = node["Plans"].as_array().into_iter().flatten().flat_map(shown);
    std::iter::once(line).chain(below.map(|line| format!("  {line}"))).collect()
}
