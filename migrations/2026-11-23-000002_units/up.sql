-- Agencies in time. A code is for ever; name, rank and parent hold for a period [valid_from, valid_to).

CREATE TABLE units (
    id TEXT PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX units_updated_at ON units (updated_at, id);

CREATE TABLE unit_periods (
    id TEXT PRIMARY KEY NOT NULL,
    unit_id TEXT NOT NULL REFERENCES units (id),
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    subtype TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    short_name TEXT NOT NULL,
    parent_id TEXT REFERENCES units (id),
    gso_code TEXT,
    agency_code TEXT,
    legal_basis TEXT,
    CHECK (valid_from < valid_to),
    UNIQUE (unit_id, valid_from)
);
CREATE INDEX unit_periods_parent ON unit_periods (parent_id, valid_from, valid_to);

CREATE TABLE unit_successions (
    id TEXT PRIMARY KEY NOT NULL,
    from_unit_id TEXT NOT NULL REFERENCES units (id),
    to_unit_id TEXT NOT NULL REFERENCES units (id),
    effective_on DATE NOT NULL,
    kind TEXT NOT NULL,
    legal_basis TEXT NOT NULL,
    UNIQUE (from_unit_id, to_unit_id, effective_on)
);
CREATE INDEX unit_successions_to ON unit_successions (to_unit_id, effective_on);

CREATE TABLE focal_officers (
    id TEXT PRIMARY KEY NOT NULL,
    unit_id TEXT NOT NULL REFERENCES units (id),
    person TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    appointing_paper TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK (valid_from < valid_to)
);
CREATE INDEX focal_officers_unit ON focal_officers (unit_id, valid_from);
