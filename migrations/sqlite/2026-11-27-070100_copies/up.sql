-- That somebody wants a text of their own published in the place of an internal post. `wish` is what is to be
-- published, as JSON. It outlives the original, so that whoever asked finds what became of it.
CREATE TABLE publish_requests (
    id INTEGER NOT NULL PRIMARY KEY,
    source_id BIGINT REFERENCES posts (id) ON DELETE SET NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    state TEXT NOT NULL,
    wish TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    version BIGINT NOT NULL,
    draft_id BIGINT REFERENCES drafts (id) ON DELETE SET NULL,
    post_id BIGINT REFERENCES posts (id) ON DELETE SET NULL,
    token_id BIGINT,
    idempotency_key TEXT,
    request_hash TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX publish_requests_account ON publish_requests (account_id, id);
CREATE INDEX publish_requests_source ON publish_requests (source_id) WHERE source_id IS NOT NULL;
CREATE INDEX publish_requests_draft ON publish_requests (draft_id) WHERE draft_id IS NOT NULL;
CREATE INDEX publish_requests_post ON publish_requests (post_id) WHERE post_id IS NOT NULL;
CREATE INDEX publish_requests_closed ON publish_requests (state, updated_at);
CREATE UNIQUE INDEX publish_requests_once ON publish_requests (token_id, idempotency_key);

-- Who has to agree, and to which text they did, by its hash. Of a brand those who publish for it agree.
CREATE TABLE publish_consents (
    request_id BIGINT NOT NULL REFERENCES publish_requests (id) ON DELETE CASCADE,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    content_hash TEXT,
    answered_at BIGINT,
    PRIMARY KEY (request_id, actor_id)
);
CREATE INDEX publish_consents_actor ON publish_consents (actor_id, request_id);

-- The draft came of a request: it is published with the text to which people agreed, or not at all. No reference: a
-- request that is gone lets nothing pass.
ALTER TABLE drafts ADD COLUMN copy_id BIGINT;

-- The request whose text will have this upload.
ALTER TABLE media ADD COLUMN copy_id BIGINT REFERENCES publish_requests (id) ON DELETE SET NULL;
CREATE INDEX media_copy ON media (copy_id) WHERE copy_id IS NOT NULL;

-- An internal post and what was said of the same in the open. Only who may read both is told.
CREATE TABLE counterparts (
    inside_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    outside_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    PRIMARY KEY (inside_id, outside_id)
);
CREATE INDEX counterparts_outside ON counterparts (outside_id);

-- There are counterparts, or were.
ALTER TABLE posts ADD COLUMN linked BOOLEAN NOT NULL DEFAULT FALSE;
