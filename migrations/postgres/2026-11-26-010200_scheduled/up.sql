-- Posts that wait for their time. `wish` is what is to be published, as JSON; `failed` says why it was not when its time
-- had come. A key of a client names one wish of its token.
CREATE TABLE scheduled_posts (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    token_id BIGINT,
    idempotency_key TEXT,
    wish TEXT NOT NULL,
    publish_at BIGINT NOT NULL,
    failed TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX scheduled_posts_actor ON scheduled_posts (actor_id, id);
CREATE INDEX scheduled_posts_due ON scheduled_posts (actor_id, publish_at);
CREATE UNIQUE INDEX scheduled_posts_once ON scheduled_posts (token_id, idempotency_key);
