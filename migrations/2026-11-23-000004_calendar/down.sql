DROP TABLE calendar_exceptions;
DROP TABLE calendar_versions;
