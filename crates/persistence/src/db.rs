//! The one place that names a database engine.
//!
//! `DATABASE_URL` chooses: `sqlite:<path>` is an embedded file, `postgres://…` a server. Reads come
//! from a pool; writes go through [`Db::write`], which on SQLite is a single in-process writer at a time that
//! begins IMMEDIATE, so that no transaction fails half way with "database is locked" (`turns`).

mod insert;
mod turns;
mod written;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, Connection, SimpleConnection, TransactionManager};
use diesel::migration::{MigrationSource, MigrationVersion};
use diesel::r2d2::R2D2Connection;
use diesel::{PgConnection, RunQueryDsl, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

pub(crate) use self::insert::{insert_row, insert_rows};
use self::turns::Turns;
pub(crate) use self::written::Written;
use crate::Error;

/// The portable migration set of both engines.
const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// A connection to either engine.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Pg(PgConnection),
    Sqlite(SqliteConnection),
}

/// Which engine, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An embedded file; its directory is made when missing.
    Sqlite(PathBuf),
    /// A PostgreSQL server, by URL.
    Postgres(String),
}

impl Target {
    /// Reads a database URL. Unknown schemes are refused: nothing is ever guessed from a path.
    pub fn parse(url: &str) -> Result<Self, Error> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        let setup = |wrong: String| Err(Error::Setup(wrong));
        match url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//")) {
            Some("") => setup("it names no file; write sqlite:<file>, such as sqlite:var/kstt.db".to_owned()),
            Some(path) if path.contains(":memory:") => setup(
                "a database in memory is lost at the end; write sqlite:<file>, such as sqlite:var/kstt.db"
                    .to_owned(),
            ),
            Some(path) => Ok(Self::Sqlite(PathBuf::from(path))),
            None => setup(format!(
                "the database URL must begin with sqlite:, postgres:// or postgresql://; the one given begins with {:?}",
                url.split([':', '/']).next().unwrap_or_default()
            )),
        }
    }
}

/// Opens connections of one target for the pools.
#[derive(Debug)]
struct Manager(Target);

impl r2d2::ManageConnection for Manager {
    type Connection = Conn;
    type Error = Error;

    fn connect(&self) -> Result<Conn, Error> {
        match &self.0 {
            Target::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(|e| {
                    Error::Setup(format!("cannot open the database file {}: {e}", path.display()))
                })?;
                // FULL: anything less loses acknowledged commits when the power goes.
                conn.batch_execute(
                    "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY; \
                     PRAGMA wal_autocheckpoint = 8000;",
                )
                .map_err(|e| unusable(path, e))?;
                Ok(Conn::Sqlite(conn))
            }
            Target::Postgres(url) => {
                let mut conn = PgConnection::establish(url).map_err(|e| {
                    Error::Setup(format!("cannot reach the PostgreSQL server: {}", first_line(&e)))
                })?;
                conn.batch_execute(
                    "SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'; \
                     SET timezone = 'UTC'; SET jit = off; SET random_page_cost = 1.1; \
                     SET client_min_messages = warning;",
                )?;
                Ok(Conn::Pg(conn))
            }
        }
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Error> {
        Ok(conn.ping()?)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        conn.is_broken()
    }
}

type Pool = r2d2::Pool<Manager>;

/// Whose turn it is to write.
enum Writes {
    /// One after the other.
    InTurn(Turns),
    /// Everyone at once: the server orders them.
    AtOnce(Pool),
}

impl Writes {
    /// A connection to look after the schema with.
    fn connection(&self) -> Result<r2d2::PooledConnection<Manager>, Error> {
        match self {
            Self::InTurn(turns) => turns.connection(),
            Self::AtOnce(pool) => Ok(pool.get()?),
        }
    }
}

/// The database of one process.
#[derive(Clone)]
pub struct Db {
    reads: Pool,
    writes: Arc<Writes>,
    /// Transactions committed by this process.
    commits: Arc<AtomicU64>,
}

