-- A post that its author shows first. By its id on the network: that of somebody elsewhere may be pinned before it is
-- here. What is pinned by another than its author counts for nothing.
CREATE TABLE pins (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    post_uri TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX pins_pair ON pins (actor_id, post_uri);
