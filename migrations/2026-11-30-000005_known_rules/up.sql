-- Every change of a deadline rule raises it: who has read the rules knows whether they are still the same.
INSERT INTO registry_revision (name, revision) VALUES ('deadline_rules', 0);
