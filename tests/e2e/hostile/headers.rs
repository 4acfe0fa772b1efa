//! Methods and headers of every wrong shape, languages, and browsers of other sites.

use serde_json::json;

use super::*;

#[test]
fn an_unknown_method_is_told_which_ones_there_are() {
    let city = City::new();
    for (method, path, allowed) in [
        ("DELETE", "/v1/units", "GET, HEAD, POST"),
        ("PATCH", "/v1/units/C31117", "GET, HEAD"),
        ("PUT", "/v1/procedures/1.001193", "GET, HEAD"),
        ("GET", "/v1/auth/token", "POST"),
        ("HEAD", "/v1/auth/token", "POST"),
        ("POST", "/v1/me", "GET, HEAD"),
        ("DELETE", "/v1/accounts/x", "GET, HEAD, PUT"),
        ("POST", "/health/live", "GET, HEAD"),
    ] {
        let answer = city.send(method, path).answer();
        assert_eq!(answer.header("allow"), allowed, "{method} {path}: {}", answer.text);
        assert_eq!(answer.status, 405, "{method} {path}");
        if method != "HEAD" {
            is_refusal(&format!("{method} {path}"), &answer);
            assert_eq!(answer.code(), "method_not_allowed");
        }
    }
    for method in ["BREW", "get", "TRACE", "PROPFIND"] {
        let (status, text) =
            raw(&city, &format!("{method} /v1/units HTTP/1.1\nHost: x\nConnection: close\n"), b"");
        assert!([400, 405].contains(&status), "{method}: {text}");
        assert!(status == 400 || text.to_lowercase().contains("allow: get, head, post"), "{method}: {text}");
    }
    is_alive(&city);
}

#[test]
fn head_answers_as_get_does_without_a_body() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for path in [
        "/v1/units",
        "/v1/units/C31117",
        "/v1/procedures?q=khai+sinh",
        "/v1/procedures/1.001193",
        "/v1/procedures/9.999999",
        "/v1/accounts",
        "/v1/me",
        "/v1/codes",
        "/v1/calendar/days?from=2019-04-01&to=2019-05-01",
        "/.well-known/jwks.json",
        "/health/ready",
        "/v1/nowhere",
    ] {
        let (get, head) = (admin.get(path), admin.send("HEAD", path).answer());
        assert_eq!((head.status, head.etag(), head.text.as_str()), (get.status, get.etag(), ""), "{path}");
        for header in ["content-type", "content-length"] {
            assert_eq!(head.header(header), get.header(header), "{path}: {header}");
        }
    }
    assert!(admin.send("HEAD", "/v1/units").answer().header("content-length").len() > 2);
    let packed = admin.send("HEAD", "/v1/units").header("Accept-Encoding", "gzip").answer();
    assert_eq!((packed.header("content-encoding"), packed.header("content-length")), ("gzip", ""));
    let tag = city.get("/v1/procedures/1.001193").etag();
    city.send("HEAD", "/v1/procedures/1.001193").header("If-None-Match", &tag).answer().expect(304);
    assert_eq!(city.send("HEAD", "/v1/accounts").answer().status, 401);
}

#[test]
fn nothing_comes_between_the_answer_to_head_and_the_next_one() {
    let city = City::new();
    let both = "HEAD /v1/units HTTP/1.1\nHost: x\n\nGET /v1/units HTTP/1.1\nHost: x\nConnection: close\n";
    let (status, text) = raw(&city, both, b"");
    let answers: Vec<&str> = text.splitn(3, "\r\n\r\n").collect();
    assert_eq!((status, answers.len()), (200, 3), "{text}");
    assert!(answers[1].starts_with("HTTP/1.1 200"), "{text}");
    let told = format!("content-length: {}", answers[2].len());
    assert!(answers[..2].iter().all(|head| head.to_lowercase().contains(&told)), "{told}: {text}");
}

