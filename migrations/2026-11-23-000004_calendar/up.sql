-- The state administration's calendar. A version is the set of exceptions with
-- from_version <= version < to_version; no version is ever changed.

CREATE TABLE calendar_versions (
    version BIGINT PRIMARY KEY NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL,
    reason TEXT NOT NULL,
    first_year INTEGER NOT NULL,
    last_year INTEGER NOT NULL,
    CHECK (first_year <= last_year)
);

CREATE TABLE calendar_exceptions (
    id TEXT PRIMARY KEY NOT NULL,
    on_date DATE NOT NULL,
    kind TEXT NOT NULL,
    name_vi TEXT NOT NULL,
    compensates DATE,
    swaps_with DATE,
    status TEXT NOT NULL,
    from_version BIGINT NOT NULL REFERENCES calendar_versions (version),
    to_version BIGINT NOT NULL
);
CREATE UNIQUE INDEX calendar_exceptions_date ON calendar_exceptions (on_date, from_version);
CREATE INDEX calendar_exceptions_from ON calendar_exceptions (from_version);
