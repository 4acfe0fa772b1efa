-- What is counted of feedback, apart from its texts: one narrow row for each item that is not a part of another,
-- kept with it. Days are Vietnam's.
CREATE TABLE feedback_facts (
    feedback_id TEXT PRIMARY KEY NOT NULL REFERENCES feedback (id),
    received_on DATE NOT NULL,
    registered_on DATE NOT NULL,
    -- The last lawful day of the answer to the citizen (K-44), also of one that was given.
    due_on DATE,
    answered_on DATE,
    days_to_answer BIGINT,
    on_time BOOLEAN,
    unit_id TEXT NOT NULL REFERENCES units (id),
    field TEXT,
    class TEXT,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    procedure_code TEXT,
    satisfied BOOLEAN
);
-- Counting reads these and not the table.
CREATE INDEX feedback_facts_received ON feedback_facts
    (received_on, unit_id, class, channel, state, field, procedure_code);
CREATE INDEX feedback_facts_answered ON feedback_facts
    (answered_on, unit_id, class, channel, state, field, procedure_code, days_to_answer, on_time, satisfied);
CREATE INDEX feedback_facts_due ON feedback_facts (due_on, answered_on, unit_id);
CREATE INDEX feedback_facts_unit ON feedback_facts (unit_id, received_on);

-- 0: items that were there before still lack their facts.
INSERT INTO registry_revision (name, revision) VALUES ('feedback_facts', 0);

CREATE INDEX obligations_due ON obligations (due_on, unit_id, met_at, due_at, cancelled_at, paused_at);
CREATE INDEX reports_due ON reports (due_on, unit_id);
