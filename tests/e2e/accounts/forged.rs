//! Tokens nobody gave.

use kstt_domain::policy::actions::ManageClients;
use kstt_domain::policy::{Actor, Target, permit};
use kstt_persistence::accounts::{self, ServiceClientRow, SigningKeyRow};

use super::*;

/// A signing key of ours: the private key is the bytes 0 to 31.
const KID: &str = "00000000-0000-7000-8000-00000000ed25";
const PUBLIC_KEY: &str = "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg";
const CLIENT: &str = "00000000-0000-7000-8000-0000000c11e7";

type Token = (&'static str, &'static str, &'static str, &'static str);

/// What is wrong with a token, its algorithm, its claims, and a signature by that key that fits them.
const GOOD: Token = (
    "good",
    "EdDSA",
    r#"{"iss":"http://127.0.0.1:8080","aud":"kstt","sub":"00000000-0000-7000-8000-0000000c11e7","iat":1767578400,"exp":1767579000,"jti":"j","kind":"client","roles":[],"scope":"changes.read"}"#,
    "3ULdVfq5K_cm1ZJHmQ-D6htg9fWXXbdx4lUwLa3UKve1qXkzIQblZqzBsFPo1qQbx59jmpJVUhHF4MbHhlMcAA",
);
const BAD: &[Token] = &[
    (
        "another audience",
        "EdDSA",
        r#"{"iss":"http://127.0.0.1:8080","aud":"other","sub":"00000000-0000-7000-8000-0000000c11e7","iat":1767578400,"exp":1767579000,"jti":"j","kind":"client","roles":[],"scope":"changes.read"}"#,
        "z5-sFTJskPhu3-UfGhOGTZmfMzN9Gzv_t3JjOabB_7pb1oEQS9g-o6K74trNmWtSTb36YtkO5cJXN15JkyuPAg",
    ),
    (
        "several audiences, none of them this one",
        "EdDSA",
        r#"{"iss":"http://127.0.0.1:8080","aud":["a","b"],"sub":"00000000-0000-7000-8000-0000000c11e7","iat":1767578400,"exp":1767579000,"jti":"j","kind":"client","roles":[],"scope":"changes.read"}"#,
        "tMuiz-z0xSY0NA9Dfs_WeaBXWlfvzSuUer-pVIcVMxRc67W35GBXaWLcE1OXBslvNjQJsY6eWXeVdo8n46VMBQ",
    ),
    (
        "another issuer",
        "EdDSA",
        r#"{"iss":"http://elsewhere.example","aud":"kstt","sub":"00000000-0000-7000-8000-0000000c11e7","iat":1767578400,"exp":1767579000,"jti":"j","kind":"client","roles":[],"scope":"changes.read"}"#,
        "IrmHUDKk6U9JtIIDGYW_l3XpuKVufgdeZGPe2nbN4AUEZ6G9tgdXs9drSTZaBOGUyl8jzthg4dHiUKtD1LQjCQ",
    ),
    (
        "expired this second",
        "EdDSA",
        r#"{"iss":"http://127.0.0.1:8080","aud":"kstt","sub":"00000000-0000-7000-8000-0000000c11e7","iat":1767578400,"exp":1767578400,"jti":"j","kind":"client","roles":[],"scope":"changes.read"}"#,
        "m0BDExipaA_ahECgDZrf8wyGJhOPUkuOgEmuvFdDt1fwM99CqzvBNdmbE1siRnUbemzEVkSt2C31s4Xy8Zx2BQ",
    ),
    (
        "expired long ago",
        "EdDSA",
        r#"{"iss":"http://127.0.0.1:8080","aud":"kstt","sub":"00000000-0000-7000-8000-0000000c11e7","iat":1767569400,"exp":1767570400,"jti":"j","kind":"client","roles":[],"scope":"changes.read"}"#,
        "0YMCynEwwKN_pWL6X38mzkbsm8QGM_xkVkfHO4mo2YKiAlJWCi2SRyuBRGoJqKP0DPyq-EBxcrqsm7V8zQHECg",
    ),
    (
        "no end",
        "EdDSA",
        r#"{"iss":"http://127.0.0.1:8080","aud":"kstt","sub":"00000000-0000-7000-8000-0000000c11e7","iat":1767578400,"jti":"j","kind":"client","roles":[],"scope":"changes.read"}"#,
        "BX_AW5jpLJashY3EXxm6-ZF7YjKKcD5ttBRRoY650_j7MZwHc5jiIUFv7dqgDSKQYNGrkHywNJVRdB7mQ4y8DA",
    ),
    (
        "no subject",
        "EdDSA",
        r#"{"iss":"http://127.0.0.1:8080","aud":"kstt","iat":1767578400,"exp":1767579000,"jti":"j","kind":"client","roles":[],"scope":"changes.read"}"#,
        "5AUStP5dc4k33Gcvqrvbg4kuM1qO3EM1cOquk59r-wGGxZAFS5hc4pv2KmFnD78vPeaDAYVzj5p3VQeLB5rpDA",
    ),
    (
        "issued in an hour",
        "EdDSA",
        r#"{"iss":"http://127.0.0.1:8080","aud":"kstt","sub":"00000000-0000-7000-8000-0000000c11e7","iat":1767582000,"exp":1767582600,"jti":"j","kind":"client","roles":[],"scope":"changes.read"}"#,
        "L-0VOFfjzrR_XIKx-wXzxdCuXTbpkWqyGP63OJpW-uT7D3idOexQr3OGlqLM7HHCoT1VfqVYfcnsyqZAo40SDA",
    ),
    (
        "a subject nobody is",
        "EdDSA",
        r#"{"iss":"http://127.0.0.1:8080","aud":"kstt","sub":"00000000-0000-7000-8000-000000000000","iat":1767578400,"exp":1767579000,"jti":"j","kind":"client","roles":[],"scope":"changes.read"}"#,
        "GkQb1ShXnGY6R5kltH-Ng2QOtn6mhnTR4rLty2uznuh0qNwja9FjZTa5YCBa5R2x2drx8ueSO_iP1Rs6iUZwAA",
    ),
    (
        "a client that says it is a person",
        "EdDSA",
        r#"{"iss":"http://127.0.0.1:8080","aud":"kstt","sub":"00000000-0000-7000-8000-0000000c11e7","iat":1767578400,"exp":1767579000,"jti":"j","kind":"user","roles":[],"scope":"changes.read"}"#,
        "IQL8qNTDbLpxx76kWrUS64yLsG_Rn9ExxT5Ux7heBCaJ1IXCKBDEwMVb0k_icNDDheo_-GKi511YWC4oXGa9DQ",
    ),
    (
        "a person without a session",
        "EdDSA",
        r#"{"iss":"http://127.0.0.1:8080","aud":"kstt","sub":"00000000-0000-7000-8000-0000000c11e7","iat":1767578400,"exp":1767579000,"jti":"j","kind":"user","roles":["admin"],"scope":"changes.read","unit":"VPUBND","sid":"00000000-0000-7000-8000-000000000000"}"#,
        "Jp4x0AvknW3GSEAnA0dvk2E8a2IRXyRBlotSQzr9ALQuS70VyaG5ftyQZHyygbxR-m2iy05kFy9kYLfzHQPjAg",
    ),
    (
        "the public key as a shared secret",
        "HS256",
        r#"{"iss":"http://127.0.0.1:8080","aud":"kstt","sub":"00000000-0000-7000-8000-0000000c11e7","iat":1767578400,"exp":1767579000,"jti":"j","kind":"client","roles":[],"scope":"changes.read"}"#,
        "0bLp3WeKAc1uFGM5FHclLyf7LXkglLxWOKv0zqL3LBk",
    ),
    (
        "not signed",
        "none",
        r#"{"iss":"http://127.0.0.1:8080","aud":"kstt","sub":"00000000-0000-7000-8000-0000000c11e7","iat":1767578400,"exp":1767579000,"jti":"j","kind":"client","roles":[],"scope":"changes.read"}"#,
        "",
    ),
];

