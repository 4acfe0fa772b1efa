-- Files that come with feedback. What is in them lies in the file store, under the key `place`.
CREATE TABLE attachments (
    id TEXT PRIMARY KEY NOT NULL,
    feedback_id TEXT NOT NULL REFERENCES feedback (id),
    -- Counts the files of an item, so that two which come at once cannot both be its last.
    number BIGINT NOT NULL CHECK (number > 0),
    name TEXT NOT NULL,
    -- What its content says it is, not what its sender says.
    media_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL,
    place TEXT NOT NULL,
    by_citizen BOOLEAN NOT NULL,
    author TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    scanned_at TIMESTAMP,
    version BIGINT NOT NULL,
    UNIQUE (feedback_id, number)
);
CREATE INDEX attachments_state ON attachments (state, id);
