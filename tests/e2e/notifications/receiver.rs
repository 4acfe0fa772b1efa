//! A receiver of webhooks that does what a test tells it to.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// One call as it came.
#[derive(Debug, Clone)]
pub struct Call {
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Call {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub fn event(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Heard {
    calls: Vec<Call>,
    /// Answers to give next, the last one again and again.
    answers: Vec<String>,
}

/// The receiver. It listens on loopback until the test ends.
pub struct Receiver {
    pub url: String,
    heard: Arc<Mutex<Heard>>,
}

impl Receiver {
    /// A receiver that answers with these statuses, the last one again and again.
    pub fn answering(statuses: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let answers = statuses.iter().map(|status| (*status).to_owned()).collect();
        let heard = Arc::new(Mutex::new(Heard { calls: Vec::new(), answers }));
        let shared = heard.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, &shared);
            }
        });
        Self { url, heard }
    }

    pub fn answer_with(&self, status: &str) {
        self.heard.lock().unwrap().answers = vec![status.to_owned()];
    }

    /// What has come since the last time.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.heard.lock().unwrap().calls)
    }
}

fn serve(mut stream: TcpStream, heard: &Mutex<Heard>) {
    let Some(call) = read(&mut stream) else { return };
    let mut heard = heard.lock().unwrap();
    heard.calls.push(call);
    let answer = if heard.answers.len() > 1 { heard.answers.remove(0) } else { heard.answers[0].clone() };
    let _ = write!(stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

fn read(stream: &mut TcpStream) -> Option<Call> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut part).ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&part[..length]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let headers: HashMap<String, String> = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let expected: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        if body.len() >= expected {
            return Some(Call { headers, body: body.to_owned() });
        }
    }
}
