//! Configuration: one struct, read once from the environment, every variable described in
//! [`VARIABLES`]. Unsafe settings are refused in production with a sentence that says what to set.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use ipnet::IpNet;
use kstt_persistence::Target;

mod checks;
mod variables;

pub use variables::VARIABLES;

/// When the demo city lives: a Monday of 2019 on which every district and commune exists.
const DEMO_START: &str = "2019-03-04T08:00:00+07:00";

/// Which clock the product runs by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockChoice {
    Real,
    /// Starts here the first time, and where it was left afterwards.
    Demo(DateTime<Utc>),
}

/// Where attachments are kept.
#[derive(Debug, Clone)]
pub enum FilesAt {
    Directory(PathBuf),
    Bucket(Bucket),
}

/// A bucket of something that speaks S3.
#[derive(Debug, Clone)]
pub struct Bucket {
    pub name: String,
    /// What every key begins with; may be empty.
    pub prefix: String,
    pub endpoint: Option<String>,
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
}

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    pub production: bool,
    pub database: Target,
    pub listen: SocketAddr,
    pub var_dir: PathBuf,
    pub clock: ClockChoice,
    pub master_key: Option<Vec<u8>>,
    pub audit_key: Option<Vec<u8>>,
    pub issuer: String,
    pub cors_origins: Vec<String>,
    pub trusted_proxies: Vec<IpNet>,
    pub metrics_networks: Vec<IpNet>,
    /// Requests a second; `None` switches the limit off.
    pub rate_limit: Option<u32>,
    pub rate_burst: u32,
    pub db_connections: u32,
    pub http_workers: usize,
    pub smtp_url: Option<String>,
    pub mail_from: Option<String>,
    /// Private networks that webhooks may call.
    pub webhook_networks: Vec<IpNet>,
    pub files: FilesAt,
    /// `host:port` of the scanner.
    pub clamav: Option<String>,
    pub log: String,
}

impl Config {
    /// Reads the process environment.
    #[allow(clippy::disallowed_methods)]
    pub fn from_environment() -> Result<Self, String> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// Reads settings from `get`. The error is one sentence for the operator.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let get =
            |name: &str| get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let production = match get("KSTT_MODE").as_deref() {
            None | Some("demo") => false,
            Some("production") => true,
            Some(other) => return Err(format!("KSTT_MODE is `demo` or `production`, not {other:?}")),
        };
        let var_dir = PathBuf::from(get("KSTT_VAR_DIR").unwrap_or_else(|| "var".into()));
        let database = match get("DATABASE_URL") {
            Some(url) => Target::parse(&url).map_err(|e| format!("DATABASE_URL: {e}"))?,
            None => Target::Sqlite(var_dir.join("kstt.db")),
        };
        let files = files(&var_dir, &get)?;
        let config = Self {
            production,
            database,
            listen: parsed("KSTT_LISTEN", get("KSTT_LISTEN"), "127.0.0.1:8080")?,
            var_dir,
            clock: clock(get("KSTT_CLOCK"), production)?,
            master_key: key("KSTT_MASTER_KEY", get("KSTT_MASTER_KEY"))?,
            audit_key: key("KSTT_AUDIT_KEY", get("KSTT_AUDIT_KEY"))?,
            issuer: checks::issuer(get("KSTT_ISSUER"), production)?,
            cors_origins: checks::origins(list(get("KSTT_CORS_ORIGINS")))?,
            trusted_proxies: networks("KSTT_TRUSTED_PROXIES", get("KSTT_TRUSTED_PROXIES"))?,
            metrics_networks: networks(
                "KSTT_METRICS_NETWORKS",
                get("KSTT_METRICS_NETWORKS").or_else(|| Some("127.0.0.0/8,::1/128".into())),
            )?,
            rate_limit: match get("KSTT_RATE_LIMIT").as_deref() {
                Some("off") => None,
                value => Some(parsed("KSTT_RATE_LIMIT", value.map(str::to_owned), "50")?),
            },
            rate_burst: parsed("KSTT_RATE_BURST", get("KSTT_RATE_BURST"), "200")?,
            db_connections: parsed("KSTT_DB_CONNECTIONS", get("KSTT_DB_CONNECTIONS"), "4")?,
            http_workers: parsed("KSTT_HTTP_WORKERS", get("KSTT_HTTP_WORKERS"), "2")?,
            smtp_url: get("KSTT_SMTP_URL"),
            mail_from: get("KSTT_MAIL_FROM"),
            webhook_networks: networks("KSTT_WEBHOOK_NETWORKS", get("KSTT_WEBHOOK_NETWORKS"))?,
            files,
            clamav: scanner(get("KSTT_CLAMAV"))?,
            log: checks::filters(get("KSTT_LOG"))?,
        };
        if config.rate_limit == Some(0)
            || config.rate_burst == 0
            || config.db_connections == 0
            || config.http_workers == 0
        {
            return Err(
                "KSTT_RATE_LIMIT, KSTT_RATE_BURST, KSTT_DB_CONNECTIONS and KSTT_HTTP_WORKERS are at least 1"
                    .into(),
            );
        }
        if production {
            config.refuse_unsafe(get("KSTT_ISSUER").is_some(), &get)?;
        }
        Ok(config)
    }

    fn refuse_unsafe(&self, has_issuer: bool, get: &impl Fn(&str) -> Option<String>) -> Result<(), String> {
        let allowed = |name: &str| get(name).as_deref() == Some("yes");
        if self.master_key.is_none() {
            return Err("production needs KSTT_MASTER_KEY: set it to 32 random bytes in base64 (`openssl rand -base64 32`)".into());
        }
        if self.audit_key.is_none() {
            return Err("production needs KSTT_AUDIT_KEY: set it to 32 random bytes in base64, kept away from the database".into());
        }
        if !has_issuer {
            return Err("production needs KSTT_ISSUER: set it to the public https address of this API".into());
        }
        if !self.webhook_networks.is_empty() {
            return Err("production calls no private network: unset KSTT_WEBHOOK_NETWORKS".into());
        }
        if self.smtp_url.as_deref().is_some_and(|url| !is_safe_mail(url)) {
            return Err("production reaches the mail server with TLS: use smtps://… or add ?tls=required to KSTT_SMTP_URL".into());
        }
        if let FilesAt::Bucket(Bucket { endpoint: Some(endpoint), .. }) = &self.files
            && !endpoint.starts_with("https://")
            && !is_local(endpoint)
        {
            return Err(
                "production reaches the file store with TLS: use https://… in KSTT_S3_ENDPOINT".into()
            );
        }
        match &self.database {
            Target::Sqlite(_) if !allowed("KSTT_ALLOW_SQLITE") => {
                Err("production runs on PostgreSQL: set DATABASE_URL=postgres://…, or KSTT_ALLOW_SQLITE=yes".into())
            }
            Target::Postgres(url) if !is_safe_link(url) && !allowed("KSTT_ALLOW_PLAIN_POSTGRES") => Err(
                "production reaches PostgreSQL on another host only with TLS: add sslmode=require or stronger to \
                 DATABASE_URL, or set KSTT_ALLOW_PLAIN_POSTGRES=yes on a private network"
                    .into(),
            ),
            _ => Ok(()),
        }
    }
}

