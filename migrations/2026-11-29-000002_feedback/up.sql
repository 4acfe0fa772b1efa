-- Feedback and recommendations: items, their senders sealed and apart, what was said about them, and what is public.

-- sort_key is the day the answer is due and the id while an answer is owed, and sorts after all of these when
-- none is: the overdue are a range of it.
CREATE TABLE feedback (
    id TEXT PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    sort_key TEXT NOT NULL,
    parent_id TEXT REFERENCES feedback (id),
    state TEXT NOT NULL,
    class TEXT,
    channel TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    -- Title and content for a unit that is itself complained of: JSON.
    redacted TEXT,
    procedure_code TEXT,
    field TEXT,
    named_unit_id TEXT REFERENCES units (id),
    about_unit_id TEXT REFERENCES units (id),
    about_person TEXT,
    -- Where in the city it was received first, and when; when it was registered; when nothing was missing.
    place_unit_id TEXT NOT NULL REFERENCES units (id),
    received_at TIMESTAMP NOT NULL,
    registered_at TIMESTAMP NOT NULL,
    valid_at TIMESTAMP,
    handler_unit_id TEXT NOT NULL REFERENCES units (id),
    handler_received_at TIMESTAMP,
    officer_id TEXT REFERENCES users (id),
    -- Grounds on which it may not be received, separated by blanks.
    grounds TEXT NOT NULL,
    guided_to TEXT,
    merged_into_id TEXT REFERENCES feedback (id),
    answer TEXT,
    approved_at TIMESTAMP,
    ended_at TIMESTAMP,
    -- When the next span of seven days without an answer begins.
    next_window_at TIMESTAMP,
    satisfied BOOLEAN,
    version BIGINT NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX feedback_order ON feedback (sort_key);
CREATE INDEX feedback_state ON feedback (state, sort_key);
CREATE INDEX feedback_class ON feedback (class, sort_key);
CREATE INDEX feedback_handler ON feedback (handler_unit_id, sort_key);
CREATE INDEX feedback_officer ON feedback (officer_id, sort_key);
CREATE INDEX feedback_procedure ON feedback (procedure_code, sort_key);
CREATE INDEX feedback_field ON feedback (field, sort_key);
CREATE INDEX feedback_parent ON feedback (parent_id);
CREATE INDEX feedback_place ON feedback (place_unit_id, received_at);
CREATE INDEX feedback_about ON feedback (about_unit_id);
CREATE INDEX feedback_named ON feedback (named_unit_id);
CREATE INDEX feedback_merged ON feedback (merged_into_id);
CREATE INDEX feedback_windows ON feedback (next_window_at);
CREATE INDEX feedback_ended ON feedback (ended_at);

-- Who sent an item: sealed with the master key; null once it was erased. The keyed hashes find other items
-- of the same sender.
CREATE TABLE feedback_senders (
    feedback_id TEXT PRIMARY KEY NOT NULL REFERENCES feedback (id),
    sealed TEXT,
    phone_hash TEXT,
    email_hash TEXT,
    received_at TIMESTAMP NOT NULL,
    erased_at TIMESTAMP
);
CREATE INDEX feedback_senders_phone ON feedback_senders (phone_hash, received_at);
CREATE INDEX feedback_senders_email ON feedback_senders (email_hash, received_at);

-- Bands of the fingerprint of each text.
CREATE TABLE feedback_prints (
    feedback_id TEXT PRIMARY KEY NOT NULL REFERENCES feedback (id),
    band_1 BIGINT NOT NULL,
    band_2 BIGINT NOT NULL,
    band_3 BIGINT NOT NULL,
    band_4 BIGINT NOT NULL,
    received_at TIMESTAMP NOT NULL
);
CREATE INDEX feedback_prints_1 ON feedback_prints (band_1, received_at);
CREATE INDEX feedback_prints_2 ON feedback_prints (band_2, received_at);
CREATE INDEX feedback_prints_3 ON feedback_prints (band_3, received_at);
CREATE INDEX feedback_prints_4 ON feedback_prints (band_4, received_at);

-- What was said about an item, in order: notes within the office, and what its sender may read.
CREATE TABLE feedback_entries (
    id TEXT PRIMARY KEY NOT NULL,
    feedback_id TEXT NOT NULL REFERENCES feedback (id),
    event TEXT NOT NULL,
    -- Also for the sender.
    open BOOLEAN NOT NULL,
    author TEXT NOT NULL,
    unit_id TEXT REFERENCES units (id),
    text TEXT NOT NULL,
    at TIMESTAMP NOT NULL
);
CREATE INDEX feedback_entries_list ON feedback_entries (feedback_id, id);
CREATE INDEX feedback_entries_unit ON feedback_entries (unit_id);

-- The way of each item into the national feedback system.
CREATE TABLE feedback_ledger (
    feedback_id TEXT PRIMARY KEY NOT NULL REFERENCES feedback (id),
    state TEXT NOT NULL,
    national_code TEXT,
    entered_at TIMESTAMP,
    missing TEXT,
    note TEXT,
    version BIGINT NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX feedback_ledger_state ON feedback_ledger (state, feedback_id);

-- What everyone may read: texts that were checked for what shows who someone is.
CREATE TABLE feedback_public (
    feedback_id TEXT PRIMARY KEY NOT NULL REFERENCES feedback (id),
    -- In the order of publishing.
    number BIGINT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    answer TEXT NOT NULL,
    published_at TIMESTAMP NOT NULL
);
