-- Periodic reports: forms in versions, periods with their data windows, what each unit declared and when, and
-- the way of accepted reports into the national system.

CREATE TABLE report_forms (
    code TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    body TEXT NOT NULL,
    reason TEXT,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (code, version),
    CHECK (valid_from <= valid_to)
);

-- first_day and last_day are the period's own, data_from and data_to those of its data; all are part of it.
CREATE TABLE reporting_periods (
    code TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    title TEXT,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    data_from DATE NOT NULL,
    data_to DATE NOT NULL,
    -- Only of what was asked for once.
    due_on DATE,
    frozen_at TIMESTAMP,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK (first_day <= last_day),
    CHECK (data_from <= data_to)
);
CREATE INDEX reporting_periods_order ON reporting_periods (first_day, code);

-- One form of one unit for one period. What it says is in its revisions.
CREATE TABLE reports (
    id TEXT PRIMARY KEY NOT NULL,
    period TEXT NOT NULL REFERENCES reporting_periods (code),
    form TEXT NOT NULL,
    form_version BIGINT NOT NULL,
    unit_id TEXT NOT NULL REFERENCES units (id),
    state TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    -- The last lawful day; null where no rule sets one.
    due_on DATE,
    nothing_arose BOOLEAN NOT NULL,
    -- Of the dossiers received, those that another agency counts as well.
    interlinked BIGINT NOT NULL,
    -- Of a report that came on paper.
    arrival_number TEXT,
    first_submitted_at TIMESTAMP,
    accepted_at TIMESTAMP,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (period, form, unit_id),
    FOREIGN KEY (form, form_version) REFERENCES report_forms (code, version)
);
CREATE INDEX reports_unit ON reports (unit_id, id);
CREATE INDEX reports_form ON reports (form, id);
CREATE INDEX reports_state ON reports (state, id);
CREATE INDEX reports_period ON reports (period, id);

-- What a report said, revision by revision: cells and texts as JSON. Only the newest one changes.
CREATE TABLE report_revisions (
    report_id TEXT NOT NULL REFERENCES reports (id),
    revision BIGINT NOT NULL CHECK (revision > 0),
    cells TEXT NOT NULL,
    sections TEXT NOT NULL,
    -- Why it was sent back, cell by cell.
    objections TEXT NOT NULL,
    computed_at TIMESTAMP,
    submitted_at TIMESTAMP,
    submitted_by TEXT,
    PRIMARY KEY (report_id, revision)
);

-- The way of each accepted report into the national system of management and evaluation.
CREATE TABLE report_ledger (
    report_id TEXT PRIMARY KEY NOT NULL REFERENCES reports (id),
    state TEXT NOT NULL,
    national_code TEXT,
    entered_at TIMESTAMP,
    missing TEXT,
    note TEXT,
    version BIGINT NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX report_ledger_state ON report_ledger (state, report_id);

-- Figures count what a unit received in a window.
CREATE INDEX feedback_figures ON feedback (handler_unit_id, received_at);
CREATE INDEX feedback_public_at ON feedback_public (published_at);
