-- Direct posts as their readers here know them: with whom, and whether there is something new. Made with the posts.
CREATE TABLE conversations (
    id BIGINT NOT NULL PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actors (id),
    people TEXT NOT NULL,
    unread BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX conversations_owner ON conversations (owner_id, id);

CREATE TABLE conversation_posts (
    owner_id BIGINT NOT NULL REFERENCES actors (id),
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    conversation_id BIGINT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    PRIMARY KEY (owner_id, post_id)
);
CREATE INDEX conversation_posts_conversation ON conversation_posts (conversation_id, post_id);
CREATE INDEX conversation_posts_post ON conversation_posts (post_id);
