-- Sums count a dossier once, and say what they said on any day.

-- The unit that leads what a record counts: itself, or the one in whose dossiers it takes part. An engine cannot
-- change what is UNIQUE, so that the table is written anew.
CREATE TABLE dossier_counts_led (
    id TEXT PRIMARY KEY NOT NULL,
    unit_id TEXT NOT NULL REFERENCES units (id),
    lead_unit_id TEXT NOT NULL REFERENCES units (id),
    field TEXT NOT NULL,
    level TEXT NOT NULL,
    channel TEXT NOT NULL,
    -- Both belong to the period, which is a day or a month.
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    received BIGINT NOT NULL CHECK (received >= 0),
    early BIGINT NOT NULL CHECK (early >= 0),
    on_time BIGINT NOT NULL CHECK (on_time >= 0),
    late BIGINT NOT NULL CHECK (late >= 0),
    in_time BIGINT NOT NULL CHECK (in_time >= 0),
    overdue BIGINT NOT NULL CHECK (overdue >= 0),
    -- JSON: the ten national statuses. They are shown and never summed by the database.
    by_status TEXT NOT NULL,
    cause_dossier BIGINT NOT NULL CHECK (cause_dossier >= 0),
    cause_staff BIGINT NOT NULL CHECK (cause_staff >= 0),
    cause_coordination BIGINT NOT NULL CHECK (cause_coordination >= 0),
    cause_law BIGINT NOT NULL CHECK (cause_law >= 0),
    cause_system BIGINT NOT NULL CHECK (cause_system >= 0),
    cause_other BIGINT NOT NULL CHECK (cause_other >= 0),
    source TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (unit_id, field, level, channel, lead_unit_id, first_day, last_day),
    CHECK (first_day <= last_day)
);
INSERT INTO dossier_counts_led (id, unit_id, lead_unit_id, field, level, channel, first_day, last_day, received, early,
        on_time, late, in_time, overdue, by_status, cause_dossier, cause_staff, cause_coordination, cause_law,
        cause_system, cause_other, source, version, created_at, updated_at)
    SELECT id, unit_id, unit_id, field, level, channel, first_day, last_day, received, early, on_time, late, in_time,
        overdue, by_status, cause_dossier, cause_staff, cause_coordination, cause_law, cause_system, cause_other, source,
        version, created_at, updated_at
    FROM dossier_counts;
DROP TABLE dossier_counts;
ALTER TABLE dossier_counts_led RENAME TO dossier_counts;
CREATE INDEX dossier_counts_unit ON dossier_counts (unit_id, first_day, id);
CREATE INDEX dossier_counts_order ON dossier_counts (first_day, id);
CREATE INDEX dossier_counts_field ON dossier_counts (field, first_day, id);
CREATE INDEX dossier_counts_updated ON dossier_counts (updated_at, id);
CREATE INDEX dossier_counts_lead ON dossier_counts (lead_unit_id, unit_id, first_day);

-- Of what a report holds, what another unit leads: JSON by that unit's id, counted when it was filled.
ALTER TABLE report_revisions ADD COLUMN shared TEXT NOT NULL DEFAULT '{}';
ALTER TABLE reports DROP COLUMN interlinked;

-- When each of these was recorded; a report on paper was submitted before that.
ALTER TABLE report_revisions ADD COLUMN sent_at TIMESTAMP;
ALTER TABLE report_revisions ADD COLUMN accepted_at TIMESTAMP;
ALTER TABLE report_revisions ADD COLUMN returned_at TIMESTAMP;
UPDATE report_revisions SET sent_at = submitted_at;
UPDATE report_revisions SET accepted_at = (
    SELECT r.accepted_at FROM reports r WHERE r.id = report_revisions.report_id AND r.revision = report_revisions.revision
);
-- When exactly the older ones were sent back is not known any more: before the next one was sent.
UPDATE report_revisions SET returned_at = COALESCE(
        (SELECT min(later.submitted_at) FROM report_revisions later
            WHERE later.report_id = report_revisions.report_id AND later.revision > report_revisions.revision),
        (SELECT r.updated_at FROM reports r WHERE r.id = report_revisions.report_id))
    WHERE revision < (SELECT r.revision FROM reports r WHERE r.id = report_revisions.report_id);
