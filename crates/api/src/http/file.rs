//! A file as the body of an answer, read off the event loop as the other side takes it.

use std::fs::File;
use std::future::Future;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{MessageBody, SizedStream};
use actix_web::web::{self, Bytes};
use futures_core::Stream;

/// Bytes read and sent at a time.
const CHUNK: u64 = 64 << 10;

/// The next `length` bytes of a file.
pub fn file_body(file: File, length: u64) -> impl MessageBody + 'static {
    SizedStream::new(length, Chunks { left: length, state: Reading::Rest(file) })
}

type ReadNext = Pin<Box<dyn Future<Output = io::Result<(File, Bytes)>>>>;

enum Reading {
    Rest(File),
    Busy(ReadNext),
    Done,
}

/// The rest of a file, read off the event loop.
struct Chunks {
    left: u64,
    state: Reading,
}

impl Stream for Chunks {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut self.state, Reading::Done) {
                Reading::Done => return Poll::Ready(None),
                Reading::Rest(_) if self.left == 0 => return Poll::Ready(None),
                Reading::Rest(file) => self.state = Reading::Busy(Box::pin(read(file, self.left.min(CHUNK)))),
                Reading::Busy(mut next) => {
                    let Poll::Ready(read) = next.as_mut().poll(context) else {
                        self.state = Reading::Busy(next);
                        return Poll::Pending;
                    };
                    return Poll::Ready(Some(read.map(|(file, bytes)| {
                        self.left -= bytes.len() as u64;
                        self.state = Reading::Rest(file);
                        bytes
                    })));
                }
            }
        }
    }
}

async fn read(mut file: File, length: u64) -> io::Result<(File, Bytes)> {
    let read = web::block(move || {
        let mut bytes = vec![0; length as usize];
        file.read_exact(&mut bytes)?;
        Ok((file, Bytes::from(bytes)))
    });
    read.await.map_err(io::Error::other)?
}
