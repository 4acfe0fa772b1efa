//! Files that come with feedback: what is taken, who may have it, and what a scanner says of it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use chrono::TimeDelta;
use serde_json::json;

use super::{Receipt, act, letter, send, transferred};
use crate::city::{Answer, City, Person};

pub const PDF: &[u8] = b"%PDF-1.4\n%%EOF\n";
/// What the scanner of these tests finds.
const BAD: &[u8] = b"%PDF-1.4\nEICAR\n%%EOF\n";
const PDF_SUM: &str = "14bcd090baf31edba64e9cbd8cdfc15f943344aa72cb3675ad8e91bfcbce03ad";

/// Adds a file on behalf of the office.
pub fn attach(person: &Person<'_>, id: &str, name: &str, content: &[u8]) -> Answer {
    let path = format!("/v1/feedback/{id}/files?name={name}");
    person.send("POST", &path).bytes("application/octet-stream", content.to_vec()).answer()
}

/// Adds a file as its sender.
pub fn attach_own(city: &City, receipt: &Receipt, name: &str, content: &[u8]) -> Answer {
    let path = format!("/v1/public/feedback/{}/files?name={name}", receipt.code);
    city.send("POST", &path)
        .header("Feedback-Secret", &receipt.secret)
        .bytes("application/pdf", content.to_vec())
        .answer()
}

fn own_files(city: &City, receipt: &Receipt) -> Answer {
    let path = format!("/v1/public/feedback/{}/files", receipt.code);
    city.send("GET", &path).header("Feedback-Secret", &receipt.secret).answer()
}

fn files(person: &Person<'_>, id: &str) -> Vec<serde_json::Value> {
    person.get(&format!("/v1/feedback/{id}/files")).expect(200).body["items"].as_array().unwrap().clone()
}

fn link(person: &Person<'_>, id: &str, file: &serde_json::Value) -> Answer {
    let file = file["id"].as_str().unwrap();
    person.post(&format!("/v1/feedback/{id}/files/{file}/link"), json!({}))
}

/// How to do one operation on files so that it succeeds. None: it is not about files.
pub fn recipe<'c>(city: &'c City, id: &str) -> Option<Box<dyn Fn() -> Answer + 'c>> {
    let officer = city.login("officer.sxd");
    let once: Box<dyn Fn() -> Answer + 'c> = match id {
        "attachToFeedback" => {
            let code = transferred(city, "regulation", "SXD").code;
            Box::new(move || attach(&officer, &code, "a.pdf", PDF))
        }
        "attachToOwnFeedback" => {
            let receipt = send(city, letter());
            Box::new(move || attach_own(city, &receipt, "a.pdf", PDF))
        }
        "linkFeedbackFile" => {
            let code = transferred(city, "regulation", "SXD").code;
            let file = attach(&officer, &code, "a.pdf", PDF).expect(201).body;
            Box::new(move || link(&officer, &code, &file))
        }
        _ => return None,
    };
    Some(once)
}

/// How many objects lie in the file store.
fn stored(city: &City) -> usize {
    fn count(directory: &std::path::Path) -> usize {
        let Ok(entries) = std::fs::read_dir(directory) else { return 0 };
        entries.flatten().map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
    }
    count(&city.scratch.0.join("files"))
}

/// A packed file of empty parts that claim to unpack to so many bytes.
fn packed(parts: &[(&str, u32)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, claimed) in parts {
        let offset = u32::try_from(bytes.len()).unwrap();
        // Version 20, no flags, stored, 1980-01-01, no checksum, nothing packed.
        let common = [
            &20_u16.to_le_bytes()[..],
            &[0; 4],
            &[0, 0, 0x21, 0],
            &[0; 8],
            &claimed.to_le_bytes(),
            &u16::try_from(name.len()).unwrap().to_le_bytes(),
            &[0; 2],
        ]
        .concat();
        bytes.extend([&b"PK\x03\x04"[..], &common, name.as_bytes()].concat());
        directory.extend([&b"PK\x01\x02"[..], &20_u16.to_le_bytes(), &common, &[0; 10]].concat());
        directory.extend([&offset.to_le_bytes()[..], name.as_bytes()].concat());
    }
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    let start = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    bytes.extend(directory);
    bytes.extend([&b"PK\x05\x06"[..], &[0; 4], &count, &count, &length, &start, &[0; 2]].concat());
    bytes
}

