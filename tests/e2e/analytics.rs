//! Analytics: figures that are the lists they lead to, for whoever sees them.

mod feedback;
mod others;
mod refusals;

use serde_json::{Value, json};

use crate::city::{Answer, Person};

/// Asks one question, named `q`.
pub fn ask(person: &Person<'_>, query: Value) -> Answer {
    person.post("/v1/analytics/query", json!({ "queries": { "q": query } }))
}

/// A question about 2019.
pub fn of_2019(measure: &str, dimensions: &[&str], filters: Value) -> Value {
    json!({ "measure": measure, "dimensions": dimensions, "filters": filters, "from": "2019-01-01", "to": "2019-12-31" })
}

/// The answer to one question.
pub fn told(person: &Person<'_>, query: Value) -> Value {
    ask(person, query).expect(200).body["results"]["q"].clone()
}

/// The figure of a row by its keys, in the order of the dimensions' names.
pub fn figure(result: &Value, keys: Value) -> Value {
    let rows = result["rows"].as_array().unwrap();
    rows.iter().find(|row| row["keys"] == keys).map_or(Value::Null, |row| row["value"].clone())
}

/// How long a list is.
pub fn listed(person: &Person<'_>, path: &str) -> usize {
    person.get(path).expect(200).body["items"].as_array().unwrap().len()
}
