//! Sending a file, or the part of it that is still missing.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use http_range::HttpRange;

use super::spool::{Finished, Format};
use crate::http::{ApiError, ProblemCode, file_body, knows};

/// The answer to a request for `file`.
pub fn respond(
    req: &HttpRequest,
    format: Format,
    mut file: File,
    finished: &Finished,
) -> io::Result<HttpResponse> {
    let text = |name| req.headers().get(name).and_then(|value| value.to_str().ok());
    // Sent compressed they are other bytes, which no part of the file fits.
    let packed = text(header::RANGE).is_none()
        && text(header::ACCEPT_ENCODING).is_some_and(|encodings| encodings.contains("gzip"));
    let packed_etag = format!("{}-gzip\"", finished.etag.trim_end_matches('"'));
    let etag = if packed { packed_etag.as_str() } else { finished.etag.as_str() };
    if knows(text(header::IF_NONE_MATCH), etag) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::ETAG, etag))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CONTENT_TYPE, format.media_type()))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", format.file_name()),
        ));
    // A part of a file that has changed meanwhile would be of no use.
    let same = text(header::IF_RANGE).is_none_or(|tag| tag == finished.etag);
    let wanted = text(header::RANGE).filter(|_| same);
    let ranges = wanted.map(|range| HttpRange::parse(range, finished.length));
    let left = match ranges {
        Some(Err(_)) => {
            let mut refusal = ApiError::new(ProblemCode::RangeNotSatisfiable).error_response();
            if let Ok(length) = HeaderValue::from_str(&format!("bytes */{}", finished.length)) {
                refusal.headers_mut().insert(header::CONTENT_RANGE, length);
            }
            return Ok(refusal);
        }
        Some(Ok(ranges)) if ranges.len() == 1 => {
            let HttpRange { start, length } = ranges[0];
            file.seek(SeekFrom::Start(start))?;
            let place = format!("bytes {start}-{}/{}", start + length - 1, finished.length);
            response
                .status(StatusCode::PARTIAL_CONTENT)
                .insert_header((header::CONTENT_RANGE, place))
                // Compressed, the part would not be a part of the file.
                .insert_header((header::CONTENT_ENCODING, "identity"));
            length
        }
        // Several parts at once are not worth their envelope: the whole file is right as well.
        _ => finished.length,
    };
    Ok(response.body(file_body(file, left)))
}
