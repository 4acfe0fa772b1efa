-- What the database is for: the row `mode` says `demo` or `production`. A demo's accounts have a password that everybody
-- knows, so that neither is ever to be taken for the other.
CREATE TABLE installation (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);
