DROP TABLE procedure_files;
DROP TABLE files;
DROP TABLE legal_documents;
DROP TABLE procedure_references;
DELETE FROM registry_revision WHERE name = 'units';
DROP INDEX procedure_versions_derived;
ALTER TABLE procedure_versions DROP COLUMN derived;
