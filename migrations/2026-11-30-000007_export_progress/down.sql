DROP TABLE export_progress;
