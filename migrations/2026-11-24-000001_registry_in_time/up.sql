-- What the registry derives from its versions: references, legal documents, files. All of it can be
-- derived again from the stored content; `derived` is the generation of the rules that did it last.

ALTER TABLE procedure_versions ADD COLUMN derived BIGINT NOT NULL DEFAULT 0;
CREATE INDEX procedure_versions_derived ON procedure_versions (derived);

-- Raised by every change of units, so that caches learn of it.
INSERT INTO registry_revision (name, revision) VALUES ('units', 0);

-- Codes of other procedures that a version names.
CREATE TABLE procedure_references (
    version_id TEXT NOT NULL REFERENCES procedure_versions (id),
    kind TEXT NOT NULL,
    national_code TEXT NOT NULL,
    PRIMARY KEY (version_id, kind, national_code)
);
CREATE INDEX procedure_references_code ON procedure_references (national_code, version_id);

-- Legal documents that procedures rest on, as the first version that names one words it.
CREATE TABLE legal_documents (
    key TEXT PRIMARY KEY NOT NULL,
    number TEXT,
    title TEXT,
    issuer TEXT,
    issued_on DATE,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX legal_documents_created ON legal_documents (created_at, key);

-- Files by what is in them: the same bytes are stored once, for ever.
CREATE TABLE files (
    sha256 TEXT PRIMARY KEY NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
    content BYTEA NOT NULL,
    created_at TIMESTAMP NOT NULL
);

-- Files that a version carries: forms and sample sets. A file may be named before it is there.
CREATE TABLE procedure_files (
    version_id TEXT NOT NULL REFERENCES procedure_versions (id),
    sha256 TEXT NOT NULL,
    PRIMARY KEY (version_id, sha256)
);
CREATE INDEX procedure_files_sha256 ON procedure_files (sha256, version_id);