#[test]
fn a_file_goes_up_and_comes_down_by_an_address_that_ends() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    let sent = attach_own(&city, &receipt, "Bi%C3%AAn%20nh%E1%BA%ADn.pdf", PDF).expect(201);
    assert_eq!(
        sent.body,
        json!({ "name": "Biên nhận.pdf", "size_bytes": PDF.len(), "state": "not_scanned" })
    );
    assert_eq!(own_files(&city, &receipt).expect(200).body["items"], json!([sent.body]));
    let path = format!("/v1/public/feedback/{}/files", receipt.code);
    assert_eq!(city.send("GET", &path).header("Feedback-Secret", "wrong").answer().status, 404);

    let officer = city.login("officer.sxd");
    let held = files(&officer, &receipt.code);
    assert_eq!(held.len(), 1);
    let told = ["media_type", "sha256", "state", "by_citizen"].map(|field| held[0][field].clone());
    assert_eq!(told, [json!("application/pdf"), json!(PDF_SUM), json!("not_scanned"), json!(true)]);

    let given = link(&officer, &receipt.code, &held[0]).expect(200).body;
    let address = given["address"].as_str().unwrap();
    let file = city.get(address).expect(200);
    assert_eq!(file.text.as_bytes(), PDF);
    for (name, value) in [
        ("content-type", "application/pdf"),
        (
            "content-disposition",
            "attachment; filename=\"Bi_n nh_n.pdf\"; filename*=UTF-8''Bi%C3%AAn%20nh%E1%BA%ADn.pdf",
        ),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "private, no-store"),
    ] {
        assert_eq!(file.header(name), value, "{name}");
    }
    city.send("GET", address).header("Accept", "application/pdf").answer().expect(200);
    let (last, changed) = (address.len() - 1, if address.ends_with('A') { "B" } else { "A" });
    assert_eq!(city.get(&format!("{}{changed}", &address[..last - 1])).status, 404);
    assert_eq!(city.get("/v1/downloads/x").status, 404);
    city.clock.let_pass(TimeDelta::minutes(6));
    assert_eq!(city.get(address).status, 404);
}

#[test]
fn what_is_no_document_is_refused_and_not_stored() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    let office = city.login("officer.sxd");
    let bomb = packed(&[("[Content_Types].xml", 0), ("word/document.xml", 3_000_000_000)]);
    let archive = packed(&[("a.txt", 0)]);
    let macros = packed(&[("[Content_Types].xml", 0), ("word/document.xml", 0), ("word/vbaProject.bin", 0)]);
    let refused: [(&[u8], &str); 7] = [
        (b"", "empty"),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0", "type_not_allowed"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "type_not_allowed"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "type_not_allowed"),
        (&archive, "type_not_allowed"),
        (&macros, "type_not_allowed"),
        (&bomb, "unpacks_too_large"),
    ];
    for (content, code) in refused {
        for answer in
            [attach_own(&city, &receipt, "a.pdf", content), attach(&office, &receipt.code, "a.pdf", content)]
        {
            let answer = answer.expect(422);
            assert_eq!(answer.body["errors"][0]["code"], code, "{}", answer.text);
        }
    }
    let answer = attach(&office, &receipt.code, "%2F", PDF).expect(422);
    assert_eq!(answer.body["errors"][0]["code"], "name");
    let long = vec![b' '; 21 << 20];
    assert_eq!(attach_own(&city, &receipt, "a.pdf", &long).expect(413).code(), "payload_too_large");
    assert_eq!(
        city.login("officer.d916")
            .post(&format!("/v1/feedback/{}/files?name=a", receipt.code), json!({}))
            .status,
        404
    );
    let wrong = Receipt { code: receipt.code.clone(), secret: "wrong".into() };
    assert_eq!(attach_own(&city, &wrong, "a.pdf", PDF).status, 404);
    assert_eq!((stored(&city), files(&office, &receipt.code).len()), (0, 0));

    let word = packed(&[("[Content_Types].xml", 10), ("word/document.xml", 1000)]);
    let taken = attach(&office, &receipt.code, "C%3A%5Cx%5Cdon.exe", &word).expect(201).body;
    assert_eq!(taken["name"], "don.exe.docx");
    assert!(taken["media_type"].as_str().unwrap().ends_with("wordprocessingml.document"), "{taken}");
    assert_eq!(
        own_files(&city, &receipt).expect(200).body["items"],
        json!([]),
        "files of the office are its own"
    );
}

#[test]
fn an_item_has_ten_files_and_none_when_it_is_over() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    for _ in 0..10 {
        attach_own(&city, &receipt, "a.pdf", PDF).expect(201);
    }
    assert_eq!(attach_own(&city, &receipt, "a.pdf", PDF).expect(409).code(), "conflict");
    assert_eq!(stored(&city), 10);
    let over = send(&city, letter());
    over.act(&city, "withdraw", json!({ "reason": "Xong." })).expect(200);
    assert_eq!(attach_own(&city, &over, "a.pdf", PDF).status, 409);
    assert_eq!(stored(&city), 10);
}

