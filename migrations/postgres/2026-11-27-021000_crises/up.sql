-- Each time that crisis mode was on: why, and how it ended. Where nobody is named it was the command line.
CREATE TABLE crises (
    id BIGINT NOT NULL PRIMARY KEY,
    started_at BIGINT NOT NULL,
    started_by BIGINT REFERENCES accounts (id),
    reason TEXT NOT NULL,
    held_drafts BIGINT NOT NULL,
    held_posts BIGINT NOT NULL,
    end_asked_at BIGINT,
    end_asked_by BIGINT REFERENCES accounts (id),
    end_reason TEXT,
    ended_at BIGINT,
    ended_by BIGINT REFERENCES accounts (id)
);
