-- What the company tells everybody who has an account here.
CREATE TABLE announcements (
    id INTEGER NOT NULL PRIMARY KEY,
    -- Markdown, as it was typed, and the clean HTML of it.
    source TEXT NOT NULL,
    content TEXT NOT NULL,
    ends_at BIGINT,
    created_at BIGINT NOT NULL
);

-- Who has read it and put it away.
CREATE TABLE announcement_reads (
    announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    PRIMARY KEY (announcement_id, actor_id)
) WITHOUT ROWID;
CREATE INDEX announcement_reads_actor ON announcement_reads (actor_id);
