-- What somebody chose in a poll: a row for each choice. What the rows add up to stands in posts.details, beside the
-- choices; the votes of a poll elsewhere are counted there.
CREATE TABLE poll_votes (
    id INTEGER NOT NULL PRIMARY KEY,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    choice INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX poll_votes_once ON poll_votes (post_id, actor_id, choice);
CREATE INDEX poll_votes_actor ON poll_votes (actor_id);
