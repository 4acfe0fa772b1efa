-- How far tables that are written have come, for whoever asked for them; kept for a day. Moments are real time.
CREATE TABLE export_progress (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    rows_written BIGINT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (owner, key)
);
CREATE INDEX export_progress_started ON export_progress (started_at);