/// Base64url without padding, of what needs no other alphabet than JSON's.
fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let sextets = |chunk: &[u8]| {
        let padded = [chunk[0], *chunk.get(1).unwrap_or(&0), *chunk.get(2).unwrap_or(&0)];
        let number = u32::from_be_bytes([0, padded[0], padded[1], padded[2]]);
        let digit = |place: u32| ALPHABET[(number >> (18 - 6 * place)) as usize & 63] as char;
        (0..=chunk.len() as u32).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(sextets).collect()
}

fn token((_, algorithm, claims, signature): Token) -> String {
    let header = format!(r#"{{"alg":"{algorithm}","kid":"{KID}"}}"#);
    format!("{}.{}.{signature}", base64url(header.as_bytes()), base64url(claims.as_bytes()))
}

fn try_token(city: &City, token: &str) -> Answer {
    city.send("GET", "/v1/me").header("Authorization", &format!("Bearer {token}")).answer()
}

/// Lets the city know our key and our client.
fn introduce(city: &City) {
    let app = &city.app;
    let now = app.clock.real_now().naive_utc() - TimeDelta::days(1);
    let pkcs8 = [
        &b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20"[..],
        &(0..32).collect::<Vec<u8>>(),
    ]
    .concat();
    let sealed_private_key = app.master.seal(&pkcs8, KID, [7; 24]).unwrap();
    let key = SigningKeyRow {
        kid: KID.into(),
        public_key: PUBLIC_KEY.into(),
        sealed_private_key,
        created_at: now,
        retired_at: None,
    };
    let client = ServiceClientRow {
        id: CLIENT.into(),
        name: "Máy thử".into(),
        secret_hash: "-".into(),
        scopes: "changes.read".into(),
        disabled_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let may = permit::<ManageClients>(&Actor::system("test"), &Target::city(CLIENT)).unwrap();
    let stored = app.db.write(|conn| {
        accounts::insert_key(conn, &key)?;
        accounts::create_client(conn, &may, &client)
    });
    stored.unwrap();
}

#[test]
fn a_well_signed_token_with_one_wrong_claim_is_refused() {
    let city = City::new();
    introduce(&city);
    let known = try_token(&city, &token(GOOD)).expect(200);
    assert_eq!(known.body["id"], CLIENT);
    forget(&city);
    for bad in BAD {
        let refused = try_token(&city, &token(*bad));
        assert_eq!((refused.status, refused.code()), (401, "invalid_token"), "{}: {}", bad.0, refused.text);
    }
    try_token(&city, &token(GOOD)).expect(200);
}

#[test]
fn a_token_that_was_touched_is_refused() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let parts: Vec<&str> = admin.token().split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("a token has three parts") };
    let officer = city.login("officer.sxd");
    let foreign: Vec<&str> = officer.token().split('.').collect();
    let head = |text: &str| base64url(text.as_bytes());
    let flipped = |text: &str| {
        let first = if text.starts_with('A') { "B" } else { "A" };
        format!("{first}{}", &text[1..])
    };
    let bad = [
        ("claims of another", format!("{header}.{}.{signature}", foreign[1])),
        ("signature of another", format!("{header}.{claims}.{}", foreign[2])),
        ("a flipped bit of the signature", format!("{header}.{claims}.{}", flipped(signature))),
        ("no signature", format!("{header}.{claims}.")),
        ("two parts", format!("{header}.{claims}")),
        ("four parts", format!("{header}.{claims}.{signature}.{signature}")),
        ("alg none", format!("{}.{claims}.", head(r#"{"alg":"none"}"#))),
        ("no kid", format!("{}.{claims}.{signature}", head(r#"{"alg":"EdDSA"}"#))),
        (
            "an unknown kid",
            format!("{}.{claims}.{signature}", head(&format!(r#"{{"alg":"EdDSA","kid":"{KID}"}}"#))),
        ),
        (
            "a path as kid",
            format!("{}.{claims}.{signature}", head(r#"{"alg":"EdDSA","kid":"../../dev/null"}"#)),
        ),
        ("a kid of NUL", format!("{}.{claims}.{signature}", head(r#"{"alg":"EdDSA","kid":"\u0000"}"#))),
        ("a header that is no object", format!("{}.{claims}.{signature}", head("[]"))),
    ];
    for (what, token) in &bad {
        let refused = try_token(&city, token);
        assert_eq!((refused.status, refused.code()), (401, "invalid_token"), "{what}: {}", refused.text);
    }
    admin.get("/v1/me").expect(200);
}

#[test]
fn garbage_in_the_header_is_no_token() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let long = format!("Bearer {}", "a".repeat(7000));
    let basic = format!("Basic {}", admin.token());
    for value in ["", "Bearer", "Bearer ", "Bearer x", "Bearer ...", "Bearer a.b.c", "garbage", &long, &basic]
    {
        let refused = city.send("GET", "/v1/me").header("Authorization", value).answer();
        assert_eq!(refused.status, 401, "{value:.40}: {}", refused.text);
        assert_eq!(refused.header("www-authenticate"), "Bearer");
    }
    city.send("GET", "/v1/me")
        .header("Authorization", &format!("bearer {}", admin.token()))
        .answer()
        .expect(200);
}

#[test]
fn a_bad_token_does_not_hide_what_is_public() {
    let city = City::new();
    city.send("GET", "/v1/units").header("Authorization", "Bearer x").answer().expect(200);
}

#[test]
fn published_keys_change_by_rotation_and_old_tokens_live_on() {
    let city = City::new();
    let kids = || texts(&city.get("/.well-known/jwks.json").expect(200).body["keys"], "kid");
    let published = city.get("/.well-known/jwks.json").expect(200).body["keys"][0].clone();
    let shape = ["kty", "crv", "alg", "use"].map(|name| text(&published[name]));
    assert_eq!(shape, ["OKP", "Ed25519", "EdDSA", "sig"]);
    assert_eq!(published.get("d"), None, "the private part is published");
    let head_of = |token: &str| token.split('.').next().unwrap().to_owned();

    let before = city.login("officer.sxd");
    let old = kids();
    assert_eq!(old.len(), 1);
    let new = kstt_api::accounts::rotate_keys_from_console(&city.app).unwrap();
    let after = city.login("officer.sxd");
    assert_ne!(head_of(before.token()), head_of(after.token()), "the new key signs at once");
    assert_eq!(kids(), [new.clone(), old[0].clone()]);
    before.get("/v1/me").expect(200);
    after.get("/v1/me").expect(200);

    city.clock.let_pass(TimeDelta::minutes(61));
    assert_eq!(kids(), [new]);
    refresh(&city, &before.tokens["refresh_token"]).expect(200);
}
