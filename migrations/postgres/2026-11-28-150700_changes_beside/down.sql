DELETE FROM notifications WHERE draft_news = 'changed' AND EXISTS (
    SELECT 1 FROM notifications AS other
    WHERE other.owner_id = notifications.owner_id AND other.kind = notifications.kind
        AND other.from_id = notifications.from_id AND other.draft_id = notifications.draft_id
        AND other.draft_news <> 'changed'
);
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications (owner_id, kind, from_id, COALESCE(post_id, report_id, draft_id, 0));
