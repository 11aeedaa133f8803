-- Services that hand messages to apps, and how well they take them: one that does not is left alone for a while.
CREATE TABLE push_services (
    host TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    paused_until BIGINT NOT NULL,
    answered_at BIGINT,
    seen_at BIGINT NOT NULL
);

-- How much waits for one of them.
CREATE INDEX jobs_target ON jobs (target, kind) WHERE target IS NOT NULL;
