//! Answers to HEAD: what GET would have been answered, without its body.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;

/// Keeps the body back. Its length is told where it is known, and no length where it is not.
pub fn without_body(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let length = match response.response().body().size() {
        BodySize::None => return response,
        BodySize::Sized(length) => Some(length),
        BodySize::Stream => None,
    };
    let mut response = response.map_body(|_, _| BoxBody::new(Withheld));
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response.response_mut().head_mut().no_chunking(true);
    response
}

/// A body that never comes.
struct Withheld;

impl MessageBody for Withheld {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        // The server leaves the length in the headers alone where the body has none of its own.
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}
