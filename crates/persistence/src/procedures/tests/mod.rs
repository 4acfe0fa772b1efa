//! The registry on an embedded database in a temporary directory, with composed rows.

mod import;
mod list;
mod ranking;
mod search;
mod time;

use std::path::PathBuf;

use chrono::{NaiveDate, NaiveDateTime};
use kstt_domain::policy::{Actor, Permit, Target, actions, permit};
use kstt_domain::procedures::{SourceChannel, SourceComponent, SourceRow, parse};
use tempfile::TempDir;

use super::*;
use crate::{Conn, Db, Error, revision};

/// A registry of its own for one test.
struct Registry {
    directory: TempDir,
    db: Db,
    ids: u32,
}

impl Registry {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let target = crate::Target::Sqlite(directory.path().join("test.db"));
        let db = Db::open(&target, 2).unwrap();
        db.migrate().unwrap();
        Self { directory, db, ids: 0 }
    }

    fn with(rows: &[SourceRow]) -> Self {
        let mut registry = Self::new();
        registry.import(rows, None);
        registry
    }

    fn import(&mut self, rows: &[SourceRow], valid_from: Option<NaiveDate>) -> Vec<RowOutcome> {
        let options = ImportOptions { city: "can-tho".into(), valid_from };
        let rows: Vec<Prepared> = rows.iter().map(prepared).collect();
        let ids = &mut self.ids;
        let new_id = || {
            *ids += 1;
            format!("id-{ids:06}")
        };
        let written = self
            .db
            .write(|conn| import_batch(conn, &importer(), &rows, &options, moment("2019-03-04"), new_id));
        written.unwrap()
    }

    fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Error>) -> T {
        self.db.read(work).unwrap()
    }

    fn index_directory(&self) -> PathBuf {
        self.directory.path().join("search")
    }

    fn index(&self) -> SearchIndex {
        let index = SearchIndex::open(&self.index_directory()).unwrap();
        self.read(|conn| index.catch_up(conn));
        index
    }

    /// Names found, best first.
    fn names(&self, index: &SearchIndex, text: &str, on: &str) -> Vec<String> {
        let query = Query { text, day: day(on), filter: &Filter::default(), after: None, limit: 50 };
        let hits = index.search(&query).unwrap();
        assert_eq!(hits.total, hits.items.len());
        let ids: Vec<String> = hits.items.into_iter().map(|hit| hit.version_id).collect();
        names(self.read(|conn| by_version_ids(conn, &ids, day(on))))
    }
}

fn importer() -> Permit<actions::ImportProcedures> {
    permit(&Actor::system("test"), &Target::city("registry")).unwrap()
}

fn prepared(row: &SourceRow) -> Prepared {
    prepare(&parse(row), serde_json::to_string(row).unwrap(), &[]).unwrap()
}

fn row(code: &str, name: &str) -> SourceRow {
    SourceRow {
        code: Some(code.into()),
        name: Some(name.into()),
        level: vec!["xã".into()],
        ..SourceRow::default()
    }
}

fn summary(version: &VersionRow) -> Summary {
    serde_json::from_str(&version.summary).unwrap()
}

fn names(versions: Vec<VersionRow>) -> Vec<String> {
    versions.iter().map(|version| summary(version).gist.name).collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn moment(text: &str) -> NaiveDateTime {
    day(text).and_hms_opt(1, 0, 0).unwrap()
}
