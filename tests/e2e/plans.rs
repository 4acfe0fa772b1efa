//! Plans: with 50,000 versions and fresh statistics, no list and no search reads a large table from end
//! to end.
//!
//! The functions are called, what they send is caught on the way, and the engine is asked for the plan of
//! each statement with the values that were sent. What a bad plan is, `sqlite` and `postgres` say.

mod analytics;
mod caught;
mod deadlines;
mod dossiers;
mod feedback;
mod fill;
mod lists;
mod postgres;
mod reads;
mod reports;
mod sqlite;

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use kstt_persistence::{Conn, Error};

use self::caught::{Bind, Caught, Listener, Use};
use crate::city::City;

/// Tables with more rows are large.
const LARGE: i64 = 1_000;
/// Rows of the longest page, and one more to see whether there is another.
const PAGE: i64 = 201;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The first moment of a day.
fn moment(text: &str) -> NaiveDateTime {
    day(text).and_hms_opt(0, 0, 0).unwrap()
}

#[test]
fn no_list_and_no_search_scans_a_large_table() {
    let city = City::new();
    city.app.db.write(fill::fill).unwrap();
    read(&city, |conn| conn.batch_execute("ANALYZE").unwrap());
    let mut caught = plain_lists(&city);
    caught.extend(read(&city, |conn| {
        let values = lists::Values::stored(conn);
        let mut listener = Listener::on(conn);
        lists::ask_what_changed(&mut listener, &values);
        reads::procedures(&mut listener);
        reads::legal_documents(&mut listener);
        reads::units(&mut listener);
        reads::accounts(&mut listener);
        reads::trail(&mut listener);
        deadlines::obligations(&mut listener);
        feedback::feedback(&mut listener);
        dossiers::counts(&mut listener);
        reports::reports(&mut listener);
        analytics::figures(&mut listener);
        reads::search(&mut listener, city.app.search().unwrap_or_else(|_| panic!("no index")));
        listener.stop()
    }));
    let faults = read(&city, |conn| {
        let mut judge = Judge::of(conn);
        judge.knows_bad_from_good(conn);
        let mut faults = judge.faults(conn, &caught);
        if let Conn::Sqlite(sqlite) = conn {
            // Nothing analyzes the file of a city in service: it has to do without statistics as well.
            sqlite::forget_statistics(sqlite);
            let without = judge.faults(conn, &caught);
            faults.extend(without.into_iter().map(|fault| format!("without statistics: {fault}")));
        }
        faults
    });
    assert!(faults.is_empty(), "{} bad plans:\n\n{}", faults.len(), faults.join("\n"));
}

fn read<T>(city: &City, work: impl FnOnce(&mut Conn) -> T) -> T {
    city.app.db.read(|conn| Ok::<_, Error>(work(conn))).unwrap()
}

/// Lists with the values of `city`. Their statements do not depend on what is stored, so that they are
/// caught in a small city, which is quick.
fn plain_lists(city: &City) -> Vec<Caught> {
    let values = read(city, lists::Values::stored);
    read(&City::new(), |conn| {
        let mut listener = Listener::on(conn);
        lists::ask(&mut listener, &values);
        listener.stop()
    })
}

/// Tells bad plans.
struct Judge {
    /// Tables with more than a few rows.
    large: HashSet<String>,
    /// Statements judged before, with whatever values.
    known: HashSet<String>,
}

impl Judge {
    fn of(conn: &mut Conn) -> Self {
        Self { large: large_tables(conn), known: HashSet::new() }
    }

    fn faults(&mut self, conn: &mut Conn, caught: &[Caught]) -> Vec<String> {
        caught.iter().filter_map(|one| self.fault(conn, one)).collect()
    }

    /// What is wrong with the plans of a statement, with all that is needed to see why.
    fn fault(&mut self, conn: &mut Conn, caught: &Caught) -> Option<String> {
        let new = self.known.insert(caught.sql.clone());
        let (fault, plan) = match conn {
            Conn::Sqlite(conn) => {
                let plan = sqlite::plan(conn, caught);
                (sqlite::fault(conn, caught, &plan, &self.large)?, plan)
            }
            Conn::Pg(conn) => postgres::plans(conn, caught, new).iter().find_map(|plan| {
                let fault = postgres::fault(caught.purpose, plan, &self.large)?;
                Some((fault, postgres::shown(plan)))
            })?,
        };
        let Caught { sender, sql, binds, .. } = caught;
        Some(format!("{sender}: {fault}\n  {sql}\n  {binds:?}\n    {}\n", plan.join("\n    ")))
    }

    /// A judge that finds nothing wrong anywhere would be of no use.
    fn knows_bad_from_good(&mut self, conn: &mut Conn) {
        let limit = if matches!(conn, Conn::Sqlite(_)) { "LIMIT ?" } else { "LIMIT $1" };
        let mut is_bad = |purpose, sql: &str| {
            let binds = if purpose == Use::Page { vec![Bind::Number(PAGE)] } else { Vec::new() };
            let sql = sql.replace("LIMIT", limit);
            self.fault(conn, &Caught { sender: "a test".to_owned(), purpose, sql, binds }).is_some()
        };
        for (purpose, sql) in [
            (Use::Lookup, "SELECT id FROM procedure_versions WHERE summary = 'x'"),
            (Use::Lookup, "SELECT count(*) FROM procedure_facets"),
            (Use::Page, "SELECT id FROM procedure_versions ORDER BY checksum LIMIT"),
            (
                Use::Page,
                "SELECT value FROM procedure_facets WHERE facet = 'level' ORDER BY version_id || value LIMIT",
            ),
        ] {
            assert!(is_bad(purpose, sql), "nothing is found wrong with {sql}");
        }
        for (purpose, sql) in [
            (Use::Lookup, "SELECT summary FROM procedure_versions WHERE id = 'x'"),
            (Use::Lookup, "SELECT count(*) FROM units"),
            (Use::Page, "SELECT id FROM procedures ORDER BY id LIMIT"),
        ] {
            assert!(!is_bad(purpose, sql), "something is found wrong with {sql}");
        }
    }
}

fn large_tables(conn: &mut Conn) -> HashSet<String> {
    #[derive(QueryableByName)]
    struct Table {
        #[diesel(sql_type = Text)]
        name: String,
    }
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let tables = match conn {
        Conn::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'table'",
        Conn::Pg(_) => "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'",
    };
    let tables: Vec<Table> = diesel::sql_query(tables).load(conn).unwrap();
    let mut rows = |table: &str| {
        let query = diesel::sql_query(format!("SELECT count(*) AS rows FROM {table}"));
        query.get_result::<Counted>(conn).unwrap().rows
    };
    let large: HashSet<String> =
        tables.into_iter().map(|table| table.name).filter(|table| rows(table) > LARGE).collect();
    assert!(rows("procedure_versions") > 50_000 && large.len() > 10, "{large:?}");
    large
}
