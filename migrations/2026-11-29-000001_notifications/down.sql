DROP TABLE deliveries;
DROP TABLE lanes;
DROP TABLE webhooks;
DROP TABLE notification_preferences;
DROP TABLE notifications;
DROP TABLE feed_positions;
DROP TABLE reminders;
DROP INDEX obligations_remind;
ALTER TABLE obligations DROP COLUMN remind_at;