#[test]
fn formats_nobody_can_answer_are_not_acceptable() {
    let city = City::new();
    for accept in
        ["text/html", "application/xml", "image/*", "application/json;q=0", "text/csv, text/html;q=0.9"]
    {
        let answer = city.send("GET", "/v1/units").header("Accept", accept).answer();
        is_refusal(accept, &answer);
        assert_eq!((answer.status, answer.code()), (406, "not_acceptable"), "{accept}");
    }
    for accept in [
        "*/*",
        "application/*",
        "application/json",
        "text/html, application/json;q=0.1",
        "application/problem+json",
        "text/html, */*;q=0.1",
        "APPLICATION/JSON",
    ] {
        city.send("GET", "/v1/units").header("Accept", accept).answer().expect(200);
    }
}

#[test]
fn texts_are_vietnamese_unless_english_is_preferred() {
    let city = City::new();
    for (languages, language, title) in [
        ("", "vi", "Không tìm thấy"),
        ("en", "en", "Not found"),
        ("EN-gb", "en", "Not found"),
        ("vi, en;q=0.9", "vi", "Không tìm thấy"),
        ("fr, en;q=0.5", "en", "Not found"),
        ("fr", "vi", "Không tìm thấy"),
        (";;;,,q=", "vi", "Không tìm thấy"),
    ] {
        let mut request = city.send("GET", "/v1/units/KHONGCO");
        if !languages.is_empty() {
            request = request.header("Accept-Language", languages);
        }
        let answer = request.answer().expect(404);
        assert_eq!(
            (answer.header("content-language"), &answer.body["title"]),
            (language, &json!(title)),
            "{languages}"
        );
        assert_eq!(answer.code(), "not_found");
    }
    let faults = |language: &str| {
        let request = city.send("POST", "/v1/auth/token").header("Accept-Language", language);
        request.json(json!({ "grant_type": "password" })).answer().expect(422).body["errors"].clone()
    };
    assert_eq!(faults("vi")[0]["code"], faults("en")[0]["code"]);
    assert_ne!(faults("vi")[0]["detail"], faults("en")[0]["detail"]);
}

#[test]
fn a_bad_if_match_is_stale_or_malformed_and_changes_nothing() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let account = admin.get("/v1/accounts?limit=1").body["items"][0].clone();
    let path = format!("/v1/accounts/{}", account["id"].as_str().unwrap());
    let update = json!({ "display_name": "Đã đổi", "disabled": false });
    let long = "x".repeat(300);
    for tag in [
        "*",
        "abc",
        "\"\"",
        "\"-1\"",
        "\"0-0\"",
        "\"99999999999999999999-x\"",
        "\"9223372036854775807-x\"",
        "\"-9223372036854775808-x\"",
        "\"2-000000000000\"",
        "\"1,2\"",
        &long,
    ] {
        let answer = admin.send("PUT", &path).header("If-Match", tag).json(update.clone()).answer();
        is_refusal(tag, &answer);
        assert!([400, 412].contains(&answer.status), "{tag}: {}", answer.text);
    }
    assert_eq!(admin.get(&path).body["display_name"], account["display_name"]);
    is_alive(&city);
}

#[test]
fn odd_headers_are_survived() {
    let city = City::new();
    let long = "x".repeat(20_000);
    for (name, value) in [
        ("If-None-Match", "\"".repeat(400).as_str()),
        ("If-None-Match", &"x".repeat(600)),
        ("traceparent", "00-zz-zz-00"),
        ("traceparent", &long),
        ("X-Forwarded-For", &"1.2.3.4, ".repeat(1000)),
        ("X-Forwarded-For", "é, \t, ::, 999.1.1.1"),
        ("User-Agent", &long),
        ("Accept", &",".repeat(5000)),
        ("Accept-Language", &"en-".repeat(5000)),
        ("Accept-Encoding", "gzip;q=9, br, zstd, *;q=x"),
        ("Range", "bytes=0-1"),
        ("Expect", "nonsense"),
        ("Cookie", &long),
    ] {
        let answer = city.send("GET", "/v1/units/C31117").header(name, value).answer();
        assert!(answer.status < 500, "{name}: {value:.40}: {}", answer.text);
    }
    for head in [
        "GET / HTTP/9.9\nHost: x\n",
        "nonsense\n",
        "GET /v1/units\n",
        "GET /v1/units HTTP/1.1\nHost: x\nBad Header: x\n",
        "\u{0}\u{1}\u{2}\n",
    ] {
        let (status, text) = raw(&city, head, b"");
        assert!(status == 0 || (400..500).contains(&status), "{head}: {text}");
    }
    let many: String = (0..500).map(|number| format!("X-{number}: y\n")).collect();
    let (status, text) =
        raw(&city, &format!("GET /v1/units HTTP/1.1\nHost: x\nConnection: close\n{many}"), b"");
    assert!(status < 500, "{text:.200}");
    is_alive(&city);
}

