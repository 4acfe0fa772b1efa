DROP INDEX feedback_public_at;
DROP INDEX feedback_figures;
DROP TABLE report_ledger;
DROP TABLE report_revisions;
DROP TABLE reports;
DROP TABLE reporting_periods;
DROP TABLE report_forms;
