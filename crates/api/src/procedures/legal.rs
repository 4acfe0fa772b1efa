//! Legal documents, and which procedures rest on them.

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::procedures::document_key_prefix;
use kstt_persistence::Conn;
use kstt_persistence::procedures::{self as registry, LegalDocumentRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::read::DayQuery;
use crate::contract::problems;
use crate::http::{ApiError, Cursor, IfNoneMatch, Page, Params, Reply, Visitor, as_of, limit, stored_moment};
use crate::remember::Source;

/// A legal document that procedures rest on, worded as the first procedure that named it does.
#[derive(Debug, Serialize, ToSchema)]
pub struct LegalDocumentItem {
    /// Stands for it in addresses and filters.
    #[schema(max_length = 120, example = "123-2015-nd-cp")]
    key: String,
    /// Number and symbol, such as 123/2015/NĐ-CP.
    #[schema(max_length = 1000)]
    number: Option<String>,
    #[schema(max_length = 30_000)]
    title: Option<String>,
    #[schema(max_length = 30_000)]
    issuer: Option<String>,
    issued_on: Option<NaiveDate>,
    /// Procedures in force on the day that rest on it.
    #[schema(format = "int64", minimum = 0, maximum = 10_000_000)]
    procedures: i64,
    /// The list of these procedures.
    #[schema(max_length = 300)]
    procedures_href: String,
}

impl LegalDocumentItem {
    fn of(row: LegalDocumentRow, procedures: i64, day: NaiveDate) -> Self {
        Self {
            procedures_href: format!("/v1/procedures?as_of={day}&legal_document={}", row.key),
            key: row.key,
            number: row.number,
            title: row.title,
            issuer: row.issuer,
            issued_on: row.issued_on,
            procedures,
        }
    }
}

/// A legal document with the places procedures name in it.
#[derive(Debug, Serialize, ToSchema)]
struct LegalDocumentView {
    #[serde(flatten)]
    document: LegalDocumentItem,
    /// Articles, clauses and points; an article counts those that name any place in it.
    #[schema(max_items = 10_000)]
    places: Vec<PlaceView>,
}

/// A place in a legal document.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceView {
    /// Article, article.clause or article.clause.point.
    #[schema(max_length = 20, example = "5.2.a")]
    place: String,
    /// Procedures in force on the day that name it.
    #[schema(format = "int64", minimum = 1, maximum = 10_000_000)]
    procedures: i64,
    /// The list of these procedures.
    #[schema(max_length = 300)]
    procedures_href: String,
}

/// Which legal documents are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DocumentsQuery {
    /// Only documents whose number begins so, in any spelling: `123/2015`.
    #[param(min_length = 1, max_length = 100, example = "123/2015")]
    number: Option<String>,
    /// The day of the counts; today when missing.
    as_of: Option<NaiveDate>,
    /// Only documents first named at this moment or later.
    updated_since: Option<DateTime<Utc>>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// List legal documents
///
/// Every document that a procedure was ever said to rest on, in the order of keys, with the number of
/// procedures in force on the day that do.
#[utoipa::path(tag = "legal-documents", operation_id = "listLegalDocuments", security(()), params(DocumentsQuery),
    responses((status = 200, description = "A page of documents", body = Page<LegalDocumentItem>), problems::Open))]
#[get("/v1/legal-documents")]
pub async fn list_documents(
    visitor: Visitor,
    query: Params<DocumentsQuery>,
) -> Result<HttpResponse, ApiError> {
    let query = query.0;
    let size = limit(query.limit)?;
    let secret = visitor.app.cursor_secret().to_vec();
    let filters = format!("legal {:?} {:?}", query.number, query.updated_since);
    let cursor = query.cursor.as_deref().map(|text| Cursor::open(text, &filters, &secret)).transpose()?;
    let day = as_of(cursor.as_ref().and_then(|cursor| cursor.as_of).or(query.as_of), visitor.today());
    let work = move |conn: &mut Conn| {
        let prefix = query.number.as_deref().map(document_key_prefix);
        let since = query.updated_since.map(stored_moment);
        let after = cursor.map(|cursor| cursor.key);
        let rows =
            registry::documents(conn, prefix.as_deref(), since, after.as_deref(), i64::from(size) + 1)?;
        let keys: Vec<String> = rows.iter().map(|row| row.key.clone()).collect();
        let counts = registry::procedures_resting_on(conn, &keys, day)?;
        let view = |row: LegalDocumentRow| {
            let procedures = counts.get(&row.key).copied().unwrap_or_default();
            LegalDocumentItem::of(row, procedures, day)
        };
        let next = |row: &LegalDocumentRow| Cursor::after(&row.key, "", &filters, Some(day)).seal(&secret);
        Reply::ok(&Page::of(rows, usize::from(size), None, next, view))
    };
    visitor.remembered(Source::Database, work).await
}

/// Read a legal document
///
/// With the articles, clauses and points that procedures in force on the day name, and how many do.
#[utoipa::path(tag = "legal-documents", operation_id = "getLegalDocument", security(()),
    params(("key" = String, Path, description = "Key of the document", max_length = 120, example = "123-2015-nd-cp"),
        DayQuery, IfNoneMatch),
    responses((status = 200, description = "The document", body = LegalDocumentView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Missing))]
#[get("/v1/legal-documents/{key}")]
pub async fn get_document(
    visitor: Visitor,
    key: web::Path<String>,
    query: Params<DayQuery>,
) -> Result<HttpResponse, ApiError> {
    let day = as_of(query.0.as_of, visitor.today());
    let work = move |conn: &mut Conn| {
        let row = registry::document(conn, &key)?.ok_or_else(ApiError::not_found)?;
        let counts = registry::procedures_resting_on(conn, std::slice::from_ref(&row.key), day)?;
        let procedures = counts.get(&row.key).copied().unwrap_or_default();
        let place = |(place, procedures): (String, i64)| PlaceView {
            procedures_href: format!("/v1/procedures?as_of={day}&legal_document={}&article={place}", row.key),
            place,
            procedures,
        };
        let places = registry::places(conn, &row.key, day)?.into_iter().map(place).collect();
        let document = LegalDocumentItem::of(row.clone(), procedures, day);
        Ok(Reply::ok(&LegalDocumentView { document, places })?.tagged(0))
    };
    visitor.remembered(Source::Database, work).await
}
