-- The author of a draft is told what others did with it; each of them once for each draft, the latest.
ALTER TABLE notifications ADD COLUMN draft_id BIGINT REFERENCES drafts (id) ON DELETE CASCADE;
ALTER TABLE notifications ADD COLUMN draft_news TEXT;
CREATE INDEX notifications_draft ON notifications (draft_id);
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications (owner_id, kind, from_id, COALESCE(post_id, report_id, draft_id, 0));
