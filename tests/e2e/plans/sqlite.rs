//! Plans of SQLite.

use std::collections::HashSet;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};

use super::PAGE;
use super::caught::{Bind, Caught, Use};

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// The steps of the plan, which is made without looking at the values that are bound.
pub fn plan(conn: &mut SqliteConnection, caught: &Caught) -> Vec<String> {
    let steps: Vec<Step> =
        bound(format!("EXPLAIN QUERY PLAN {}", caught.sql), &caught.binds).load(conn).unwrap();
    steps.into_iter().map(|step| step.detail).collect()
}

fn bound(sql: String, binds: &[Bind]) -> BoxedSqlQuery<'static, Sqlite, SqlQuery> {
    binds.iter().fold(diesel::sql_query(sql).into_boxed(), |query, bind| match bind {
        Bind::Text(text) => query.bind::<Text, _>(text.clone()),
        Bind::Number(number) => query.bind::<BigInt, _>(*number),
        Bind::Many(_) => panic!("SQLite has no lists: {bind:?}"),
    })
}

/// As if nobody had ever said ANALYZE.
pub fn forget_statistics(conn: &mut SqliteConnection) {
    conn.batch_execute("DELETE FROM sqlite_stat1; ANALYZE sqlite_schema").unwrap();
}

/// What is wrong with a plan.
///
/// A large table is searched by an index. It may be scanned only along an index that gives the order of
/// a statement with a LIMIT, so that the scan stops. What a page sorts is no longer than a page.
pub fn fault(
    conn: &mut SqliteConnection,
    caught: &Caught,
    plan: &[String],
    large: &HashSet<String>,
) -> Option<String> {
    if caught.sql.contains("(1=0)") {
        // So diesel writes the choice among nothing: it is not looked for.
        return None;
    }
    let sorted = plan.iter().find(|step| step.contains("TEMP B-TREE"));
    let stops = caught.sql.contains(" LIMIT ") && sorted.is_none();
    for step in plan {
        let words: Vec<&str> = step.split(' ').collect();
        let ["SCAN" | "SEARCH", name, ..] = words.as_slice() else { continue };
        if !large.contains(table_of(&caught.sql, name)) {
            continue;
        }
        let along_index = step.contains("USING INDEX") || step.contains("USING COVERING INDEX");
        if words[0] == "SCAN" && !(along_index && stops) || step.contains("AUTOMATIC") {
            return Some(step.clone());
        }
    }
    let step = sorted.filter(|_| caught.purpose == Use::Page)?;
    (rows_to_sort(conn, caught) > PAGE).then(|| format!("{step}: more than {PAGE} rows"))
}

/// SQLite says what it sorts, not how much: counts what there is to sort, up to more than a page.
fn rows_to_sort(conn: &mut SqliteConnection, caught: &Caught) -> i64 {
    let unordered = caught.sql.strip_suffix(" LIMIT ?").and_then(|sql| sql.rsplit_once(" ORDER BY "));
    let (unordered, _) = unordered.unwrap_or_else(|| panic!("a page without order or end: {caught:?}"));
    let sql = format!("SELECT count(*) AS rows FROM (SELECT 1 FROM ({unordered}) LIMIT {})", PAGE + 1);
    let counted: Counted = bound(sql, &caught.binds[..caught.binds.len() - 1]).get_result(conn).unwrap();
    counted.rows
}

/// A plan names tables as the statement does.
fn table_of<'a>(sql: &'a str, name: &'a str) -> &'a str {
    let alias = format!("` AS `{name}`");
    let Some(end) = sql.find(&alias) else { return name };
    sql[..end].rsplit('`').next().unwrap_or(name)
}