impl Db {
    /// Opens pools on `target`; `readers` connections serve reads. Fails with one clear sentence.
    pub fn open(target: &Target, readers: u32) -> Result<Self, Error> {
        if let Target::Sqlite(path) = target {
            prepare_directory(path)?;
        }
        // The first connection is made outside the pool, whose own errors say only "timed out".
        drop(r2d2::ManageConnection::connect(&Manager(target.clone()))?);
        let pool = |size: u32| {
            r2d2::Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                // A server may have gone away since; a file has not.
                .test_on_check_out(matches!(target, Target::Postgres(_)))
                .connection_timeout(Duration::from_secs(10))
                .error_handler(Box::new(r2d2::LoggingErrorHandler))
                .build(Manager(target.clone()))
                .map_err(|e| Error::Setup(format!("cannot open the database: {e}")))
        };
        let reads = pool(readers)?;
        let commits = Arc::default();
        let writes = match target {
            Target::Sqlite(_) => Writes::InTurn(Turns::new(pool(1)?, Arc::clone(&commits))),
            Target::Postgres(_) => Writes::AtOnce(reads.clone()),
        };
        Ok(Self { reads, writes: Arc::new(writes), commits })
    }

    /// Runs `work` on a connection for reading.
    pub fn read<T, E: From<Error>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let mut conn = self.reads.get().map_err(Error::from)?;
        work(&mut conn)
    }

    /// Runs `work` on one state of the database, however long it reads and whatever others write.
    pub fn snapshot<T, E: From<Error>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let mut conn = self.reads.get().map_err(Error::from)?;
        begin_snapshot(&mut conn).map_err(Error::from)?;
        let done = work(&mut conn);
        Transactions::rollback_transaction(&mut *conn).map_err(Error::from)?;
        done
    }

    /// Runs `work` in one transaction: everything it wrote is committed when it answers `Ok`,
    /// nothing when it answers `Err` or panics.
    pub fn write<T, E: From<Error>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        match &*self.writes {
            Writes::InTurn(turns) => turns.write(work),
            Writes::AtOnce(pool) => {
                let mut conn = pool.get().map_err(Error::from)?;
                begin(&mut conn).map_err(Error::from)?;
                match work(&mut conn) {
                    Ok(value) => {
                        let done = Transactions::commit_transaction(&mut *conn).map_err(Error::from);
                        // Before anyone is told, also when the answer of the commit was lost.
                        self.commits.fetch_add(1, Ordering::AcqRel);
                        done?;
                        Ok(value)
                    }
                    Err(error) => {
                        Transactions::rollback_transaction(&mut *conn).map_err(Error::from)?;
                        Err(error)
                    }
                }
            }
        }
    }

    /// Like [`Db::write`], for whoever has no thread to wait with: `tell` is called when it is done, and dropped
    /// where that cannot be. `work` is done again where it was undone because of another change beside it. What is
    /// answered, if anything, is to be run on a thread that may wait.
    pub fn hand_in<T, E>(
        &self,
        work: impl FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
        tell: impl FnOnce(Result<T, E>) + Send + 'static,
    ) -> Option<impl FnOnce() + Send + 'static>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &*self.writes {
            Writes::InTurn(turns) => {
                turns.hand_in(work, tell);
                None
            }
            Writes::AtOnce(_) => {
                let db = self.clone();
                Some(move || tell(db.write(work)))
            }
        }
    }

    /// How many transactions this process has committed: what was read before the last of them may be
    /// old.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Acquire)
    }

    /// Brings the schema up to date; several processes may call it at once.
    pub fn migrate(&self) -> Result<Vec<String>, Error> {
        let mut conn = self.writes.connection()?;
        require_portable_collation(&mut conn)?;
        let applied = match &mut *conn {
            Conn::Sqlite(conn) => conn.run_pending_migrations(MIGRATIONS).map(names),
            Conn::Pg(conn) => {
                diesel::sql_query("SELECT pg_advisory_lock(720190304)").execute(conn)?;
                let applied = conn.run_pending_migrations(MIGRATIONS).map(names);
                diesel::sql_query("SELECT pg_advisory_unlock(720190304)").execute(conn)?;
                applied
            }
        };
        applied.map_err(|e| Error::Setup(format!("a migration failed: {e}")))
    }

    /// Refuses a schema this program does not know how to use: one with steps missing, or more than
    /// one step newer (a single newer step is the "expand" half of a rolling upgrade).
    pub fn require_known_schema(&self) -> Result<(), Error> {
        let mut conn = self.writes.connection()?;
        require_portable_collation(&mut conn)?;
        let (missing, unknown) = match &mut *conn {
            Conn::Sqlite(conn) => schema_distance(conn),
            Conn::Pg(conn) => schema_distance(conn),
        }
        .map_err(|e| Error::Setup(format!("cannot read the schema's history: {e}")))?;
        match (missing, unknown) {
            (0, 0 | 1) => Ok(()),
            (0, newer) => {
                Err(Error::Setup(format!("the database schema is {newer} steps newer than this program")))
            }
            (1, _) => Err(Error::Setup("the database schema lacks a step: run `kstt migrate` first".into())),
            (older, _) => Err(Error::Setup(format!(
                "the database schema lacks {older} steps: run `kstt migrate` first"
            ))),
        }
    }
}

