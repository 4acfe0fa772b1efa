//! The files' operations.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, get, put, web};
use kstt_domain::policy::Action;
use kstt_persistence::documents;
use utoipa_actix_web::service_config::ServiceConfig;

use super::wire::{FileAnswer, FileBytes, FileView, MAX_BYTES, MEDIA_TYPES};
use super::work::{self, tag};
use crate::contract::problems;
use crate::http::{
    ApiError, Caller, FileBody, IfNoneMatch, ProblemCode, Visitor, canonical, knows, unsupported_type,
};

/// Bytes of a checksum are the same for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Store a form file
///
/// The body is the file itself, up to 20 MiB, of one of the types listed; its SHA-256 must be the one in
/// the path. Storing the same bytes again changes nothing, not even the type they were first stored with.
/// The file is served to everyone once some version of a procedure names its checksum.
#[utoipa::path(tag = "files", operation_id = "storeFile",
    params(("sha256" = String, Path, description = "SHA-256 of the body, in lower-case hexadecimal digits",
        min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$",
        example = "47f0c98cba92923be46d932bf2254811debd9e39630318f813d758789b739c83")),
    request_body(description = "The file", content(
        (FileBytes = "application/pdf"),
        (FileBytes = "application/msword"),
        (FileBytes = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (FileBytes = "application/vnd.ms-excel"),
        (FileBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (FileBytes = "application/vnd.oasis.opendocument.text"),
        (FileBytes = "application/vnd.oasis.opendocument.spreadsheet"),
        (FileBytes = "application/rtf"),
        (FileBytes = "text/rtf"),
        (FileBytes = "image/png"),
        (FileBytes = "image/jpeg"),
    )),
    responses((status = 201, description = "The file is stored", body = FileView),
        (status = 200, description = "The file was stored already", body = FileView), problems::Open, problems::Guarded,
        problems::Content),
    extensions(("x-action" = json!("files.store"))))]
#[put("/v1/files/{sha256}")]
async fn store_file(
    caller: Caller,
    sha256: web::Path<String>,
    body: FileBody<MAX_BYTES>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::StoreFile)?;
    let FileBody { media_type, bytes } = body;
    if !MEDIA_TYPES.contains(&media_type.as_str()) {
        return Err(unsupported_type(MEDIA_TYPES));
    }
    // Summing 20 MiB up would hold up everyone else on this thread.
    let content = bytes.clone();
    let actual =
        web::block(move || canonical(&content)).await.map_err(|_| ApiError::new(ProblemCode::Unavailable))?;
    work::check(&sha256, &actual, &bytes)?;
    // The same bytes as another type are another request.
    let request = format!("{media_type} {actual}");
    caller.write(&request, move |tx| work::store(tx, &actual, &media_type, &bytes)).await
}

/// Read a form file
///
/// The bytes as they were stored, for anyone, as long as some version of a procedure names them. They
/// never change and may be kept for ever.
#[utoipa::path(tag = "files", operation_id = "getFile", security(()),
    params(("sha256" = String, Path, description = "SHA-256 of the file, in lower-case hexadecimal digits",
        min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$",
        example = "47f0c98cba92923be46d932bf2254811debd9e39630318f813d758789b739c83"), IfNoneMatch),
    responses(FileAnswer, (status = 304, description = "Nothing changed"), problems::Open, problems::Missing),
)]
#[get("/v1/files/{sha256}")]
async fn get_file(visitor: Visitor, sha256: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let sha256 = sha256.into_inner();
    let tag = tag(&sha256);
    let is_known = knows(visitor.if_none_match.as_deref(), &tag);
    let (row, content) = visitor
        .read(move |conn| {
            if !documents::is_public(conn, &sha256)? {
                return Err(ApiError::not_found());
            }
            let row = documents::find(conn, &sha256)?.ok_or_else(ApiError::not_found)?;
            if is_known {
                return Ok((row, None));
            }
            let content = documents::content(conn, &sha256)?.ok_or_else(ApiError::not_found)?;
            Ok((row, Some(content)))
        })
        .await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, FOR_EVER));
    Ok(match content {
        None => response.status(StatusCode::NOT_MODIFIED).finish(),
        Some(content) => response
            .content_type(row.media_type)
            .insert_header((header::CONTENT_DISPOSITION, "attachment"))
            // Most of these types are compressed inside, and the tag stands for just these bytes.
            .insert_header((header::CONTENT_ENCODING, "identity"))
            .body(content),
    })
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(store_file).service(get_file);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_contract_names_the_types_and_the_length_that_are_taken() {
        let document = crate::contract::document();
        let file = &document["paths"]["/v1/files/{sha256}"];
        let mut taken = MEDIA_TYPES.to_vec();
        taken.sort_unstable();
        for content in [&file["put"]["requestBody"]["content"], &file["get"]["responses"]["200"]["content"]] {
            let mut named: Vec<&str> = content.as_object().unwrap().keys().map(String::as_str).collect();
            named.sort_unstable();
            assert_eq!(named, taken);
        }
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["FileBytes"]["maxLength"], json!(MAX_BYTES));
        assert_eq!(schemas["FileView"]["properties"]["size_bytes"]["maximum"], json!(MAX_BYTES));
    }
}
