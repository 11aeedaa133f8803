DELETE FROM notifications WHERE kind IN ('admin.report', 'admin.sign_up');
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications (owner_id, kind, from_id, COALESCE(post_id, 0));
DROP INDEX notifications_report;
ALTER TABLE notifications DROP COLUMN report_id;
DROP TABLE report_rules;
