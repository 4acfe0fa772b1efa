//! Legal documents that procedures rest on, and how many do on a day.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::FacetKind;
use crate::db::insert_row;
use crate::schema::{legal_documents, procedure_facets, procedure_versions};
use crate::{Conn, Error};

/// A legal document, as the first version that named it worded it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = legal_documents)]
pub struct LegalDocumentRow {
    pub key: String,
    pub number: Option<String>,
    pub title: Option<String>,
    pub issuer: Option<String>,
    pub issued_on: Option<NaiveDate>,
    pub created_at: NaiveDateTime,
}

/// A legal document as a version words it.
#[derive(Debug, Clone)]
pub struct NamedDocument {
    pub key: String,
    pub number: Option<String>,
    pub title: Option<String>,
    pub issuer: Option<String>,
    pub issued_on: Option<NaiveDate>,
}

/// A document that is known already keeps its words; what was left open is filled in.
pub(super) fn keep_document(
    conn: &mut Conn,
    document: &NamedDocument,
    now: NaiveDateTime,
) -> Result<(), Error> {
    type Words = (Option<String>, Option<String>, Option<NaiveDate>);
    let known: Option<Words> = legal_documents::table
        .find(&document.key)
        .select((legal_documents::title, legal_documents::issuer, legal_documents::issued_on))
        .first(conn)
        .optional()?;
    let Some((title, issuer, issued_on)) = known else {
        insert_row(
            conn,
            legal_documents::table,
            (
                legal_documents::key.eq(&document.key),
                legal_documents::number.eq(&document.number),
                legal_documents::title.eq(&document.title),
                legal_documents::issuer.eq(&document.issuer),
                legal_documents::issued_on.eq(document.issued_on),
                legal_documents::created_at.eq(now),
            ),
        )?;
        return Ok(());
    };
    let fuller = (
        title.clone().or_else(|| document.title.clone()),
        issuer.clone().or_else(|| document.issuer.clone()),
        issued_on.or(document.issued_on),
    );
    if fuller != (title, issuer, issued_on) {
        diesel::update(legal_documents::table.find(&document.key))
            .set((
                legal_documents::title.eq(fuller.0),
                legal_documents::issuer.eq(fuller.1),
                legal_documents::issued_on.eq(fuller.2),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Documents in the order of their keys, those that begin with `prefix`, after the key `after`.
pub fn documents(
    conn: &mut Conn,
    prefix: Option<&str>,
    created_since: Option<NaiveDateTime>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<LegalDocumentRow>, Error> {
    let mut query = legal_documents::table
        .into_boxed()
        .select(LegalDocumentRow::as_select())
        .order(legal_documents::key.asc())
        .limit(limit);
    if let Some(prefix) = prefix {
        // Keys are ASCII, so that nothing that begins with the prefix comes after this.
        query = query
            .filter(legal_documents::key.ge(prefix.to_owned()))
            .filter(legal_documents::key.lt(format!("{prefix}~")));
    }
    if let Some(since) = created_since {
        query = query.filter(legal_documents::created_at.ge(since));
    }
    if let Some(after) = after {
        query = query.filter(legal_documents::key.gt(after.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// The document of a key.
pub fn document(conn: &mut Conn, key: &str) -> Result<Option<LegalDocumentRow>, Error> {
    Ok(legal_documents::table.find(key).select(LegalDocumentRow::as_select()).first(conn).optional()?)
}

/// How many procedures in force on the day rest on each of these documents.
pub fn procedures_resting_on(
    conn: &mut Conn,
    keys: &[String],
    day: NaiveDate,
) -> Result<HashMap<String, i64>, Error> {
    let counted: Vec<(String, i64)> = procedure_facets::table
        .inner_join(procedure_versions::table)
        .filter(procedure_versions::valid_from.le(day))
        .filter(procedure_versions::valid_to.gt(day))
        .filter(procedure_facets::facet.eq(FacetKind::Document.code()))
        .filter(procedure_facets::value.eq_any(keys.to_vec()))
        .group_by(procedure_facets::value)
        .select((procedure_facets::value, count_star()))
        .load(conn)?;
    Ok(counted.into_iter().collect())
}

/// The places of a document that procedures in force on the day name, and how many name each.
pub fn places(conn: &mut Conn, key: &str, day: NaiveDate) -> Result<Vec<(String, i64)>, Error> {
    let (first, beyond) = (format!("{key}#"), format!("{key}#~"));
    let counted: Vec<(String, i64)> = procedure_facets::table
        .inner_join(procedure_versions::table)
        .filter(procedure_versions::valid_from.le(day))
        .filter(procedure_versions::valid_to.gt(day))
        .filter(procedure_facets::facet.eq(FacetKind::Article.code()))
        .filter(procedure_facets::value.ge(first.clone()))
        .filter(procedure_facets::value.lt(beyond))
        .group_by(procedure_facets::value)
        .order(procedure_facets::value.asc())
        .select((procedure_facets::value, count_star()))
        .load(conn)?;
    let place = |value: String| value.strip_prefix(&first).unwrap_or(&value).to_owned();
    Ok(counted.into_iter().map(|(value, count)| (place(value), count)).collect())
}
