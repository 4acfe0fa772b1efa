DROP INDEX reports_due;
DROP INDEX obligations_due;
DELETE FROM registry_revision WHERE name = 'feedback_facts';
DROP TABLE feedback_facts;
