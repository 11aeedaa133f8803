-- Hashtags whose public posts somebody reads at home.
CREATE TABLE followed_tags (
    id INTEGER NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX followed_tags_pair ON followed_tags (name, actor_id);
CREATE INDEX followed_tags_page ON followed_tags (actor_id, id);

-- Hashtags that somebody shows on their profile.
CREATE TABLE featured_tags (
    id INTEGER NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX featured_tags_pair ON featured_tags (actor_id, name);

-- People whom somebody shows on their profile: only whom they follow.
CREATE TABLE endorsements (
    id INTEGER NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    target_id BIGINT NOT NULL REFERENCES actors (id),
    follow_id BIGINT NOT NULL REFERENCES follows (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX endorsements_pair ON endorsements (actor_id, target_id);
CREATE INDEX endorsements_page ON endorsements (actor_id, id);
CREATE INDEX endorsements_target ON endorsements (target_id);
CREATE INDEX endorsements_follow ON endorsements (follow_id);

-- What somebody wrote down about somebody else. Nobody else reads it.
CREATE TABLE actor_notes (
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    target_id BIGINT NOT NULL REFERENCES actors (id),
    text TEXT NOT NULL,
    PRIMARY KEY (actor_id, target_id)
) WITHOUT ROWID;
CREATE INDEX actor_notes_target ON actor_notes (target_id);

-- How far somebody has read, for all their apps.
CREATE TABLE markers (
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    timeline TEXT NOT NULL,
    last_read_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (actor_id, timeline)
) WITHOUT ROWID;

-- Threads of which somebody wants to be told nothing more, each by a post of it: threads that meet become one.
CREATE TABLE quiet_threads (
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    PRIMARY KEY (actor_id, post_id)
) WITHOUT ROWID;
CREATE INDEX quiet_threads_post ON quiet_threads (post_id);

-- How somebody's posts begin, where an app does not say.
CREATE TABLE writing_habits (
    actor_id INTEGER NOT NULL PRIMARY KEY REFERENCES actors (id),
    audience TEXT NOT NULL,
    sensitive BOOLEAN NOT NULL
);
