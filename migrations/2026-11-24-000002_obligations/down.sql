DROP TABLE duty_feeds;
DROP TABLE visible_to;
DROP TABLE obligation_pauses;
DROP TABLE obligations;
DROP TABLE deadline_rules;
