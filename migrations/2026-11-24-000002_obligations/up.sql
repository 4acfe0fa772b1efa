-- Deadlines as rows: the rules in versions, what is owed by whom until when, and who may see it.

CREATE TABLE deadline_rules (
    rule TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    body TEXT NOT NULL,
    reason TEXT,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (rule, version),
    CHECK (valid_from < valid_to)
);

-- sort_key is the last lawful day and the id: every list of deadlines is in this order. outcome follows from
-- paused_at, met_at, due_at and cancelled_at; what is pending stands as the moment asked has it.
CREATE TABLE obligations (
    id TEXT PRIMARY KEY NOT NULL,
    sort_key TEXT NOT NULL,
    rule TEXT NOT NULL,
    rule_version BIGINT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    unit_id TEXT NOT NULL REFERENCES units (id),
    sequence BIGINT NOT NULL CHECK (sequence > 0),
    officer_id TEXT REFERENCES users (id),
    trigger_at TIMESTAMP NOT NULL,
    soon_at TIMESTAMP NOT NULL,
    warn_at TIMESTAMP NOT NULL,
    due_at TIMESTAMP NOT NULL,
    due_on DATE NOT NULL,
    calendar_version BIGINT NOT NULL REFERENCES calendar_versions (version),
    paused_at TIMESTAMP,
    met_at TIMESTAMP,
    cancelled_at TIMESTAMP,
    outcome TEXT NOT NULL,
    note TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (rule, subject_kind, subject_id, unit_id, sequence),
    FOREIGN KEY (rule, rule_version) REFERENCES deadline_rules (rule, version),
    CHECK (warn_at <= due_at)
);
CREATE INDEX obligations_order ON obligations (sort_key);
CREATE INDEX obligations_outcome ON obligations (outcome, sort_key);
CREATE INDEX obligations_rule ON obligations (rule, sort_key);
CREATE INDEX obligations_unit ON obligations (unit_id, sort_key);
CREATE INDEX obligations_subject ON obligations (subject_kind, subject_id, sort_key);
CREATE INDEX obligations_officer ON obligations (officer_id, sort_key);
CREATE INDEX obligations_calendar ON obligations (calendar_version, id);

-- Spans in which the clock of an obligation stood still; the last one may still last.
CREATE TABLE obligation_pauses (
    id TEXT PRIMARY KEY NOT NULL,
    obligation_id TEXT NOT NULL REFERENCES obligations (id),
    stopped_at TIMESTAMP NOT NULL,
    resumed_at TIMESTAMP,
    reason TEXT NOT NULL
);
CREATE INDEX obligation_pauses_obligation ON obligation_pauses (obligation_id, stopped_at);

-- Which unit sees a thing on which days, in the order of its list: every list of a unit is an equality
-- and a keyset. `own`: it is the unit's own matter, or one it inherited, and not one of a unit below it.
CREATE TABLE visible_to (
    unit_id TEXT NOT NULL REFERENCES units (id),
    room TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    own BOOLEAN NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (unit_id, room, sort_key, valid_from),
    CHECK (valid_from < valid_to)
);
CREATE INDEX visible_to_outcome ON visible_to (unit_id, room, outcome, sort_key, valid_from, valid_to, own);
CREATE INDEX visible_to_subject ON visible_to (subject_id, room);

-- Addresses that calendar programs subscribe to; only a hash of each token is kept.
CREATE TABLE duty_feeds (
    id TEXT PRIMARY KEY NOT NULL,
    unit_id TEXT NOT NULL REFERENCES units (id),
    token_hash TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP
);
CREATE INDEX duty_feeds_unit ON duty_feeds (unit_id, id);
