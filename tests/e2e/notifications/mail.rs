//! Notifications as mail, to a mail server of the test's own.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use serde_json::json;

use super::text;
use crate::city::City;
use crate::obligations::open_term;

/// A mail server that takes everything, or nothing.
struct MailServer {
    url: String,
    mails: Arc<Mutex<Vec<String>>>,
    refusing: Arc<Mutex<bool>>,
}

impl MailServer {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (mails, refusing) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(false)));
        let shared = (mails.clone(), refusing.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (mails, refusing) = shared.clone();
                std::thread::spawn(move || converse(stream, &mails, &refusing));
            }
        });
        Self { url, mails, refusing }
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.mails.lock().unwrap())
    }
}

fn converse(stream: TcpStream, mails: &Mutex<Vec<String>>, refusing: &Mutex<bool>) -> Option<()> {
    let mut out = stream.try_clone().ok()?;
    out.write_all(b"220 test\r\n").ok()?;
    let (mut letter, mut in_letter) = (String::new(), false);
    for line in BufReader::new(stream).lines() {
        let line = line.ok()?;
        if in_letter {
            if line == "." {
                mails.lock().unwrap().push(std::mem::take(&mut letter));
                in_letter = false;
                out.write_all(b"250 taken\r\n").ok()?;
            } else {
                letter.push_str(&line);
                letter.push('\n');
            }
            continue;
        }
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-test\r\n250 8BITMIME\r\n",
            "MAIL" if *refusing.lock().unwrap() => "451 later\r\n",
            "RCPT" if line.contains("nobody@") => "550 no such mailbox\r\n",
            "DATA" => {
                in_letter = true;
                "354 go on\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        out.write_all(answer.as_bytes()).ok()?;
    }
    Some(())
}

#[test]
fn who_has_an_address_gets_mail_once_and_a_failing_server_is_tried_again() {
    let server = MailServer::start();
    let city = City::with(&[("KSTT_SMTP_URL", &server.url), ("KSTT_MAIL_FROM", "kstt <kstt@city.example>")]);
    let (admin, controller) = (city.login("admin.vpubnd"), city.login("controller.vpubnd"));
    city.work_once();
    assert!(server.take().is_empty(), "nobody has an address");
    let id = text(&city.login("officer.sxd").get("/v1/me").expect(200).body["account"]["id"]);
    let path = format!("/v1/accounts/{id}");
    let address = json!({ "display_name": "Nguyễn Thị Ánh", "email": "anh@city.example", "disabled": false });
    let etag = admin.get(&path).expect(200).etag();
    admin.send("PUT", &path).header("If-Match", &etag).json(address).answer().expect(200);
    let give = || {
        let duty = open_term(&city, "K-44", "SXD", "2019-03-04T01:00:00Z");
        let etag = controller.get(&format!("/v1/obligations/{duty}")).expect(200).etag();
        let path = format!("/v1/obligations/{duty}/assign");
        controller
            .send("POST", &path)
            .header("If-Match", &etag)
            .json(json!({ "officer_id": id }))
            .answer()
            .expect(200);
    };
    give();
    city.work_once();
    let mails = server.take();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: ") && mails[0].contains("<anh@city.example>"), "{}", mails[0]);
    assert!(mails[0].contains("From: ") && mails[0].contains("Message-ID: <"), "{}", mails[0]);
    *server.refusing.lock().unwrap() = true;
    give();
    city.work_once();
    assert!(server.take().is_empty());
    *server.refusing.lock().unwrap() = false;
    city.work_once();
    assert!(server.take().is_empty(), "the server is left alone a while");
    city.clock.let_pass(TimeDelta::minutes(1));
    city.work_once();
    assert_eq!(server.take().len(), 1);
}

#[test]
fn a_citizen_is_told_that_it_came_and_that_there_is_news_without_a_word_of_it() {
    let server = MailServer::start();
    let city = City::with(&[("KSTT_SMTP_URL", &server.url), ("KSTT_MAIL_FROM", "kstt <kstt@city.example>")]);
    let receipt = crate::feedback::transferred(&city, "regulation", "SXD");
    city.work_once();
    let mails = server.take();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].contains("<an@example.com>") && !mails[0].contains(&receipt.secret), "{}", mails[0]);
    let officer = city.login("officer.sxd");
    crate::feedback::act(&officer, &receipt.code, "update", json!({ "text": "Đang xác minh." })).expect(200);
    city.work_once();
    assert_eq!(server.take().len(), 1);
    let mut silent = crate::feedback::letter();
    silent["sender"].as_object_mut().unwrap().remove("email");
    crate::feedback::send(&city, silent);
    city.work_once();
    assert!(server.take().is_empty());
}

#[test]
fn a_mailbox_that_is_not_there_keeps_nobody_elses_mail() {
    let server = MailServer::start();
    let city = City::with(&[("KSTT_SMTP_URL", &server.url), ("KSTT_MAIL_FROM", "kstt <kstt@city.example>")]);
    for email in ["nobody@example.com", "not an, address@example.com", "an@example.com"] {
        let mut letter = crate::feedback::letter();
        letter["sender"]["email"] = json!(email);
        crate::feedback::send(&city, letter);
        city.work_once();
    }
    let mails = server.take();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].contains("<an@example.com>"), "{}", mails[0]);
}
