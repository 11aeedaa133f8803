-- Rules as they were when a report said that they were broken: the company may write others since.
CREATE TABLE report_rules (
    report_id BIGINT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (report_id, number)
);

-- Moderators are told of reports; each report is told of once.
ALTER TABLE notifications ADD COLUMN report_id BIGINT REFERENCES reports (id) ON DELETE CASCADE;
CREATE INDEX notifications_report ON notifications (report_id);
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications (owner_id, kind, from_id, COALESCE(post_id, report_id, 0));
