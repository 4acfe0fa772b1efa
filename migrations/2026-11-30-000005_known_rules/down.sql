DELETE FROM registry_revision WHERE name = 'deadline_rules';
