-- Somebody whom a post is addressed to without others being told (bto and bcc).
ALTER TABLE mentions ADD COLUMN hidden BOOLEAN NOT NULL DEFAULT FALSE;

-- What an ActivityPub client said through an outbox: where the activity is found before it is sent, and where it is
-- never sent because all concerned are here. `change` is what happened, from which the activity is written.
CREATE TABLE submissions (
    uri TEXT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    change TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX submissions_created ON submissions (created_at);
CREATE INDEX submissions_actor ON submissions (actor_id);
