-- That somebody changed what a draft says stands beside what else they did with it, until its author has looked.
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications
    (owner_id, kind, from_id, COALESCE(post_id, report_id, draft_id, 0), COALESCE(draft_news = 'changed', FALSE));