#[test]
fn a_retry_stores_one_file() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    let officer = city.login("officer.sxd");
    let path = format!("/v1/feedback/{}/files?name=a.pdf", receipt.code);
    let once = |content: &[u8]| {
        officer
            .send("POST", &path)
            .header("Idempotency-Key", "the-same-key-again")
            .bytes("application/pdf", content.to_vec())
            .answer()
    };
    let first = once(PDF).expect(201);
    let again = once(PDF).expect(201);
    assert_eq!((&again.body, again.header("idempotency-replayed")), (&first.body, "true"));
    assert_eq!(once(BAD).expect(409).code(), "idempotency_key_reused");
    assert_eq!((stored(&city), files(&officer, &receipt.code).len()), (1, 1));
}

#[test]
fn a_unit_that_is_complained_of_sees_no_files() {
    let city = City::new();
    let mut complaint = letter();
    complaint["about"] = json!({ "unit_code": "C31117" });
    let receipt = send(&city, complaint);
    attach_own(&city, &receipt, "a.pdf", PDF).expect(201);
    let (office, head) = (city.login("controller.vpubnd"), city.login("head.c31117"));
    act(&office, &receipt.code, "accept", json!({ "class": "conduct" })).expect(200);
    act(&office, &receipt.code, "transfer", json!({ "unit": "C31117" })).expect(200);
    let held = files(&office, &receipt.code);
    assert_eq!((held.len(), files(&head, &receipt.code).len()), (1, 0));
    assert_eq!(link(&head, &receipt.code, &held[0]).status, 404);
    link(&office, &receipt.code, &held[0]).expect(200);
}

#[test]
fn what_was_not_scanned_is_for_those_who_handle_the_item() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    attach_own(&city, &receipt, "a.pdf", PDF).expect(201);
    for (username, status) in
        [("officer.sxd", 200), ("head.sxd", 200), ("controller.vpubnd", 200), ("chairman.ubndtp", 409)]
    {
        let person = city.login(username);
        let held = files(&person, &receipt.code);
        assert_eq!(link(&person, &receipt.code, &held[0]).status, status, "{username}");
    }
}

/// A scanner that finds what holds EICAR, until the test ends.
fn scanner(listener: TcpListener) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            answer(stream);
        }
    });
}

fn answer(mut stream: TcpStream) {
    let mut greeting = [0; 10];
    stream.read_exact(&mut greeting).unwrap();
    assert_eq!(&greeting, b"zINSTREAM\0");
    let mut content = Vec::new();
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length).unwrap();
        let length = u32::from_be_bytes(length) as usize;
        if length == 0 {
            break;
        }
        let start = content.len();
        content.resize(start + length, 0);
        stream.read_exact(&mut content[start..]).unwrap();
    }
    let found = content.windows(5).any(|window| window == b"EICAR");
    let said: &[u8] = if found { b"stream: Eicar-Test-Signature FOUND\0" } else { b"stream: OK\0" };
    stream.write_all(said).unwrap();
}

#[test]
fn a_scanner_opens_what_is_clean_and_destroys_what_is_not() {
    // Nobody listens there yet.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    drop(listener);
    let city = City::with(&[("KSTT_CLAMAV", &address.to_string())]);
    let receipt = transferred(&city, "regulation", "SXD");
    let officer = city.login("officer.sxd");
    attach_own(&city, &receipt, "good.pdf", PDF).expect(201);
    attach_own(&city, &receipt, "bad.pdf", BAD).expect(201);
    let states = || -> Vec<String> {
        let held = files(&officer, &receipt.code);
        held.iter().map(|file| file["state"].as_str().unwrap().to_owned()).collect()
    };
    city.work_once();
    assert_eq!(states(), ["quarantined", "quarantined"]);
    let held = files(&officer, &receipt.code);
    assert_eq!(link(&officer, &receipt.code, &held[0]).status, 409);

    scanner(TcpListener::bind(address).unwrap());
    city.work_once();
    assert_eq!(states(), ["quarantined", "quarantined"], "it is left alone for a while");
    city.clock.let_pass(TimeDelta::minutes(1));
    city.work_once();
    assert_eq!(states(), ["clean", "infected"]);
    assert_eq!(stored(&city), 1);
    let given = link(&city.login("chairman.ubndtp"), &receipt.code, &held[0]).expect(200).body;
    assert_eq!(city.get(given["address"].as_str().unwrap()).expect(200).text.as_bytes(), PDF);
    assert_eq!(link(&officer, &receipt.code, &held[1]).status, 409);
    let id = held[1]["id"].as_str().unwrap();
    let trail =
        city.login("controller.vpubnd").get(&format!("/v1/audit?subject=attachment:{id}")).expect(200);
    let actions: Vec<&str> =
        trail.body["items"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert!(actions.contains(&"attachments.judge") && actions.contains(&"feedback.follow"), "{actions:?}");
}

#[test]
fn what_is_left_over_in_the_store_is_swept_up() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    attach_own(&city, &receipt, "a.pdf", PDF).expect(201);
    let stray = city.scratch.0.join("files/attachments/019d3c2a-5b7c-7f0e-8d1c-2b3a4f5e6d7c");
    std::fs::write(&stray, b"left over").unwrap();
    city.work_once();
    assert_eq!(stored(&city), 2, "it may still get its row");
    // The files came in the time of the machine, which the clock of the test has yet to reach.
    city.clock.let_pass(TimeDelta::days(3_650));
    city.work_once();
    assert!(!stray.exists());
    assert_eq!(stored(&city), 1);
}

