DROP INDEX feedback_facts_months;
DROP INDEX feedback_facts_received;
CREATE INDEX feedback_facts_received ON feedback_facts
    (received_on, unit_id, class, channel, state, field, procedure_code);
DROP INDEX feedback_facts_answered;
CREATE INDEX feedback_facts_answered ON feedback_facts
    (answered_on, unit_id, class, channel, state, field, procedure_code, days_to_answer, on_time, satisfied);
ALTER TABLE feedback_facts DROP COLUMN answered_month;
ALTER TABLE feedback_facts DROP COLUMN received_month;
