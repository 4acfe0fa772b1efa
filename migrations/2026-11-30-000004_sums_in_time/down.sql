-- Records of dossiers that another unit leads have no place in the table before; they go.
ALTER TABLE report_revisions DROP COLUMN returned_at;
ALTER TABLE report_revisions DROP COLUMN accepted_at;
ALTER TABLE report_revisions DROP COLUMN sent_at;
ALTER TABLE report_revisions DROP COLUMN shared;
ALTER TABLE reports ADD COLUMN interlinked BIGINT NOT NULL DEFAULT 0;

CREATE TABLE dossier_counts_whole (
    id TEXT PRIMARY KEY NOT NULL,
    unit_id TEXT NOT NULL REFERENCES units (id),
    field TEXT NOT NULL,
    level TEXT NOT NULL,
    channel TEXT NOT NULL,
    -- Both belong to the period, which is a day or a month.
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    received BIGINT NOT NULL CHECK (received >= 0),
    -- Of these, counted at another agency as well.
    interlinked BIGINT NOT NULL CHECK (interlinked >= 0),
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
    UNIQUE (unit_id, field, level, channel, first_day, last_day),
    CHECK (first_day <= last_day)
);
INSERT INTO dossier_counts_whole (id, unit_id, field, level, channel, first_day, last_day, received, interlinked, early, on_time, late,
        in_time, overdue, by_status, cause_dossier, cause_staff, cause_coordination, cause_law, cause_system, cause_other,
        source, version, created_at, updated_at)
    SELECT id, unit_id, field, level, channel, first_day, last_day, received, 0, early, on_time, late,
        in_time, overdue, by_status, cause_dossier, cause_staff, cause_coordination, cause_law, cause_system, cause_other,
        source, version, created_at, updated_at
    FROM dossier_counts WHERE lead_unit_id = unit_id;
DROP TABLE dossier_counts;
ALTER TABLE dossier_counts_whole RENAME TO dossier_counts;
CREATE INDEX dossier_counts_unit ON dossier_counts (unit_id, first_day, id);
CREATE INDEX dossier_counts_order ON dossier_counts (first_day, id);
CREATE INDEX dossier_counts_field ON dossier_counts (field, first_day, id);
CREATE INDEX dossier_counts_updated ON dossier_counts (updated_at, id);
