-- What is told the moderators of an account, by one of ours or by another server.
CREATE TABLE reports (
    id INTEGER NOT NULL PRIMARY KEY,
    reporter_id BIGINT NOT NULL REFERENCES actors (id),
    target_id BIGINT NOT NULL REFERENCES actors (id),
    category TEXT NOT NULL,
    comment TEXT NOT NULL,
    forwarded BOOLEAN NOT NULL DEFAULT FALSE,
    assigned_id BIGINT REFERENCES accounts (id),
    resolved_at BIGINT,
    resolved_by BIGINT REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX reports_resolved ON reports (resolved_at, id);
CREATE INDEX reports_reporter ON reports (reporter_id, id);
CREATE INDEX reports_target ON reports (target_id, id);

-- Posts as they were when they were reported: they may be gone since.
CREATE TABLE report_posts (
    report_id BIGINT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    post_id BIGINT NOT NULL,
    uri TEXT,
    content TEXT NOT NULL,
    PRIMARY KEY (report_id, post_id)
);
