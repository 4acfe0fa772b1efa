DROP TABLE feedback_public;
DROP TABLE feedback_ledger;
DROP TABLE feedback_entries;
DROP TABLE feedback_prints;
DROP TABLE feedback_senders;
DELETE FROM visible_to WHERE room = 'feedback';
DROP TABLE feedback;