/// Whether a mail server's URL stays on this machine or asks for TLS.
fn is_safe_mail(url: &str) -> bool {
    url.starts_with("smtps://") || url.contains("tls=required") || is_local(url)
}

/// Whether a PostgreSQL URL stays on this machine or asks for TLS.
fn is_safe_link(url: &str) -> bool {
    let modes = ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"];
    is_local(url) || modes.iter().any(|mode| url.contains(mode))
}

fn is_local(url: &str) -> bool {
    let address = url.split("://").nth(1).unwrap_or_default();
    let host = address.split(['/', '?']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let name = host
        .strip_prefix('[')
        .and_then(|h| h.split(']').next())
        .unwrap_or_else(|| host.split(':').next().unwrap_or_default());
    name.is_empty()
        || name.starts_with("%2F")
        || name == "localhost"
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn files(var_dir: &Path, get: &impl Fn(&str) -> Option<String>) -> Result<FilesAt, String> {
    let Some(place) = get("KSTT_FILES") else { return Ok(FilesAt::Directory(var_dir.join("files"))) };
    let Some(bucket) = place.strip_prefix("s3://") else {
        if place.contains("://") {
            return Err(format!("KSTT_FILES is a directory or s3://bucket/prefix, not {place:?}"));
        }
        return Ok(FilesAt::Directory(place.into()));
    };
    let (name, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
    if name.is_empty() {
        return Err("KSTT_FILES names no bucket: write s3://bucket/prefix".into());
    }
    // Other characters are signed in more than one way by the stores that speak S3.
    if !prefix.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.')) {
        return Err(format!("the prefix of KSTT_FILES has letters, digits and /-_. only, not {prefix:?}"));
    }
    let needed = |name: &str| get(name).ok_or_else(|| format!("KSTT_FILES=s3://… needs {name}"));
    Ok(FilesAt::Bucket(Bucket {
        name: name.to_owned(),
        prefix: prefix.trim_matches('/').to_owned(),
        endpoint: get("KSTT_S3_ENDPOINT"),
        region: get("KSTT_S3_REGION").unwrap_or_else(|| "us-east-1".into()),
        access_key: needed("KSTT_S3_ACCESS_KEY")?,
        secret_key: needed("KSTT_S3_SECRET_KEY")?,
    }))
}

fn scanner(value: Option<String>) -> Result<Option<String>, String> {
    let Some(address) = value else { return Ok(None) };
    let port = address.rsplit_once(':').filter(|(host, _)| !host.is_empty());
    match port.and_then(|(_, port)| port.parse::<u16>().ok()) {
        Some(_) => Ok(Some(address)),
        None => Err(format!("KSTT_CLAMAV is host:port, not {address:?}")),
    }
}

fn clock(value: Option<String>, production: bool) -> Result<ClockChoice, String> {
    match value.as_deref() {
        Some("real") => Ok(ClockChoice::Real),
        Some(_) if production => Err("production runs by real time: unset KSTT_CLOCK".into()),
        None if production => Ok(ClockChoice::Real),
        other => {
            let start = other.unwrap_or(DEMO_START);
            let moment = DateTime::parse_from_rfc3339(start).map_err(|_| {
                format!("KSTT_CLOCK is `real` or a moment such as {DEMO_START}, not {start:?}")
            })?;
            Ok(ClockChoice::Demo(moment.to_utc()))
        }
    }
}

fn parsed<T: std::str::FromStr>(name: &str, value: Option<String>, default: &str) -> Result<T, String> {
    let text = value.unwrap_or_else(|| default.to_owned());
    text.parse().map_err(|_| format!("{name} cannot be {text:?}; a good value is {default}"))
}

fn list(value: Option<String>) -> Vec<String> {
    let value = value.unwrap_or_default();
    value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn networks(name: &str, value: Option<String>) -> Result<Vec<IpNet>, String> {
    list(value)
        .iter()
        .map(|item| {
            item.parse::<IpNet>()
                .or_else(|_| item.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| format!("{name}: {item:?} is not a network such as 10.0.0.0/8"))
        })
        .collect()
}

fn key(name: &str, value: Option<String>) -> Result<Option<Vec<u8>>, String> {
    use base64::Engine;
    let Some(text) = value else { return Ok(None) };
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(text)
        .map_err(|_| format!("{name} must be base64"))?;
    if bytes.len() != 32 {
        return Err(format!("{name} must be 32 bytes; it is {}", bytes.len()));
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, String> {
        Config::read(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    #[test]
    fn nothing_set_is_a_demo() {
        let config = read(&[]).unwrap();
        assert!(!config.production);
        assert_eq!(config.database, Target::Sqlite("var/kstt.db".into()));
        assert!(matches!(config.clock, ClockChoice::Demo(_)));
    }

    #[test]
    fn production_says_what_to_set() {
        let base = vec![("KSTT_MODE", "production")];
        let grow = |more: &[(&'static str, &'static str)]| [base.clone(), more.to_vec()].concat();
        assert!(read(&grow(&[])).unwrap_err().contains("KSTT_MASTER_KEY"));
        let keys = [("KSTT_MASTER_KEY", KEY), ("KSTT_AUDIT_KEY", KEY), ("KSTT_ISSUER", "https://x")];
        assert!(read(&grow(&keys)).unwrap_err().contains("DATABASE_URL"));
        let plain = [&keys[..], &[("DATABASE_URL", "postgres://u:p@db.example/kstt")]].concat();
        assert!(read(&grow(&plain)).unwrap_err().contains("sslmode"));
        let tls = [&keys[..], &[("DATABASE_URL", "postgres://u:p@db.example/kstt?sslmode=require")]].concat();
        assert!(read(&grow(&tls)).is_ok());
        let inward = [&tls[..], &[("KSTT_WEBHOOK_NETWORKS", "10.0.0.0/8")]].concat();
        assert!(read(&grow(&inward)).unwrap_err().contains("KSTT_WEBHOOK_NETWORKS"));
        let open_mail = [&tls[..], &[("KSTT_SMTP_URL", "smtp://mail.example:25")]].concat();
        assert!(read(&grow(&open_mail)).unwrap_err().contains("KSTT_SMTP_URL"));
    }

    #[test]
    fn a_wrong_value_is_named() {
        assert!(read(&[("DATABASE_URL", "mysql://x")]).unwrap_err().contains("mysql"));
        for nothing in ["sqlite:", "sqlite://", "sqlite::memory:", "sqlite://:memory:"] {
            assert!(read(&[("DATABASE_URL", nothing)]).unwrap_err().contains("sqlite:<file>"), "{nothing}");
        }
        assert!(read(&[("KSTT_LISTEN", "8080")]).unwrap_err().contains("KSTT_LISTEN"));
        assert!(read(&[("KSTT_CLOCK", "yesterday")]).unwrap_err().contains("KSTT_CLOCK"));
        assert!(read(&[("KSTT_FILES", "s3://bucket/a b")]).unwrap_err().contains("letters, digits"));
        assert!(read(&[("KSTT_FILES", "s3://bucket/a")]).unwrap_err().contains("KSTT_S3_ACCESS_KEY"));
        assert!(read(&[("KSTT_FILES", "ftp://x")]).unwrap_err().contains("KSTT_FILES"));
        assert!(read(&[("KSTT_CLAMAV", "scanner")]).unwrap_err().contains("KSTT_CLAMAV"));
        assert!(read(&[("KSTT_MASTER_KEY", "AAAA")]).unwrap_err().contains("32 bytes"));
    }
}
