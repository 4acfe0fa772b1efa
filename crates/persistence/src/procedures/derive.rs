//! What is derived from a version's content: facets, references, legal documents, files.
//!
//! The rules change with the program, the content never does: every version remembers by which
//! generation of the rules it was derived, and older ones are derived again in the background.

use diesel::prelude::*;
use kstt_domain::procedures::{KnownUnit, LegalBasis, ProcedureContent, findings, root_code, settling_units};

use super::legal::{NamedDocument, keep_document};
use super::{Facet, Gist, VersionRow, aftermath};
use crate::db::insert_row;
use crate::revision::Revisions;
use crate::schema::{
    procedure_facets, procedure_files, procedure_references, procedure_texts, procedure_versions,
};
use crate::{Conn, Error};

/// Raised whenever the same content would be derived otherwise than before.
pub(super) const GENERATION: i64 = 1;

/// How a version names another procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReferenceKind {
    Related,
    Interlinked,
}

impl ReferenceKind {
    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Related => "related",
            Self::Interlinked => "interlinked",
        }
    }
}

/// Everything derived from one content.
#[derive(Debug, Clone)]
pub struct Derived {
    pub facets: Vec<Facet>,
    pub references: Vec<(ReferenceKind, String)>,
    pub documents: Vec<NamedDocument>,
    /// SHA-256 of the files, hexadecimal.
    pub files: Vec<String>,
}

impl Derived {
    /// Derives all of it; `units` may be named as settling units.
    pub fn of(gist: &Gist, content: &ProcedureContent, units: &[KnownUnit]) -> Self {
        Self {
            facets: facets(gist, content, units),
            references: references(content),
            documents: sorted(content.legal_bases.iter().filter_map(named_document), |a| a.key.clone()),
            files: sorted(files(content), Clone::clone),
        }
    }

    /// Stores it beside its version.
    pub(super) fn store(&self, conn: &mut Conn, version: &VersionRow) -> Result<(), Error> {
        for facet in &self.facets {
            insert_facet(conn, version, facet)?;
        }
        for (kind, code) in &self.references {
            insert_row(
                conn,
                procedure_references::table,
                (
                    procedure_references::version_id.eq(&version.id),
                    procedure_references::kind.eq(kind.code()),
                    procedure_references::national_code.eq(code),
                ),
            )?;
        }
        for sha256 in &self.files {
            insert_row(
                conn,
                procedure_files::table,
                (procedure_files::version_id.eq(&version.id), procedure_files::sha256.eq(sha256)),
            )?;
        }
        self.documents.iter().try_for_each(|document| keep_document(conn, document, version.updated_at))
    }

    /// Whether the version's findings depend on what else is stored.
    pub(super) fn depends_on_others(&self) -> bool {
        !self.references.is_empty() || !self.files.is_empty()
    }
}

/// Derives up to `limit` versions again that older rules derived; answers how many there were.
pub fn derive_again(conn: &mut Conn, units: &[KnownUnit], limit: i64) -> Result<usize, Error> {
    let mut revisions = Revisions::begin(conn)?;
    let old: Vec<(VersionRow, String)> = procedure_versions::table
        .inner_join(procedure_texts::table)
        .filter(procedure_versions::derived.lt(GENERATION))
        .order(procedure_versions::derived.asc())
        .limit(limit)
        .select((VersionRow::as_select(), procedure_texts::content))
        .load(conn)?;
    for (version, content) in &old {
        diesel::delete(procedure_facets::table.filter(procedure_facets::version_id.eq(&version.id)))
            .execute(conn)?;
        diesel::delete(procedure_references::table.filter(procedure_references::version_id.eq(&version.id)))
            .execute(conn)?;
        diesel::delete(procedure_files::table.filter(procedure_files::version_id.eq(&version.id)))
            .execute(conn)?;
        match (version.summary(), serde_json::from_str(content)) {
            (Ok(summary), Ok(content)) => Derived::of(&summary.gist, &content, units).store(conn, version)?,
            // It stays unfound, and keeps no other waiting.
            (Err(error), _) => log::error!("version {} cannot be derived again: {error}", version.id),
            (_, Err(error)) => log::error!("version {} cannot be derived again: {error}", version.id),
        }
        diesel::update(procedure_versions::table.find(&version.id))
            .set((
                procedure_versions::derived.eq(GENERATION),
                procedure_versions::revision.eq(revisions.take()),
            ))
            .execute(conn)?;
    }
    let ids: Vec<String> = old.iter().map(|(version, _)| version.id.clone()).collect();
    aftermath::recheck(conn, &mut revisions, &ids)?;
    revisions.finish(conn)?;
    Ok(old.len())
}

