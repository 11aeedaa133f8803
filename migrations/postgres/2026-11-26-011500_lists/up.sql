-- A part of somebody's home, under a name of their own. Nobody else knows of it.
CREATE TABLE lists (
    id BIGINT NOT NULL PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actors (id),
    title TEXT NOT NULL,
    -- Replies to others: 'followed' (by the owner), 'list' (to its members), 'none'.
    replies_policy TEXT NOT NULL,
    -- What its members say is in the list and not at home.
    exclusive BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX lists_owner ON lists (owner_id, id);

-- Who is in a list. Only whom its owner follows, or asked to; the owner needs no follow.
CREATE TABLE list_members (
    id BIGINT NOT NULL PRIMARY KEY,
    list_id BIGINT NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    follow_id BIGINT REFERENCES follows (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX list_members_pair ON list_members (list_id, actor_id);
CREATE INDEX list_members_actor ON list_members (actor_id);
CREATE INDEX list_members_follow ON list_members (follow_id);
