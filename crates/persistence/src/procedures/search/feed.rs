//! Feeding the index from the database, in the order of revisions.

use std::collections::HashMap;

use diesel::prelude::*;
use tantivy::{IndexWriter, Term};

use super::document::{Entry, Searched, facet_term};
use super::layout::Layout;
use crate::index_storage::{Mark, Storage};
use crate::procedures::VersionRow;
use crate::schema::{procedure_facets, procedure_texts, procedure_versions, procedures};
use crate::{Conn, Error, revision};

/// Versions read at once.
const PAGE: i64 = 200;

/// The one writer of an index.
pub(super) struct Feeder {
    storage: Storage,
    writer: IndexWriter,
    layout: Layout,
}

impl Feeder {
    pub fn new(storage: Storage, layout: Layout) -> Result<Self, Error> {
        let writer = storage.writer()?;
        Ok(Self { storage, writer, layout })
    }

    /// The revision up to which everything is indexed.
    pub fn reached(&self) -> i64 {
        self.storage.mark.revision
    }

    /// Indexes what was written since the last time, all of it or nothing; answers whether there was
    /// anything.
    pub fn catch_up(&mut self, conn: &mut Conn) -> Result<bool, Error> {
        let target = revision(conn)?.procedures;
        let registry = oldest_procedure(conn)?;
        let mark = &self.storage.mark;
        let same_registry = mark.registry == registry && mark.revision <= target;
        if same_registry && mark.revision == target {
            return Ok(false);
        }
        let start = if same_registry { mark.clone() } else { Mark::start_of(registry) };
        match self.index_between(conn, start, target) {
            Ok(reached) => {
                self.storage.mark = reached;
                Ok(true)
            }
            Err(error) => {
                self.writer.rollback()?;
                Err(error)
            }
        }
    }

    /// Indexes from `mark` on, at least to the revision `target`.
    fn index_between(&mut self, conn: &mut Conn, mut mark: Mark, target: i64) -> Result<Mark, Error> {
        if mark.revision == 0 {
            self.writer.delete_all_documents()?;
        }
        loop {
            let page = page_after(conn, mark.revision)?;
            let Some((last, _)) = page.last() else { break };
            mark.revision = last.revision;
            for entry in entries(conn, page)? {
                self.writer.delete_term(Term::from_field_text(self.layout.version_id, &entry.version_id));
                self.writer.add_document(self.layout.document(&entry)?)?;
            }
        }
        mark.revision = mark.revision.max(target);
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&serde_json::to_string(&mark)?);
        commit.commit()?;
        Ok(mark)
    }
}

fn oldest_procedure(conn: &mut Conn) -> Result<Option<String>, Error> {
    Ok(procedures::table.select(procedures::id).order(procedures::id.asc()).first(conn).optional()?)
}

/// A version with its content.
type Written = (VersionRow, String);

fn page_after(conn: &mut Conn, revision: i64) -> Result<Vec<Written>, Error> {
    Ok(procedure_versions::table
        .inner_join(procedure_texts::table)
        .filter(procedure_versions::revision.gt(revision))
        .order(procedure_versions::revision.asc())
        .limit(PAGE)
        .select((VersionRow::as_select(), procedure_texts::content))
        .load(conn)?)
}

fn entries(conn: &mut Conn, page: Vec<Written>) -> Result<Vec<Entry>, Error> {
    let ids: Vec<&str> = page.iter().map(|(version, _)| version.id.as_str()).collect();
    let rows: Vec<(String, String, String)> = procedure_facets::table
        .filter(procedure_facets::version_id.eq_any(ids))
        .select((procedure_facets::version_id, procedure_facets::facet, procedure_facets::value))
        .load(conn)?;
    let mut facets: HashMap<String, Vec<String>> = HashMap::new();
    for (version_id, facet, value) in rows {
        facets.entry(version_id).or_default().push(facet_term(&facet, &value));
    }
    let entry = |(version, content): Written| Entry {
        facets: facets.remove(&version.id).unwrap_or_default(),
        searched: searched(&version, &content),
        version_id: version.id,
        sort_key: version.sort_key,
        valid_from: version.valid_from,
        valid_to: version.valid_to,
        updated_at: version.updated_at,
    };
    Ok(page.into_iter().map(entry).collect())
}

/// One unreadable content must not keep all later versions from being found.
fn searched(version: &VersionRow, content: &str) -> Searched {
    serde_json::from_str(content).unwrap_or_else(|error| {
        log::error!("the content of version {} cannot be searched: {error}", version.id);
        Searched::default()
    })
}
