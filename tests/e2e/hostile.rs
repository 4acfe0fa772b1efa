//! Whatever is sent, the answer is a clear refusal, and the server goes on.

mod addresses;
mod bodies;
mod headers;
mod limits;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::city::{Answer, City};

/// Checks that an answer is a well-formed refusal of the client.
#[track_caller]
fn is_refusal(what: &str, answer: &Answer) {
    let problem = &answer.body;
    assert!((400..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.text);
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}: {}", answer.text);
    assert_eq!(problem["status"], answer.status, "{what}");
    assert!(!answer.code().is_empty(), "{what}: {}", answer.text);
    assert_eq!(problem["type"], format!("/problems/{}", answer.code()), "{what}");
    assert!(problem["trace_id"].as_str().is_some_and(|id| id.len() == 32), "{what}: {}", answer.text);
    assert_eq!(problem["trace_id"], answer.header("x-trace-id"), "{what}");
}

/// Checks that the server still answers.
#[track_caller]
fn is_alive(city: &City) {
    city.get("/health/ready").expect(200);
    city.get("/v1/units?limit=1").expect(200);
}

/// Every byte percent-encoded.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Sends bytes as they are and answers the status and all that came back; 0 when nothing did.
fn raw(city: &City, head: &str, body: &[u8]) -> (u16, String) {
    let address = city.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut sender = stream.try_clone().unwrap();
    let bytes = [head.replace('\n', "\r\n").as_bytes(), b"\r\n", body].concat();
    let sending = std::thread::spawn(move || sender.write_all(&bytes));
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut piece) {
        answer.extend_from_slice(&piece[..length]);
    }
    let _ = sending.join().unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, text)
}
