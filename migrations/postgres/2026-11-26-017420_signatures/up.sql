-- How posts of a brand say who of its people wrote them.
ALTER TABLE brand_policies ADD COLUMN signature TEXT NOT NULL DEFAULT 'none';
-- What posts of brands may say of a person at most.
ALTER TABLE accounts ADD COLUMN named_as TEXT NOT NULL DEFAULT 'name';

-- Who wrote a post of a brand, and how it says so.
CREATE TABLE authorship (
    post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    shown_as TEXT NOT NULL
);
