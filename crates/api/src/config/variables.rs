//! What can be set.

/// Every environment variable, its default and its meaning, in the order of the documentation.
pub const VARIABLES: &[(&str, &str, &str)] = &[
    ("KSTT_MODE", "demo", "`production` refuses unsafe settings, demo data and the demo clock"),
    (
        "DATABASE_URL",
        "kstt.db in KSTT_VAR_DIR",
        "`sqlite:<file>` or `postgres://user:password@host/database`",
    ),
    ("KSTT_LISTEN", "127.0.0.1:8080", "address and port to serve on"),
    (
        "KSTT_VAR_DIR",
        "var",
        "directory for the embedded database, keys, attachments, search indexes, open data and audit heads",
    ),
    (
        "KSTT_CLOCK",
        "2019-03-04T08:00:00+07:00",
        "start of the demo clock, or `real`; always real in production",
    ),
    (
        "KSTT_MASTER_KEY",
        "made in KSTT_VAR_DIR",
        "32 bytes in base64 that seal stored secrets; required in production",
    ),
    (
        "KSTT_AUDIT_KEY",
        "made in KSTT_VAR_DIR",
        "32 bytes in base64 that key the audit chain; required in production",
    ),
    ("KSTT_ISSUER", "http://127.0.0.1:8080", "`iss` of access tokens; required in production"),
    ("KSTT_CORS_ORIGINS", "", "origins of browsers that may call, separated by commas"),
    ("KSTT_TRUSTED_PROXIES", "", "networks whose X-Forwarded-For counts, separated by commas"),
    ("KSTT_METRICS_NETWORKS", "127.0.0.0/8,::1/128", "networks that may read /metrics, separated by commas"),
    ("KSTT_RATE_LIMIT", "50", "requests a second for each address and each account, or `off`"),
    ("KSTT_RATE_BURST", "200", "requests that may come at once above that rate"),
    (
        "KSTT_DB_CONNECTIONS",
        "4",
        "database connections for reading; on PostgreSQL for reading and writing together",
    ),
    ("KSTT_HTTP_WORKERS", "2", "threads that accept requests"),
    ("KSTT_ALLOW_SQLITE", "no", "`yes` lets production run on SQLite"),
    ("KSTT_ALLOW_PLAIN_POSTGRES", "no", "`yes` lets production reach another host without TLS"),
    (
        "KSTT_SMTP_URL",
        "",
        "mail server, `smtps://user:password@host` or `smtp://host?tls=required`; none: no mail",
    ),
    ("KSTT_MAIL_FROM", "", "the address mails come from, such as `kstt <kstt@city.example>`"),
    (
        "KSTT_WEBHOOK_NETWORKS",
        "",
        "private networks that webhooks may call, also without TLS, separated by commas; refused in production",
    ),
    (
        "KSTT_FILES",
        "files in KSTT_VAR_DIR",
        "where attachments are kept: a directory that all instances share, or `s3://bucket/prefix`; never one place for two databases",
    ),
    ("KSTT_S3_ENDPOINT", "", "address of a store that speaks S3; none: Amazon's own"),
    ("KSTT_S3_REGION", "us-east-1", "region of the bucket"),
    ("KSTT_S3_ACCESS_KEY", "", "access key of the bucket; needed with `s3://`"),
    ("KSTT_S3_SECRET_KEY", "", "secret key of the bucket; needed with `s3://`"),
    (
        "KSTT_CLAMAV",
        "",
        "`host:port` of a clamd that scans attachments; none: they are marked as not scanned",
    ),
    ("KSTT_LOG", "info", "what is logged: error, warn, info, debug, trace"),
];
