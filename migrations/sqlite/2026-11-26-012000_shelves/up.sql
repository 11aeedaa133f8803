-- What somebody keeps to find it again. Nobody else knows of it.
CREATE TABLE bookmarks (
    id INTEGER NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX bookmarks_pair ON bookmarks (post_id, actor_id);
CREATE INDEX bookmarks_actor ON bookmarks (actor_id, id);

-- Servers from which somebody wants to hear nothing. Those from which nobody here does are in `servers`.
CREATE TABLE shunned_hosts (
    id INTEGER NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    host TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX shunned_hosts_pair ON shunned_hosts (actor_id, host);
CREATE INDEX shunned_hosts_page ON shunned_hosts (actor_id, id);

-- Whom somebody blocks or mutes, page by page.
CREATE INDEX blocks_page ON blocks (actor_id, id);
CREATE INDEX mutes_page ON mutes (actor_id, id);
