-- The registry. A procedure is (national code, variant); a version of it never changes once written.

CREATE TABLE registry_revision (
    name TEXT PRIMARY KEY NOT NULL,
    revision BIGINT NOT NULL CHECK (revision >= 0)
);
INSERT INTO registry_revision (name, revision) VALUES ('procedures', 0);

CREATE TABLE fields (
    slug TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL
);

CREATE TABLE procedures (
    id TEXT PRIMARY KEY NOT NULL,
    national_code TEXT,
    variant TEXT NOT NULL,
    source_key TEXT NOT NULL,
    locality TEXT,
    -- 0 the city's own, 1 the ministry's, 2 another place's: which variant a bare code answers.
    precedence INTEGER NOT NULL CHECK (precedence BETWEEN 0 AND 2),
    created_at TIMESTAMP NOT NULL,
    UNIQUE (national_code, variant)
);
CREATE UNIQUE INDEX procedures_source_key ON procedures (source_key);

CREATE TABLE procedure_versions (
    id TEXT PRIMARY KEY NOT NULL,
    procedure_id TEXT NOT NULL REFERENCES procedures (id),
    number BIGINT NOT NULL CHECK (number > 0),
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    origin TEXT NOT NULL,
    name TEXT NOT NULL,
    -- folded name, then the id: the order of every list
    sort_key TEXT NOT NULL,
    field_slug TEXT REFERENCES fields (slug),
    summary TEXT NOT NULL,
    content TEXT NOT NULL,
    source TEXT NOT NULL,
    faults TEXT NOT NULL,
    checksum TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK (valid_from < valid_to),
    UNIQUE (procedure_id, number)
);
CREATE UNIQUE INDEX procedure_versions_sort ON procedure_versions (sort_key, id);
CREATE UNIQUE INDEX procedure_versions_revision ON procedure_versions (revision);
CREATE INDEX procedure_versions_updated ON procedure_versions (updated_at, id);
CREATE INDEX procedure_versions_field ON procedure_versions (field_slug, sort_key);

-- What lists filter by: one row per (version, facet, value), with the list's order inside.
CREATE TABLE procedure_facets (
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    version_id TEXT NOT NULL REFERENCES procedure_versions (id),
    PRIMARY KEY (facet, value, sort_key, version_id)
);
CREATE INDEX procedure_facets_version ON procedure_facets (version_id, facet);