/// A letter that brings files of these names and contents.
fn letter_with(files: &[(&str, &[u8])]) -> serde_json::Value {
    use base64::Engine;
    let encoded = |content: &[u8]| base64::engine::general_purpose::STANDARD.encode(content);
    let files: Vec<_> =
        files.iter().map(|(name, content)| json!({ "name": name, "content": encoded(content) })).collect();
    let mut letter = letter();
    letter["files"] = json!(files);
    letter
}

#[test]
fn files_come_with_the_letter_or_the_letter_does_not_come() {
    let city = City::new();
    let receipt = send(&city, letter_with(&[("biên nhận.pdf", PDF), ("hai.pdf", BAD)]));
    let names: Vec<_> = own_files(&city, &receipt).expect(200).body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["name"].clone())
        .collect();
    assert_eq!((names, stored(&city)), (vec![json!("biên nhận.pdf"), json!("hai.pdf")], 2));
    let refused = |letter: serde_json::Value| {
        let answer = city.post("/v1/public/feedback", letter).expect(422);
        let errors = answer.body["errors"].as_array().unwrap().clone();
        errors
            .iter()
            .map(|error| {
                (error["pointer"].as_str().unwrap().to_owned(), error["code"].as_str().unwrap().to_owned())
            })
            .collect::<Vec<_>>()
    };
    let told = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    assert_eq!(
        refused(letter_with(&[("a.pdf", PDF), ("b.pdf", b""), ("c.pdf", b"MZ\x90\0")])),
        [told("/files/1/content", "empty"), told("/files/2/content", "type_not_allowed")]
    );
    let mut broken = letter_with(&[("a.pdf", PDF)]);
    broken["files"][0]["content"] = json!("not base64!");
    assert_eq!(refused(broken), [told("/files/0/content", "not_base64")]);
    assert_eq!(refused(letter_with(&[("a.pdf", PDF); 6])), [told("/files", "too_large")]);
    let mut faulty = letter_with(&[("a.pdf", PDF)]);
    faulty["sender"]["name"] = json!(null);
    assert_eq!(refused(faulty), [told("/sender/name", "name_missing")]);
    assert_eq!(stored(&city), 2, "what was refused left nothing");
}

#[test]
fn a_letter_with_files_that_is_sent_again_is_the_same_letter() {
    let city = City::new();
    let again = |letter: serde_json::Value| {
        city.send("POST", "/v1/public/feedback")
            .header("Idempotency-Key", "the-same-key-again")
            .json(letter)
            .answer()
    };
    let first = again(letter_with(&[("a.pdf", PDF)])).expect(201).body;
    assert_eq!(again(letter_with(&[("a.pdf", PDF)])).expect(201).body, first);
    assert_eq!(stored(&city), 1);
}

#[test]
fn what_a_sender_sent_goes_with_what_is_known_of_them() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    attach_own(&city, &receipt, "CCCD%20Nguy%E1%BB%85n%20V%C4%83n%20An.pdf", PDF).expect(201);
    attach(&city.login("officer.sxd"), &receipt.code, "tra-loi.pdf", PDF).expect(201);
    super::answered(&city, &receipt.code);
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "close", json!({})).expect(200);
    city.clock.set("2021-03-05T08:00:00+07:00");
    office.post("/v1/feedback-senders/erase", json!({ "dry_run": false })).expect(200);
    let held = files(&office, &receipt.code);
    let told: Vec<_> = held.iter().map(|file| (&file["name"], &file["state"])).collect();
    assert_eq!(told, [(&json!("—"), &json!("erased")), (&json!("tra-loi.pdf"), &json!("not_scanned"))]);
    assert_eq!(link(&office, &receipt.code, &held[0]).status, 409);
}