/// Whether a version waits to be derived again.
pub fn waits_for_derivation(conn: &mut Conn) -> Result<bool, Error> {
    let found: Option<String> = procedure_versions::table
        .filter(procedure_versions::derived.lt(GENERATION))
        .select(procedure_versions::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

pub(super) fn insert_facet(conn: &mut Conn, version: &VersionRow, facet: &Facet) -> Result<(), Error> {
    insert_row(
        conn,
        procedure_facets::table,
        (
            procedure_facets::facet.eq(facet.kind.code()),
            procedure_facets::value.eq(&facet.value),
            procedure_facets::sort_key.eq(&version.sort_key),
            procedure_facets::version_id.eq(&version.id),
        ),
    )?;
    Ok(())
}

fn facets(gist: &Gist, content: &ProcedureContent, units: &[KnownUnit]) -> Vec<Facet> {
    let mut facets = vec![Facet::every()];
    facets.extend(gist.field.iter().map(|field| Facet::field(&field.slug)));
    facets.extend(settling_units(content, units).iter().map(|code| Facet::unit(code)));
    facets.extend(gist.levels.iter().copied().map(Facet::level));
    facets.extend(gist.service_level.clone().map(Facet::service_level));
    facets.extend(gist.subjects.iter().copied().map(Facet::subject));
    facets.extend(gist.channels.iter().copied().map(Facet::channel));
    facets.extend(findings(content).iter().map(|finding| Facet::finding(finding.code)));
    for basis in &content.legal_bases {
        let Some(key) = basis.document_key() else { continue };
        facets.extend(
            basis.articles.iter().flat_map(|place| place.places()).map(|place| Facet::article(&key, &place)),
        );
        facets.push(Facet::document(&key));
    }
    facets.sort();
    facets.dedup();
    facets
}

/// What is not a code cannot be followed; what is one is named without an agency's suffix.
fn references(content: &ProcedureContent) -> Vec<(ReferenceKind, String)> {
    let of = |kind, codes: &[String]| {
        codes.iter().filter_map(move |code| Some((kind, root_code(code)?.to_owned()))).collect::<Vec<_>>()
    };
    let mut all = of(ReferenceKind::Related, &content.related_procedures);
    all.extend(of(ReferenceKind::Interlinked, &content.interlinked_procedures));
    sorted(all.into_iter(), Clone::clone)
}

fn named_document(basis: &LegalBasis) -> Option<NamedDocument> {
    Some(NamedDocument {
        key: basis.document_key()?,
        number: basis.number.clone(),
        title: basis.title.clone(),
        issuer: basis.issuer.clone(),
        issued_on: basis.date.as_ref().and_then(|stated| stated.date),
    })
}

fn files(content: &ProcedureContent) -> impl Iterator<Item = String> {
    let of_forms = content.forms.iter().filter_map(|form| form.file.as_ref());
    let of_samples = content.sample_sets.iter().flat_map(|set| &set.files);
    of_forms.chain(of_samples).map(|file| file.sha256.clone())
}

fn sorted<T, K: Ord>(items: impl Iterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut all: Vec<T> = items.collect();
    all.sort_by_key(&key);
    all.dedup_by_key(|item| key(item));
    all
}
