-- The key of obligations keeps its order: it keeps the same rows apart.
CREATE INDEX notifications_event ON notifications (event_id);
CREATE INDEX notifications_unit ON notifications (unit_id);
CREATE INDEX feedback_facts_unit ON feedback_facts (unit_id, received_on);
CREATE INDEX obligations_unit ON obligations (unit_id, sort_key);
CREATE INDEX obligations_subject ON obligations (subject_kind, subject_id, sort_key);
CREATE INDEX obligations_calendar ON obligations (calendar_version, id);
