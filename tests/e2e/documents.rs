//! Form files: stored by their checksum, served once a procedure names them.

use serde_json::json;

use crate::city::{Answer, City, Person};

const PDF: &str = "application/pdf";
const FORM: &[u8] = "%PDF-1.4\n\0\u{1}\nTờ khai đăng ký, mẫu 01\n%%EOF\n".as_bytes();
const SUM: &str = "47f0c98cba92923be46d932bf2254811debd9e39630318f813d758789b739c83";
/// The checksum of nothing.
const SUM_OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const LONGEST: usize = 20 << 20;

fn href(sum: &str) -> String {
    format!("/v1/files/{sum}")
}

fn put(who: &Person<'_>, sum: &str, media_type: &str, content: &[u8]) -> Answer {
    who.send("PUT", &href(sum)).bytes(media_type, content.to_vec()).answer()
}

/// Imports a procedure with the form.
fn name_it(who: &Person<'_>) {
    let file = json!({ "name": "mau-01.pdf", "media_type": PDF, "size_bytes": FORM.len(), "sha256": SUM });
    let row = json!({
        "id": "T-9.900001", "code": "9.900001", "name": "Thủ tục có mẫu đơn", "field": "Thử nghiệm",
        "level": ["xã"], "locality": "Cần Thơ", "forms": [{ "name": "Mẫu 01", "file": file }],
    });
    let report = who.post("/v1/procedures/import", json!({ "procedures": [row] })).expect(200);
    assert_eq!(report.body["created"], 1, "{}", report.text);
}

#[track_caller]
fn is_the_form(answer: &Answer) {
    assert_eq!((answer.status, answer.text.as_bytes()), (200, FORM), "{}", answer.text);
    let tag = format!("\"{SUM}\"");
    for (name, value) in [
        ("content-type", PDF),
        ("content-disposition", "attachment"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("etag", tag.as_str()),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
}

#[test]
fn a_file_is_stored_by_its_checksum_and_served_once_a_procedure_names_it() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let stored = put(&controller, SUM, PDF, FORM).expect(201);
    let view = json!({ "sha256": SUM, "media_type": PDF, "size_bytes": FORM.len(), "href": href(SUM) });
    assert_eq!(stored.body, view);
    assert_eq!(stored.header("location"), href(SUM));
    assert_eq!(stored.etag(), format!("\"{SUM}\""));
    city.get(&href(SUM)).expect(404);
    controller.get(&href(SUM)).expect(404);

    name_it(&controller);
    is_the_form(&city.get(&href(SUM)));
    let head = city.send("HEAD", &href(SUM)).answer().expect(200);
    assert_eq!((head.header("content-type"), head.text.as_str()), (PDF, ""));
}

#[test]
fn a_file_may_be_named_before_it_is_stored() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    name_it(&controller);
    city.get(&href(SUM)).expect(404);
    put(&controller, SUM, PDF, FORM).expect(201);
    is_the_form(&city.get(&href(SUM)));
}

#[test]
fn a_file_comes_as_it_is_whatever_is_accepted() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    put(&controller, SUM, PDF, FORM).expect(201);
    name_it(&controller);
    for accept in [PDF, "application/json", "text/html", "*/*"] {
        is_the_form(&city.send("GET", &href(SUM)).header("Accept", accept).answer());
    }
    is_the_form(&city.send("GET", &href(SUM)).header("Accept-Encoding", "gzip, br").answer());
}

#[test]
fn who_has_the_file_already_gets_no_bytes() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    put(&controller, SUM, PDF, FORM).expect(201);
    let asked = |tag: &str| city.send("GET", &href(SUM)).header("If-None-Match", tag).answer();
    let tag = format!("\"{SUM}\"");
    asked(&tag).expect(404);

    name_it(&controller);
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".into()] {
        let answer = asked(&known).expect(304);
        assert_eq!((answer.etag(), answer.text.as_str()), (tag.clone(), ""), "{known}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable", "{known}");
    }
    is_the_form(&asked("\"other\""));
}

#[test]
fn the_same_bytes_are_stored_once_as_what_they_were_first() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let first = put(&controller, SUM, "Application/PDF; charset=binary", FORM).expect(201);
    assert_eq!(first.body["media_type"], PDF);
    for media_type in [PDF, "text/rtf"] {
        let again = put(&controller, SUM, media_type, FORM).expect(200);
        assert_eq!((&again.body, again.etag()), (&first.body, first.etag()), "{media_type}");
    }
    let trail = controller.get(&format!("/v1/audit?subject=file:{SUM}")).expect(200).body;
    let rows = trail["items"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "only the first time changed something: {trail}");
    assert_eq!((&rows[0]["action"], &rows[0]["after"]), (&json!("files.store"), &first.body));
}

#[test]
fn bytes_of_another_checksum_are_refused_and_not_stored() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    for sum in ["abc", SUM_OF_NOTHING, &"0".repeat(64), &SUM.to_uppercase()] {
        let refused = put(&controller, sum, PDF, FORM).expect(422);
        assert_eq!(refused.code(), "invalid");
        let fault = &refused.body["errors"][0];
        assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/path/sha256"), &json!("checksum")));
        assert!(fault["detail"].as_str().unwrap().contains(SUM), "{fault}");
    }
    let empty = put(&controller, SUM_OF_NOTHING, PDF, b"").expect(422);
    assert_eq!(empty.body["errors"][0]["code"], "empty", "{}", empty.text);

    name_it(&controller);
    city.get(&href(SUM)).expect(404);
    city.get(&href("abc")).expect(404);
    put(&controller, SUM, PDF, FORM).expect(201);
}

#[test]
fn what_no_form_comes_as_is_refused() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    for media_type in [
        "text/html",
        "image/svg+xml",
        "application/json",
        "application/octet-stream",
        "application/pdfx",
        ";",
    ] {
        let refused = put(&controller, SUM, media_type, FORM).expect(415);
        assert_eq!(refused.code(), "unsupported_media_type", "{media_type}");
    }
    controller.send("PUT", &href(SUM)).answer().expect(415);
}

#[test]
fn a_file_beyond_the_limit_is_too_large() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let refused = put(&controller, SUM, PDF, &vec![b'x'; LONGEST + 1]).expect(413);
    assert_eq!(refused.code(), "payload_too_large");
    // One byte less is read to its end: only its checksum is another one.
    put(&controller, SUM, PDF, &vec![b'x'; LONGEST]).expect(422);
}

#[test]
fn only_who_keeps_the_registry_stores_files() {
    let city = City::new();
    let stranger = |token: Option<&str>| {
        let request = city.send("PUT", &href(SUM)).bytes(PDF, FORM.to_vec());
        match token {
            Some(token) => request.header("Authorization", token).answer(),
            None => request.answer(),
        }
    };
    stranger(None).expect(401);
    stranger(Some("Bearer not.a.token")).expect(401);
    for username in ["admin.vpubnd", "head.vpubnd", "controller.d916", "officer.c31117"] {
        let person = city.login(username);
        // The right comes first, then the content.
        for (sum, media_type) in [(SUM, PDF), (SUM, "text/html"), (SUM_OF_NOTHING, PDF)] {
            assert_eq!(put(&person, sum, media_type, FORM).status, 403, "{username}");
        }
    }
}
