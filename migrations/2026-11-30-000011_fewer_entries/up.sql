-- Nothing is ever deleted from units, calendars and the trail: nobody looks for what points there.
DROP INDEX notifications_event;
DROP INDEX notifications_unit;
DROP INDEX feedback_facts_unit;

-- The deadlines of a thing lie side by side in the key that keeps them apart, so that no other index has to find them.
CREATE TABLE obligations_by_subject (
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
    -- When to look again whether someone is to be reminded; null: never again.
    remind_at TIMESTAMP,
    UNIQUE (subject_id, subject_kind, rule, unit_id, sequence),
    FOREIGN KEY (rule, rule_version) REFERENCES deadline_rules (rule, version),
    CHECK (warn_at <= due_at)
);
INSERT INTO obligations_by_subject (id, sort_key, rule, rule_version, subject_kind, subject_id, unit_id, sequence,
        officer_id, trigger_at, soon_at, warn_at, due_at, due_on, calendar_version, paused_at, met_at, cancelled_at,
        outcome, note, remind_at, version, created_at, updated_at)
    SELECT id, sort_key, rule, rule_version, subject_kind, subject_id, unit_id, sequence, officer_id, trigger_at, soon_at,
        warn_at, due_at, due_on, calendar_version, paused_at, met_at, cancelled_at, outcome, note, remind_at, version,
        created_at, updated_at
    FROM obligations;

-- What points to a deadline moves with it.
CREATE TABLE pauses_by_subject (
    id TEXT PRIMARY KEY NOT NULL,
    obligation_id TEXT NOT NULL REFERENCES obligations_by_subject (id),
    stopped_at TIMESTAMP NOT NULL,
    resumed_at TIMESTAMP,
    reason TEXT NOT NULL
);
INSERT INTO pauses_by_subject (id, obligation_id, stopped_at, resumed_at, reason)
    SELECT id, obligation_id, stopped_at, resumed_at, reason FROM obligation_pauses;
DROP TABLE obligation_pauses;
CREATE TABLE reminders_by_subject (
    obligation_id TEXT NOT NULL REFERENCES obligations_by_subject (id),
    due_on DATE NOT NULL,
    step TEXT NOT NULL,
    -- False: a later one was due already, and was sent instead.
    sent BOOLEAN NOT NULL,
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (obligation_id, due_on, step)
);
INSERT INTO reminders_by_subject (obligation_id, due_on, step, sent, at)
    SELECT obligation_id, due_on, step, sent, at FROM reminders;
DROP TABLE reminders;

DROP TABLE obligations;
ALTER TABLE obligations_by_subject RENAME TO obligations;
ALTER TABLE pauses_by_subject RENAME TO obligation_pauses;
ALTER TABLE reminders_by_subject RENAME TO reminders;
CREATE INDEX obligation_pauses_obligation ON obligation_pauses (obligation_id, stopped_at);
CREATE INDEX obligations_order ON obligations (sort_key);
CREATE INDEX obligations_outcome ON obligations (outcome, sort_key);
CREATE INDEX obligations_rule ON obligations (rule, sort_key);
CREATE INDEX obligations_due ON obligations (due_on, unit_id, met_at, due_at, cancelled_at, paused_at);
CREATE INDEX obligations_officer ON obligations (officer_id, sort_key) WHERE officer_id IS NOT NULL;
CREATE INDEX obligations_remind ON obligations (remind_at) WHERE remind_at IS NOT NULL;
