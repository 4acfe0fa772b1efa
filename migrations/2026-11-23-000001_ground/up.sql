-- What every room stands on: counters, leases, retries, the trail and its seals.

CREATE TABLE counters (
    series TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    period TEXT NOT NULL,
    value BIGINT NOT NULL CHECK (value >= 0),
    PRIMARY KEY (series, unit_code, period)
);

CREATE TABLE leases (
    name TEXT PRIMARY KEY NOT NULL,
    holder TEXT NOT NULL,
    lease_until TIMESTAMP NOT NULL
);

-- One row: how far an administrator has moved the demo clock.
CREATE TABLE clock_settings (
    name TEXT PRIMARY KEY NOT NULL,
    offset_microseconds BIGINT NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (scope, idempotency_key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);

CREATE TABLE audit (
    id TEXT PRIMARY KEY NOT NULL,
    at TIMESTAMP NOT NULL,
    action TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    actor_unit TEXT,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    subject_key TEXT NOT NULL,
    unit_id TEXT,
    before_state TEXT,
    after_state TEXT,
    reason TEXT,
    trace_id TEXT NOT NULL,
    client_address TEXT
);
CREATE INDEX audit_subject ON audit (subject_kind, subject_key, id);
CREATE INDEX audit_subject_id ON audit (subject_id, id);
CREATE INDEX audit_unit ON audit (unit_id, id);

-- Rows of the trail that have no place in the sequence yet.
CREATE TABLE seal_queue (
    audit_id TEXT PRIMARY KEY NOT NULL REFERENCES audit (id)
);

CREATE TABLE seals (
    seq BIGINT PRIMARY KEY NOT NULL CHECK (seq > 0),
    audit_id TEXT NOT NULL UNIQUE REFERENCES audit (id),
    hash TEXT NOT NULL
);
