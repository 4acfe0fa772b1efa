//! Service clients: programs with scopes.

use serde_json::json;

use super::*;

struct Client {
    id: String,
    secret: String,
}

fn client(admin: &Person<'_>, scopes: &[&str]) -> Client {
    let answer = admin.post("/v1/clients", json!({ "name": "Cổng dịch vụ", "scopes": scopes })).expect(201);
    Client { id: text(&answer.body["client"]["id"]), secret: text(&answer.body["client_secret"]) }
}

impl Client {
    fn path(&self) -> String {
        format!("/v1/clients/{}", self.id)
    }

    fn ask(&self, city: &City) -> Answer {
        let body =
            json!({ "grant_type": "client_credentials", "client_id": self.id, "client_secret": self.secret });
        city.post("/v1/auth/token", body)
    }

    fn log_in<'c>(&self, city: &'c City) -> Person<'c> {
        Person { city, tokens: self.ask(city).expect(200).body }
    }
}

const ROW: &str =
    r#"{"procedures": [{"id": "X-1", "code": "9.900001", "name": "Thủ tục của máy", "level": ["xã"]}]}"#;

fn import(person: &Person<'_>) -> Answer {
    person.send("POST", "/v1/procedures/import").bytes("application/json", ROW.as_bytes().to_vec()).answer()
}

#[test]
fn a_client_does_what_its_scopes_say_and_nothing_else() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let reader = client(&admin, &["changes.read"]).log_in(&city);
    let writer = client(&admin, &["registry.write"]).log_in(&city);
    assert_eq!(reader.tokens.get("refresh_token"), None);
    let me = reader.get("/v1/me").expect(200).body;
    assert_eq!(
        (&me["scopes"], &me["roles"], &me["unit"]),
        (&json!(["changes.read"]), &json!([]), &json!(null))
    );

    reader.get("/v1/changes").expect(200);
    import(&reader).expect(403);
    writer.get("/v1/changes").expect(403);
    assert_eq!(import(&writer).expect(200).body["created"], json!(1));
    for path in ["/v1/accounts", "/v1/clients", "/v1/audit", "/v1/me/sessions"] {
        writer.get(path).expect(403);
    }
    writer.send("POST", "/v1/auth/logout").answer().expect(403);
    let trail = admin.get("/v1/audit?subject=procedure:9.900001~bo-commune").expect(200).body;
    assert_eq!(trail["items"][0]["actor"]["kind"], "client", "{trail}");
}

#[test]
fn wrong_client_credentials_look_the_same_as_unknown_ones() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let known = client(&admin, &["changes.read"]);
    let wrong =
        Client { secret: "khong-phai".into(), ..client(&admin, &["changes.read"]) }.ask(&city).expect(401);
    let unknown = Client { id: "khong-co".into(), secret: known.secret.clone() }.ask(&city).expect(401);
    assert_eq!((wrong.code(), unknown.code()), ("invalid_credentials", "invalid_credentials"));
    assert_eq!(wrong.body["detail"], unknown.body["detail"]);
    known.ask(&city).expect(200);
}

#[test]
fn a_rotated_secret_replaces_the_old_one_at_once() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let old = client(&admin, &["changes.read"]);
    let rotate = format!("{}/secret-rotation", old.path());
    admin.send("POST", &rotate).answer().expect(428);
    let etag = admin.get(&old.path()).expect(200).etag();
    let rotated = admin.send("POST", &rotate).header("If-Match", &etag).answer().expect(200);
    let new = Client { id: old.id.clone(), secret: text(&rotated.body["client_secret"]) };
    assert_ne!(old.secret, new.secret);
    old.ask(&city).expect(401);
    new.ask(&city).expect(200);
    admin.send("POST", &rotate).header("If-Match", &etag).answer().expect(412);
    new.ask(&city).expect(200);
}

#[test]
fn a_disabled_client_and_a_lost_scope_count_within_two_seconds() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let made = client(&admin, &["changes.read"]);
    let program = made.log_in(&city);
    program.get("/v1/changes").expect(200);
    let set = |spec: Value| {
        let etag = admin.get(&made.path()).etag();
        admin.send("PUT", &made.path()).header("If-Match", &etag).json(spec).answer().expect(200)
    };
    set(json!({ "name": "Cổng", "scopes": ["registry.write"] }));
    forget(&city);
    program.get("/v1/changes").expect(403);
    set(json!({ "name": "Cổng", "scopes": ["changes.read"], "disabled": true }));
    forget(&city);
    program.get("/v1/changes").expect(401);
    made.ask(&city).expect(401);
}

#[test]
fn clients_are_listed_without_secrets_to_the_central_administrator_only() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let made: Vec<Client> = (0..3).map(|_| client(&admin, &["changes.read"])).collect();
    let listed = admin.get("/v1/clients").expect(200);
    assert_eq!(
        texts(&listed.body["items"], "id"),
        made.iter().map(|client| client.id.clone()).collect::<Vec<_>>()
    );
    assert!(made.iter().all(|client| !listed.text.contains(&client.secret)));
    assert!(!listed.text.contains("secret"), "{}", listed.text);
    let district = city.login("admin.d916");
    district.get("/v1/clients").expect(403);
    district.post("/v1/clients", json!({ "name": "Cổng", "scopes": ["changes.read"] })).expect(403);
}
