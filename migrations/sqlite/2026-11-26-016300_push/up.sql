-- Where an app wants to be told of notifications while it is not open: at most one place for each token. The token is
-- kept once more, encrypted, because apps know by it for whom a message is.
CREATE TABLE push_subscriptions (
    id INTEGER NOT NULL PRIMARY KEY,
    token_id BIGINT NOT NULL UNIQUE REFERENCES tokens (id),
    owner_id BIGINT NOT NULL REFERENCES actors (id),
    endpoint TEXT NOT NULL,
    public_key BLOB NOT NULL,
    auth BLOB NOT NULL,
    standard BOOLEAN NOT NULL,
    alerts TEXT NOT NULL,
    policy TEXT NOT NULL,
    sealed_token BLOB NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX push_subscriptions_owner ON push_subscriptions (owner_id);