#[test]
fn a_trace_id_of_the_caller_is_kept_and_a_bad_one_replaced() {
    let city = City::new();
    let given = "0123456789ABCDEF0123456789abcdef";
    let trace = |value: &str| {
        let request = city.send("GET", "/v1/nowhere").header("traceparent", value);
        request.answer().body["trace_id"].as_str().unwrap().to_owned()
    };
    assert_eq!(trace(&format!("00-{given}-0123456789abcdef-01")), given.to_lowercase());
    for bad in ["00-0123-0123456789abcdef-01", "00-zz23456789abcdef0123456789abcdef-0-1", "x"] {
        let trace = trace(bad);
        assert!(trace.len() == 32 && !bad.contains(&trace), "{trace}");
    }
}

#[test]
fn browsers_of_allowed_origins_may_call_and_others_may_not() {
    let city = City::with(&[("KSTT_CORS_ORIGINS", "https://congdan.example, https://canbo.example")]);
    let preflight = |origin: &str, method: &str, headers: &str| {
        let request = city.send("OPTIONS", "/v1/accounts").header("Origin", origin);
        request
            .header("Access-Control-Request-Method", method)
            .header("Access-Control-Request-Headers", headers)
            .answer()
    };
    let wanted = "authorization, content-type, if-match, idempotency-key";
    for origin in ["https://congdan.example", "https://canbo.example"] {
        let allowed = preflight(origin, "PUT", wanted).expect(200);
        assert_eq!(allowed.header("access-control-allow-origin"), origin);
        assert!(allowed.header("access-control-allow-methods").contains("PUT"));
        let headers = allowed.header("access-control-allow-headers").to_lowercase();
        assert!(wanted.split(", ").all(|name| headers.contains(name)), "{headers}");
    }
    for (origin, method, headers) in [
        ("https://evil.example", "PUT", wanted),
        ("https://congdan.example.evil.example", "GET", ""),
        ("http://congdan.example", "GET", ""),
        ("null", "GET", ""),
    ] {
        let refused = preflight(origin, method, headers);
        assert!((400..500).contains(&refused.status), "{origin}: {}", refused.text);
        assert_eq!(refused.header("access-control-allow-origin"), "", "{origin}");
    }
    for (path, status) in [("/v1/units/C31117", 200), ("/v1/accounts", 401), ("/v1/units/KHONGCO", 404)] {
        let answer =
            city.send("GET", path).header("Origin", "https://congdan.example").answer().expect(status);
        assert_eq!(answer.header("access-control-allow-origin"), "https://congdan.example", "{path}");
        let exposed = answer.header("access-control-expose-headers").to_lowercase();
        for name in ["etag", "location", "retry-after", "ratelimit-remaining"] {
            assert!(exposed.contains(name), "{path}: {exposed}");
        }
        let foreign = city.send("GET", path).header("Origin", "https://evil.example").answer();
        assert_eq!(foreign.header("access-control-allow-origin"), "", "{path}");
    }
}

#[test]
fn without_configuration_no_origin_is_allowed() {
    let city = City::new();
    let answer = city.send("GET", "/v1/units").header("Origin", "https://congdan.example").answer();
    assert_eq!(answer.header("access-control-allow-origin"), "");
}