type Transactions = <Conn as Connection>::TransactionManager;

fn begin(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        // A deferred transaction fails under load in spite of busy_timeout.
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        Conn::Pg(conn) => AnsiTransactionManager::begin_transaction(conn),
    }
}

fn begin_snapshot(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN"),
        Conn::Pg(conn) => AnsiTransactionManager::begin_transaction_sql(
            conn,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ),
    }
}

/// A new file of tables for others to read: an embedded database that nobody writes again.
pub(crate) fn new_file(path: &Path) -> Result<Conn, Error> {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy())
        .map_err(|e| Error::Setup(format!("cannot write the file {}: {e}", path.display())))?;
    conn.batch_execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096;")?;
    Ok(Conn::Sqlite(conn))
}

fn names(versions: Vec<MigrationVersion<'_>>) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}

/// (steps this program has and the database lacks, steps the database has and this program lacks)
fn schema_distance<DB, C>(conn: &mut C) -> diesel::migration::Result<(usize, usize)>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let missing = conn.pending_migrations(MIGRATIONS)?.len();
    let known = MigrationSource::<DB>::migrations(&MIGRATIONS)?.len();
    let applied = conn.applied_migrations()?.len();
    Ok((missing, (applied + missing).saturating_sub(known)))
}

/// Order and prefixes must agree on every machine, so PostgreSQL has to keep text in UTF-8 and to compare by bytes.
fn require_portable_collation(conn: &mut Conn) -> Result<(), Error> {
    #[derive(diesel::QueryableByName)]
    struct Server {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        version: i32,
    }
    #[derive(diesel::QueryableByName)]
    struct Kept {
        #[diesel(sql_type = diesel::sql_types::Text)]
        encoding: String,
        #[diesel(sql_type = diesel::sql_types::Text)]
        provider: String,
        #[diesel(sql_type = diesel::sql_types::Text)]
        ordering: String,
    }
    let Conn::Pg(conn) = conn else { return Ok(()) };
    let server: Server =
        diesel::sql_query("SELECT current_setting('server_version_num')::int AS version").get_result(conn)?;
    // Before PostgreSQL 15 a database was ordered by the C library in any case.
    let provider = if server.version < 150_000 { "'c'" } else { "datlocprovider" };
    let found: Kept = diesel::sql_query(format!(
        "SELECT pg_encoding_to_char(encoding)::text AS encoding, {provider}::text AS provider, \
         datcollate::text AS ordering FROM pg_database WHERE datname = current_database()"
    ))
    .get_result(conn)?;
    let wrong = match (found.encoding.as_str(), found.provider.as_str(), found.ordering.as_str()) {
        ("UTF8", "c", "C" | "POSIX" | "C.UTF-8" | "C.utf8") => return Ok(()),
        ("UTF8", "c", other) => format!("the database orders text by {other}; create it with LC_COLLATE 'C'"),
        ("UTF8", ..) => "the database does not order text by the C library; \
                         create it with LOCALE_PROVIDER libc and LC_COLLATE 'C'"
            .to_owned(),
        (other, ..) => format!("the database keeps text in {other}; create it with ENCODING 'UTF8'"),
    };
    Err(Error::Setup(format!("{wrong} (docs/OPERATIONS.md)")))
}

fn prepare_directory(path: &Path) -> Result<(), Error> {
    let directory = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    private_directory(directory)
        .map_err(|e| Error::Setup(format!("cannot create the directory {}: {e}", directory.display())))?;
    // A file that opens read-only would fail only at the first write.
    let probe = directory.join(".kstt-write-probe");
    std::fs::write(&probe, b"")
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|e| Error::Setup(format!("cannot write in the directory {}: {e}", directory.display())))
}

/// Makes a directory that only its owner may enter: it holds password hashes and keys.
fn private_directory(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// What is wrong with a file, which the engine does not name.
fn unusable(path: &Path, error: diesel::result::Error) -> Error {
    match Error::from(error) {
        Error::Query(error) => {
            Error::Setup(format!("cannot use the database file {}: {error}", path.display()))
        }
        other => other,
    }
}

fn first_line(error: &impl std::fmt::Display) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
