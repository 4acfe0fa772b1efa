-- Counting by month goes along an index in which the items of a month and a unit lie side by side, and writes no day
-- down. The first day stands for a month; days are checked where a window begins or ends within one.
ALTER TABLE feedback_facts ADD COLUMN received_month DATE;
ALTER TABLE feedback_facts ADD COLUMN answered_month DATE;
DROP INDEX feedback_facts_received;
CREATE INDEX feedback_facts_received ON feedback_facts
    (received_month, unit_id, received_on, class, channel, state, field, procedure_code);
-- Narrow, for what is asked most: how many items each unit received in each month.
CREATE INDEX feedback_facts_months ON feedback_facts (received_month, unit_id);
-- What is not answered yet is in no index of answers.
DROP INDEX feedback_facts_answered;
CREATE INDEX feedback_facts_answered ON feedback_facts
    (answered_month, unit_id, answered_on, class, channel, state, field, procedure_code, days_to_answer, on_time,
     satisfied)
    WHERE answered_month IS NOT NULL;

-- Items that were there before still lack their months.
UPDATE registry_revision SET revision = 0 WHERE name = 'feedback_facts';
