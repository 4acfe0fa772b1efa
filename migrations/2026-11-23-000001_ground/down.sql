DROP TABLE seals;
DROP TABLE seal_queue;
DROP TABLE audit;
DROP TABLE idempotency_keys;
DROP TABLE clock_settings;
DROP TABLE leases;
DROP TABLE counters;
