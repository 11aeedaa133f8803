-- By which rules a brand speaks; where there is no row, the usual ones.
CREATE TABLE brand_policies (
    actor_id INTEGER NOT NULL PRIMARY KEY REFERENCES actors (id),
    min_approvals INTEGER NOT NULL,
    self_approve BOOLEAN NOT NULL,
    approval_hours INTEGER NOT NULL,
    reply_lane TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What is written for a brand before it is a post. `wish` is what is to be published, as JSON, and `writers` who
-- changed it; `version` counts what was saved. A post comes of one draft, and takes it along when it is deleted.
CREATE TABLE drafts (
    id INTEGER NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    author_id BIGINT NOT NULL REFERENCES accounts (id),
    state TEXT NOT NULL,
    wish TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    version BIGINT NOT NULL,
    writers TEXT NOT NULL,
    reply_owner_id BIGINT NOT NULL REFERENCES accounts (id),
    scheduled_at BIGINT,
    scheduled_by BIGINT REFERENCES accounts (id),
    held TEXT,
    post_id BIGINT UNIQUE REFERENCES posts (id) ON DELETE CASCADE,
    published_by BIGINT REFERENCES accounts (id),
    override_reason TEXT,
    token_id BIGINT,
    idempotency_key TEXT,
    request_hash TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX drafts_actor ON drafts (actor_id, state, id);
CREATE INDEX drafts_due ON drafts (actor_id, scheduled_at);
CREATE INDEX drafts_discarded ON drafts (state, updated_at);
CREATE UNIQUE INDEX drafts_once ON drafts (token_id, idempotency_key);

-- What drafts said before.
CREATE TABLE draft_versions (
    id INTEGER NOT NULL PRIMARY KEY,
    draft_id BIGINT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    wish TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX draft_versions_draft ON draft_versions (draft_id, id);

-- What colleagues said of a draft: of one text one verdict each, the last one.
CREATE TABLE draft_reviews (
    id INTEGER NOT NULL PRIMARY KEY,
    draft_id BIGINT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    content_hash TEXT NOT NULL,
    verdict TEXT NOT NULL,
    comment TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX draft_reviews_one ON draft_reviews (draft_id, account_id, content_hash);

-- Who had a draft open for writing last.
CREATE TABLE draft_presence (
    draft_id BIGINT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (draft_id, account_id)
);

-- The draft that will have this upload. Until then it hangs on nothing, and is kept.
ALTER TABLE media ADD COLUMN draft_id BIGINT REFERENCES drafts (id) ON DELETE SET NULL;
CREATE INDEX media_draft ON media (draft_id) WHERE draft_id IS NOT NULL;
