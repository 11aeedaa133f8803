-- Actors whom only those find who follow them: because a moderator limits them, because their server is limited, or both.
CREATE TABLE limited_actors (
    actor_id BIGINT NOT NULL PRIMARY KEY REFERENCES actors (id),
    limited_at BIGINT,
    with_server BOOLEAN NOT NULL DEFAULT FALSE
);
ALTER TABLE servers ADD COLUMN limited_at BIGINT;
ALTER TABLE servers ADD COLUMN limit_reason TEXT;
