DELETE FROM registry_revision WHERE name = 'dossier_counts';
DROP TABLE dossier_counts;
