//! Databases of tests: seeded once a run and copied for each city, or empty.

use std::path::PathBuf;
use std::sync::OnceLock;

use kstt_api::clock::SystemIds;
use kstt_api::{App, seed, worker};

use super::{TestClock, config};

/// Where the tests run: nothing is SQLite, else the URL of a PostgreSQL server that may create databases.
pub fn server_url() -> Option<String> {
    #[allow(clippy::disallowed_methods)]
    std::env::var("KSTT_TEST_PG_URL").ok().filter(|url| !url.is_empty())
}

/// A fresh directory that goes away with the value.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("kstt-test-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A database of one test.
pub enum Store {
    Sqlite,
    Postgres { admin: String, name: String },
}

impl Store {
    /// A copy of the seeded one, with its keys in a directory; its URL.
    pub fn seeded(scratch: &Scratch) -> (Self, String) {
        let template = template();
        copy_directory(&template.directory, &scratch.0);
        let (Some(from), Some(admin)) = (&template.database, server_url()) else {
            return (Self::Sqlite, format!("sqlite:{}", scratch.0.join("kstt.db").display()));
        };
        let name = format!("kstt_{}", uuid::Uuid::new_v4().simple());
        psql(&admin, &format!("CREATE DATABASE {name} TEMPLATE {from}"));
        let url = in_database(&admin, &name);
        (Self::Postgres { admin, name }, url)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Self::Postgres { admin, name } = self {
            psql(admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn psql(url: &str, statement: &str) {
    let done =
        std::process::Command::new("psql").args([url, "-qtAc", statement]).output().expect("psql runs");
    assert!(done.status.success(), "{statement}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Of a database that kstt can use.
const PORTABLE: &str = "TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'";

/// A database without tables, in a directory of its own.
pub struct Empty {
    pub url: String,
    _store: Store,
    pub scratch: Scratch,
}

impl Empty {
    pub fn new() -> Self {
        Self::made(PORTABLE)
    }

    /// One that a server makes otherwise.
    pub fn made(options: &str) -> Self {
        let scratch = Scratch::new();
        let Some(admin) = server_url() else {
            let url = format!("sqlite:{}", scratch.0.join("kstt.db").display());
            return Self { url, _store: Store::Sqlite, scratch };
        };
        let name = format!("kstt_{}", uuid::Uuid::new_v4().simple());
        psql(&admin, &format!("CREATE DATABASE {name} {options}"));
        Self { url: in_database(&admin, &name), _store: Store::Postgres { admin, name }, scratch }
    }

    /// As a program with these settings opens it.
    pub fn open(&self, settings: &[(&str, &str)]) -> Result<App, String> {
        App::open(config(&self.scratch.0, &self.url, settings), None, Box::new(SystemIds::default()))
    }
}

fn in_database(admin: &str, name: &str) -> String {
    let (base, _) = admin.rsplit_once('/').expect("a URL with a database");
    format!("{base}/{name}")
}

/// A seeded database that every city is copied from, made once a run, with the keys it was sealed with.
struct Template {
    directory: PathBuf,
    database: Option<String>,
}

fn template() -> &'static Template {
    static TEMPLATE: OnceLock<Template> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let scratch = Scratch::new();
        let directory = scratch.0.clone();
        std::mem::forget(scratch);
        let database = server_url().map(|admin| {
            let name = format!("kstt_template_{}", std::process::id());
            psql(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            psql(&admin, &format!("CREATE DATABASE {name} {PORTABLE}"));
            name
        });
        let url = match (&database, server_url()) {
            (Some(name), Some(admin)) => in_database(&admin, name),
            _ => format!("sqlite:{}", directory.join("kstt.db").display()),
        };
        let config = config(&directory, &url, &[]);
        let app =
            App::open(config, Some(Box::new(TestClock::new())), Box::new(SystemIds::default())).unwrap();
        seed::reference(&app).unwrap();
        seed::accounts(&app).unwrap();
        seed::registry(&app).unwrap();
        app.open_search().unwrap();
        while worker::once(&app).unwrap() {}
        drop(app);
        wait_until_closed(&directory);
        Template { directory, database }
    })
}

/// Connections close in threads of their own, and the last of them takes SQLite's log away: nobody copies before.
fn wait_until_closed(directory: &std::path::Path) {
    let log = directory.join("kstt.db-wal");
    let started = std::time::Instant::now();
    while log.exists() {
        assert!(started.elapsed().as_secs() < 60, "the template is still open");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

fn copy_directory(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_directory(&entry.path(), &target);
        } else if !entry.file_name().to_string_lossy().ends_with(".lock") {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
