-- Messages to people and machines. The sealed trail is the outbox: what follows from an event is stored when
-- its place in the sequence is read, once for each receiver.

-- When to look again whether someone is to be reminded; null: never again.
ALTER TABLE obligations ADD COLUMN remind_at TIMESTAMP;
UPDATE obligations SET remind_at = created_at WHERE outcome = 'pending';
CREATE INDEX obligations_remind ON obligations (remind_at);

-- Steps of the reminder schedule that were dealt with, for each last lawful day an obligation had.
CREATE TABLE reminders (
    obligation_id TEXT NOT NULL REFERENCES obligations (id),
    due_on DATE NOT NULL,
    step TEXT NOT NULL,
    -- False: a later one was due already, and was sent instead.
    sent BOOLEAN NOT NULL,
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (obligation_id, due_on, step)
);

-- How far each reader of the sealed sequence has come.
CREATE TABLE feed_positions (
    reader TEXT PRIMARY KEY NOT NULL,
    seq BIGINT NOT NULL CHECK (seq >= 0)
);

-- What happened before is not told any more.
INSERT INTO feed_positions SELECT 'messages', coalesce(max(seq), 0) FROM seals;

CREATE TABLE notifications (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    event_id TEXT NOT NULL REFERENCES audit (id),
    kind TEXT NOT NULL,
    unit_id TEXT REFERENCES units (id),
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    facts TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    read_at TIMESTAMP,
    UNIQUE (user_id, event_id)
);
CREATE INDEX notifications_list ON notifications (user_id, id);
CREATE INDEX notifications_unread ON notifications (user_id, id) WHERE read_at IS NULL;
CREATE INDEX notifications_event ON notifications (event_id);
CREATE INDEX notifications_unit ON notifications (unit_id);

CREATE TABLE notification_preferences (
    user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id),
    email BOOLEAN NOT NULL,
    language TEXT NOT NULL,
    -- Kinds of notifications not wanted, separated by blanks.
    muted TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE webhooks (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    -- Whose eyes it has: events that this unit may learn of.
    unit_id TEXT NOT NULL REFERENCES units (id),
    -- Patterns of event types, separated by blanks.
    events TEXT NOT NULL,
    -- Sealed with the master key. The old one signs beside the new one for a while.
    secret TEXT NOT NULL,
    old_secret TEXT,
    old_secret_until TIMESTAMP,
    disabled_at TIMESTAMP,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX webhooks_unit ON webhooks (unit_id, id);

-- A way out: one webhook, or the mail server. It is left alone while it fails, and served by one at a time.
CREATE TABLE lanes (
    name TEXT PRIMARY KEY NOT NULL,
    lease_until TIMESTAMP NOT NULL,
    rest_until TIMESTAMP NOT NULL,
    failures BIGINT NOT NULL,
    failing_since TIMESTAMP
);

-- One event on its way to one receiver: a webhook, or a person's mailbox.
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY NOT NULL,
    lane TEXT NOT NULL REFERENCES lanes (name),
    recipient TEXT NOT NULL,
    event_id TEXT NOT NULL REFERENCES audit (id),
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt_at TIMESTAMP NOT NULL,
    last_error TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (event_id, lane, recipient)
);
CREATE INDEX deliveries_due ON deliveries (lane, state, next_attempt_at);
CREATE INDEX deliveries_list ON deliveries (lane, id);
