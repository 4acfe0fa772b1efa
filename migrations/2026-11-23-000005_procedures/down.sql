DROP TABLE procedure_facets;
DROP TABLE procedure_texts;
DROP TABLE procedure_versions;
DROP TABLE procedures;
DROP TABLE fields;
DROP TABLE registry_revision;
