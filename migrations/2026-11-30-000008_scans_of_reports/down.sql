-- Files of reports have no place in the table before; they go.
CREATE TABLE attachments_of_feedback (
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
INSERT INTO attachments_of_feedback (id, feedback_id, number, name, media_type, size_bytes, sha256, state, place, by_citizen, author,
        created_at, scanned_at, version)
    SELECT id, feedback_id, number, name, media_type, size_bytes, sha256, state, place, by_citizen, author,
        created_at, scanned_at, version
    FROM attachments WHERE feedback_id IS NOT NULL;
DROP TABLE attachments;
ALTER TABLE attachments_of_feedback RENAME TO attachments;
CREATE INDEX attachments_state ON attachments (state, id);
