-- What people of ours upload: what hangs on posts, and pictures of profiles. The files are in the store of files, below
-- a name that nobody can guess. A row that is `gone` is deleted as soon as its files are.
CREATE TABLE media (
    id INTEGER NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    -- The post on which it hangs, or hung before an edit.
    post_id BIGINT REFERENCES posts (id) ON DELETE SET NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('post', 'avatar', 'header')),
    state TEXT NOT NULL CHECK (state IN ('working', 'ready', 'failed', 'attached', 'gone')),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    description TEXT NOT NULL,
    -- What is known of the files: JSON.
    details TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX media_name ON media (name);
CREATE INDEX media_account ON media (account_id, created_at);
CREATE INDEX media_actor ON media (actor_id);
CREATE INDEX media_post ON media (post_id);
CREATE INDEX media_state ON media (state, created_at);
