-- What somebody does not want to read, or wants to be warned of: words, and single posts.
CREATE TABLE filters (
    id INTEGER NOT NULL PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actors (id),
    title TEXT NOT NULL,
    contexts TEXT NOT NULL,
    action TEXT NOT NULL,
    expires_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX filters_owner ON filters (owner_id, id);

CREATE TABLE filter_keywords (
    id INTEGER NOT NULL PRIMARY KEY,
    filter_id BIGINT NOT NULL REFERENCES filters (id) ON DELETE CASCADE,
    keyword TEXT NOT NULL,
    whole_word BOOLEAN NOT NULL
);
CREATE INDEX filter_keywords_filter ON filter_keywords (filter_id, id);

CREATE TABLE filter_posts (
    id INTEGER NOT NULL PRIMARY KEY,
    filter_id BIGINT NOT NULL REFERENCES filters (id) ON DELETE CASCADE,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX filter_posts_pair ON filter_posts (filter_id, post_id);
CREATE INDEX filter_posts_post ON filter_posts (post_id);
