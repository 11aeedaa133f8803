DELETE FROM notifications WHERE kind = 'guildhall.draft';
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications (owner_id, kind, from_id, COALESCE(post_id, report_id, 0));
DROP INDEX notifications_draft;
ALTER TABLE notifications DROP COLUMN draft_news;
ALTER TABLE notifications DROP COLUMN draft_id;
