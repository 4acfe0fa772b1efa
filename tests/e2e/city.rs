//! A city under test: a seeded database of its own, a running server, and a clock the test moves.

mod store;

use std::sync::{Arc, Mutex};

use actix_web::web::Data;
use chrono::{DateTime, TimeDelta, Utc};
use kstt_api::clock::{Clock, SystemIds};
use kstt_api::{App, Config, seed, worker};
use serde_json::{Value, json};

use store::Store;
pub use store::{Empty, Scratch, server_url};

/// A clock that stands still until the test moves it; real time stands still beside it.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<(DateTime<Utc>, DateTime<Utc>)>>);

impl TestClock {
    fn new() -> Self {
        Self(Arc::new(Mutex::new((moment("2019-03-04T08:00:00+07:00"), moment("2026-01-05T02:00:00Z")))))
    }

    /// Sets the product's time.
    pub fn set(&self, text: &str) {
        self.0.lock().unwrap().0 = moment(text);
    }

    /// Lets real time pass: tokens, sessions and locks age.
    pub fn let_pass(&self, span: TimeDelta) {
        self.0.lock().unwrap().1 += span;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.lock().unwrap().0
    }

    fn real_now(&self) -> DateTime<Utc> {
        self.0.lock().unwrap().1
    }

    fn move_to(&self, moment: DateTime<Utc>) -> Option<i64> {
        self.0.lock().unwrap().0 = moment;
        Some(0)
    }
}

fn moment(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

pub fn config(var_dir: &std::path::Path, database: &str, more: &[(&str, &str)]) -> Config {
    let var_dir = var_dir.to_string_lossy().into_owned();
    Config::read(|name| {
        let given = more.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        given.or_else(|| match name {
            "KSTT_VAR_DIR" => Some(var_dir.clone()),
            "DATABASE_URL" => Some(database.to_owned()),
            "KSTT_RATE_LIMIT" => Some("off".to_owned()),
            "KSTT_HTTP_WORKERS" => Some("1".to_owned()),
            "KSTT_DB_CONNECTIONS" => Some("2".to_owned()),
            _ => None,
        })
    })
    .unwrap()
}

/// The city.
pub struct City {
    pub app: Data<App>,
    pub clock: TestClock,
    pub base: String,
    agent: ureq::Agent,
    server: actix_web::dev::ServerHandle,
    url: String,
    // Dropped last, in this order. Another instance on the same database has none of its own.
    _store: Option<Store>,
    pub scratch: Scratch,
}

impl City {
    /// A fresh city on the engine under test.
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// A fresh city with other settings.
    pub fn with(settings: &[(&str, &str)]) -> Self {
        let scratch = Scratch::new();
        let (store, url) = Store::seeded(&scratch);
        let clock = TestClock::new();
        let config = config(&scratch.0, &url, settings);
        let app = App::open(config, Some(Box::new(clock.clone())), Box::new(SystemIds::default())).unwrap();
        app.open_search().unwrap();
        let app = Data::new(app);
        let (base, server) = start(app.clone());
        Self { app, clock, base, agent: agent(), server, url, _store: Some(store), scratch }
    }

    /// Another instance on the same database, with the same keys and clock.
    pub fn sibling(&self) -> Self {
        let scratch = Scratch::new();
        for key in ["master.key", "audit.key"] {
            std::fs::copy(self.scratch.0.join(key), scratch.0.join(key)).unwrap();
        }
        let (clock, config) = (self.clock.clone(), config(&scratch.0, &self.url, &[]));
        let app = App::open(config, Some(Box::new(clock.clone())), Box::new(SystemIds::default())).unwrap();
        app.open_search().unwrap();
        let app = Data::new(app);
        let (base, server) = start(app.clone());
        Self { app, clock, base, agent: agent(), server, url: self.url.clone(), _store: None, scratch }
    }

    /// Its database, as another program with these settings opens it.
    pub fn open(&self, settings: &[(&str, &str)]) -> Result<App, String> {
        App::open(config(&self.scratch.0, &self.url, settings), None, Box::new(SystemIds::default()))
    }

    /// Does the background work that is due.
    pub fn work_once(&self) {
        while worker::once(&self.app).unwrap() {}
        while worker::send(&self.app).unwrap() {}
    }

    /// A request of someone who is not logged in.
    pub fn send(&self, method: &str, path: &str) -> Request<'_> {
        Request {
            city: self,
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
        }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path).answer()
    }

    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path).json(body).answer()
    }

    /// Logs a demo account in.
    pub fn login(&self, username: &str) -> Person<'_> {
        let account = seed::demo_accounts().into_iter().find(|account| account.username == username);
        let account = account.unwrap_or_else(|| panic!("no demo account {username}"));
        self.login_as(username, account.password, None)
    }

    /// Logs someone in.
    pub fn login_as(&self, username: &str, password: &str, unit: Option<&str>) -> Person<'_> {
        let mut body = json!({ "grant_type": "password", "username": username, "password": password });
        if let Some(unit) = unit {
            body["unit"] = json!(unit);
        }
        let answer = self.post("/v1/auth/token", body);
        assert_eq!(answer.status, 200, "{}", answer.text);
        Person { city: self, tokens: answer.body }
    }
}

impl Drop for City {
    fn drop(&mut self) {
        // Answers may still be on their way; nobody waits for them.
        drop(self.server.stop(false));
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into()
}

fn start(app: Data<App>) -> (String, actix_web::dev::ServerHandle) {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let (server, address) = kstt_api::serve(app, "127.0.0.1:0".parse().unwrap()).unwrap();
            tell.send((format!("http://{address}"), server.handle())).unwrap();
            server.await.unwrap();
        });
    });
    told.recv().unwrap()
}

/// Someone logged in.
pub struct Person<'c> {
    pub city: &'c City,
    pub tokens: Value,
}

impl<'c> Person<'c> {
    pub fn token(&self) -> &str {
        self.tokens["access_token"].as_str().unwrap()
    }

    pub fn send(&self, method: &str, path: &str) -> Request<'c> {
        self.city.send(method, path).header("Authorization", &format!("Bearer {}", self.token()))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path).answer()
    }

    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path).json(body).answer()
    }

    pub fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", path).json(body).answer()
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path).answer()
    }
}

/// A request being put together.
pub struct Request<'c> {
    city: &'c City,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Request<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn json(self, value: Value) -> Self {
        self.bytes("application/json", value.to_string().into_bytes())
    }

    pub fn bytes(mut self, content_type: &str, bytes: Vec<u8>) -> Self {
        self.body = Some(bytes);
        self.header("Content-Type", content_type)
    }

    pub fn answer(self) -> Answer {
        let mut request = ureq::http::Request::builder()
            .method(self.method.as_str())
            .uri(format!("{}{}", self.city.base, self.path));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let sent = self.city.agent.run(request.body(self.body.unwrap_or_default()).unwrap());
        let mut response = sent.unwrap_or_else(|error| panic!("{} {}: {error}", self.method, self.path));
        let bytes = response.body_mut().with_config().limit(200 << 20).read_to_vec().unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer {
            status: response.status().as_u16(),
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            headers: response.headers().clone(),
            text,
        }
    }
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn etag(&self) -> String {
        self.header("etag").to_owned()
    }

    /// The answer itself, when it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The problem code of a refusal.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}
