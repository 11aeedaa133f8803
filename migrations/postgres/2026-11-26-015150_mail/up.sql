-- A link in a letter by which somebody who forgot their password sets another one: once, and soon. Only the SHA-256 of
-- its secret is stored. Rows that are used or too old to be used still count how many letters were asked for.
CREATE TABLE password_resets (
    id BIGINT NOT NULL PRIMARY KEY,
    secret_hash BYTEA NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX password_resets_account ON password_resets (account_id, created_at);
CREATE INDEX password_resets_created ON password_resets (created_at);
