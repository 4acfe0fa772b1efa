-- The registry. A procedure is (national code, variant); what a version says never changes once written.

-- Raised by every written version; the row's lock orders the writers.
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
    -- Code and variant, or what else tells a row without a code apart: by this a row is found again.
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
    -- The folded name, cut; then the id: the order of every list.
    sort_key TEXT NOT NULL,
    checksum TEXT NOT NULL,
    -- The revision that wrote the version or closed it last: what the search index has not seen yet.
    revision BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    summary TEXT NOT NULL,
    CHECK (valid_from < valid_to),
    UNIQUE (procedure_id, number)
);
CREATE UNIQUE INDEX procedure_versions_revision ON procedure_versions (revision);
CREATE INDEX procedure_versions_updated ON procedure_versions (updated_at, id);

-- The long texts of a version, apart, so that no list ever walks over them.
CREATE TABLE procedure_texts (
    version_id TEXT PRIMARY KEY NOT NULL REFERENCES procedure_versions (id),
    content TEXT NOT NULL,
    source TEXT NOT NULL,
    faults TEXT NOT NULL
);

-- What lists filter by: one row per (version, facet, value), with the list's order inside. The facet
-- `every` stands on all versions, so that a list without a filter runs the same way.
CREATE TABLE procedure_facets (
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    version_id TEXT NOT NULL REFERENCES procedure_versions (id),
    PRIMARY KEY (facet, value, sort_key, version_id)
);
CREATE INDEX procedure_facets_version ON procedure_facets (version_id, facet);
