//! What actix-web alone reaches on this machine: bodies from memory, no database, no log, no rules.
//! `kstt-bare --listen 127.0.0.1:PORT --workers N DIR` reads `0000.json`, `0001.json`, … from DIR, each
//! with its entity tag in `0000.etag` if it has one, and answers `/b/0` with the body, `/n/0` with 304.

use std::io;
use std::path::{Path, PathBuf};

use actix_web::http::header::{self, HeaderValue};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, get, web};

struct Kept {
    body: web::Bytes,
    etag: Option<HeaderValue>,
}

impl Kept {
    fn answer(&self) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")));
        if let Some(etag) = &self.etag {
            response.insert_header((header::ETAG, etag.clone()));
        }
        response.body(self.body.clone())
    }
}

#[get("/b/{n}")]
async fn body(kept: web::Data<Vec<Kept>>, n: web::Path<usize>) -> HttpResponse {
    kept.get(*n).map_or_else(|| HttpResponse::NotFound().finish(), Kept::answer)
}

#[get("/n/{n}")]
async fn unless_changed(kept: web::Data<Vec<Kept>>, n: web::Path<usize>, req: HttpRequest) -> HttpResponse {
    let Some(one) = kept.get(*n) else { return HttpResponse::NotFound().finish() };
    match &one.etag {
        Some(etag) if req.headers().get(header::IF_NONE_MATCH) == Some(etag) => {
            HttpResponse::NotModified().insert_header((header::ETAG, etag.clone())).finish()
        }
        _ => one.answer(),
    }
}

fn read(directory: &Path) -> io::Result<Vec<Kept>> {
    let mut kept = Vec::new();
    loop {
        let file = directory.join(format!("{:04}.json", kept.len()));
        if !file.exists() {
            return Ok(kept);
        }
        let tag = file.with_extension("etag");
        let etag = match tag.exists() {
            true => Some(HeaderValue::from_bytes(&std::fs::read(&tag)?).map_err(io::Error::other)?),
            false => None,
        };
        kept.push(Kept { body: std::fs::read(&file)?.into(), etag });
    }
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let usage = || io::Error::other("usage: kstt-bare --listen ADDR:PORT --workers N DIR");
    let (mut listen, mut workers, mut directory) = (None, None, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--listen" => listen = args.next(),
            "--workers" => workers = args.next().and_then(|count| count.parse::<usize>().ok()),
            _ => directory = Some(PathBuf::from(arg)),
        }
    }
    let (Some(listen), Some(workers), Some(directory)) = (listen, workers, directory) else {
        return Err(usage());
    };
    let kept = web::Data::new(read(&directory)?);
    HttpServer::new(move || App::new().app_data(kept.clone()).service(body).service(unless_changed))
        .workers(workers)
        .bind(listen)?
        .run()
        .await
}
