-- What was carried over is found among what was not answered, and not among all there ever was.
CREATE INDEX feedback_answered ON feedback (handler_unit_id, approved_at, ended_at);
CREATE INDEX feedback_over ON feedback (handler_unit_id, ended_at) WHERE ended_at IS NOT NULL;

-- What a new item or deadline lacks is in no index.
DROP INDEX feedback_class;
CREATE INDEX feedback_class ON feedback (class, sort_key) WHERE class IS NOT NULL;
DROP INDEX feedback_officer;
CREATE INDEX feedback_officer ON feedback (officer_id, sort_key) WHERE officer_id IS NOT NULL;
DROP INDEX feedback_procedure;
CREATE INDEX feedback_procedure ON feedback (procedure_code, sort_key) WHERE procedure_code IS NOT NULL;
DROP INDEX feedback_field;
CREATE INDEX feedback_field ON feedback (field, sort_key) WHERE field IS NOT NULL;
DROP INDEX feedback_parent;
CREATE INDEX feedback_parent ON feedback (parent_id) WHERE parent_id IS NOT NULL;
DROP INDEX feedback_about;
CREATE INDEX feedback_about ON feedback (about_unit_id) WHERE about_unit_id IS NOT NULL;
DROP INDEX feedback_named;
CREATE INDEX feedback_named ON feedback (named_unit_id) WHERE named_unit_id IS NOT NULL;
DROP INDEX feedback_merged;
CREATE INDEX feedback_merged ON feedback (merged_into_id) WHERE merged_into_id IS NOT NULL;
DROP INDEX feedback_ended;
CREATE INDEX feedback_ended ON feedback (ended_at) WHERE ended_at IS NOT NULL;
DROP INDEX obligations_officer;
CREATE INDEX obligations_officer ON obligations (officer_id, sort_key) WHERE officer_id IS NOT NULL;
DROP INDEX obligations_remind;
CREATE INDEX obligations_remind ON obligations (remind_at) WHERE remind_at IS NOT NULL;
DROP INDEX feedback_senders_email;
CREATE INDEX feedback_senders_email ON feedback_senders (email_hash, received_at) WHERE email_hash IS NOT NULL;
