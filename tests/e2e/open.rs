//! Open data: the same registry in four files, whole, tagged, in parts and signed.

use serde_json::Value;

use crate::city::City;

const FILES: [(&str, &str); 4] = [
    ("/v1/open/procedures.ndjson", "application/x-ndjson"),
    ("/v1/open/procedures.csv", "text/csv; charset=utf-8"),
    ("/v1/open/procedures.jsonld", "application/ld+json"),
    ("/v1/open/catalogue.sqlite", "application/vnd.sqlite3"),
];

/// The bytes of a file, which need not be text.
fn bytes(city: &City, path: &str, headers: &[(&str, &str)]) -> (u16, Vec<u8>) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = agent.get(format!("{}{path}", city.base));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = request.call().unwrap();
    (response.status().as_u16(), response.body_mut().with_config().limit(100 << 20).read_to_vec().unwrap())
}

#[test]
fn every_procedure_in_force_stands_in_every_file() {
    let city = City::new();
    let (_, lines) = bytes(&city, FILES[0].0, &[]);
    let lines = String::from_utf8(lines).unwrap();
    let items: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(items.len(), 61);
    for item in &items {
        let read = city.get(&format!("/v1/procedures/{}", item["id"].as_str().unwrap())).expect(200).body;
        for key in
            ["id", "national_code", "version_id", "number", "valid_from", "valid_to", "settled_by", "content"]
        {
            assert_eq!(item[key], read[key], "{key}");
        }
    }
    let (_, table) = bytes(&city, FILES[1].0, &[]);
    let table = String::from_utf8(table).unwrap();
    assert!(table.starts_with("\u{feff}id,national_code,"));
    let (_, linked) = bytes(&city, FILES[2].0, &[]);
    let linked: Value = serde_json::from_slice(&linked).unwrap();
    let of_service = |node: &&Value| node["@type"] == "PublicService";
    assert_eq!(linked["@graph"].as_array().unwrap().iter().filter(of_service).count(), items.len());
    let (_, catalogue) = bytes(&city, FILES[3].0, &[]);
    assert!(catalogue.starts_with(b"SQLite format 3\0"));
}

#[test]
fn a_file_is_sent_again_only_when_something_changed() {
    let city = City::new();
    for (path, media_type) in FILES {
        let (status, whole) = bytes(&city, path, &[]);
        assert_eq!(status, 200);
        let first = city.send("HEAD", path).answer();
        assert_eq!(first.header("content-type"), media_type);
        let etag = first.etag();
        assert!(etag.starts_with('"'), "{path} {etag}");
        assert_eq!(bytes(&city, path, &[("If-None-Match", &etag)]).0, 304);
        assert_eq!(bytes(&city, path, &[]).1, whole, "the same bytes");

        let other = city.sibling();
        assert_eq!(other.send("HEAD", path).answer().etag(), etag, "another instance makes the same file");
        city.clock.set("2019-03-05T00:00:00+07:00");
        let (status, _) = bytes(&city, path, &[("If-None-Match", &etag)]);
        let dated = path.ends_with("jsonld") || path.ends_with("sqlite");
        assert_eq!(status, if dated { 200 } else { 304 }, "{path} on the next day");
        city.clock.set("2019-03-04T08:00:00+07:00");
    }
}

#[test]
fn an_interrupted_download_goes_on_where_it_stopped() {
    let city = City::new();
    for (path, _) in FILES {
        let (_, whole) = bytes(&city, path, &[]);
        let etag = city.send("HEAD", path).answer().etag();
        let (status, first) = bytes(&city, path, &[("Range", "bytes=0-99")]);
        assert_eq!((status, &first[..]), (206, &whole[..100]), "{path}");
        let (status, rest) = bytes(&city, path, &[("Range", "bytes=100-"), ("If-Range", &etag)]);
        assert_eq!((status, [first, rest].concat() == whole), (206, true), "{path}");
        let (status, again) = bytes(&city, path, &[("Range", "bytes=100-"), ("If-Range", "\"another\"")]);
        assert_eq!((status, again == whole), (200, true), "{path}");
        assert_eq!(bytes(&city, path, &[("Range", "bytes=999999999-")]).0, 416);
        assert_eq!(bytes(&city, path, &[("Range", "lines=1")]).0, 416);
    }
}

#[test]
fn compressed_bytes_have_a_tag_of_their_own() {
    let city = City::new();
    let path = FILES[0].0;
    let plain = city.send("HEAD", path).header("Accept-Encoding", "identity").answer().etag();
    let packed = city.send("HEAD", path).header("Accept-Encoding", "gzip").answer().etag();
    assert_ne!(plain, packed);
    let known = |etag: &str, encoding: &str| {
        bytes(&city, path, &[("If-None-Match", etag), ("Accept-Encoding", encoding)]).0
    };
    assert_eq!((known(&packed, "gzip"), known(&plain, "gzip"), known(&plain, "identity")), (304, 200, 304));
}

#[test]
fn any_accept_header_gets_the_file() {
    let city = City::new();
    for (path, _) in FILES {
        for accept in ["*/*", "text/html", "text/csv", "application/ld+json"] {
            city.send("HEAD", path).header("Accept", accept).answer().expect(200);
        }
    }
}
