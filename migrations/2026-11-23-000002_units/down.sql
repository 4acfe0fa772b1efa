DROP TABLE focal_officers;
DROP TABLE unit_successions;
DROP TABLE unit_periods;
DROP TABLE units;
