-- Whether small edits of what a brand published go at once.
ALTER TABLE brand_policies ADD COLUMN typo_lane BOOLEAN NOT NULL DEFAULT FALSE;

-- Weaker rules that somebody wishes for a brand, until a second person agrees. One for each brand; `change` is JSON, and
-- it counts only while the rules have the version that they had.
CREATE TABLE policy_proposals (
    actor_id BIGINT NOT NULL PRIMARY KEY REFERENCES actors (id),
    id BIGINT NOT NULL,
    change TEXT NOT NULL,
    seen_version BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    reason TEXT,
    created_at BIGINT NOT NULL
);

-- The published post that a draft changes, and whose approvals counted when it was published, as JSON.
ALTER TABLE drafts ADD COLUMN of_post BIGINT REFERENCES posts (id) ON DELETE CASCADE;
ALTER TABLE drafts ADD COLUMN counted TEXT;
CREATE INDEX drafts_of_post ON drafts (of_post) WHERE of_post IS NOT NULL;

-- How many characters of a brand's post were changed without approval since it was approved.
ALTER TABLE authorship ADD COLUMN typos INTEGER NOT NULL DEFAULT 0;
