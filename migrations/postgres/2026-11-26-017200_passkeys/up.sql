-- What a person signs in with instead of password and code (WebAuthn): the public half of a key that their device or
-- their password manager keeps. `public_key` never changes; `state` has the counter of signatures and changes with each use.
CREATE TABLE passkeys (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    credential_id BYTEA NOT NULL UNIQUE,
    public_key BYTEA NOT NULL,
    state BYTEA NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkeys_account ON passkeys (account_id);

-- Challenges that were answered, by their SHA-256, for as long as they could be answered once more.
CREATE TABLE passkey_challenges (
    challenge BYTEA NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    used_at BIGINT NOT NULL
);
CREATE INDEX passkey_challenges_account ON passkey_challenges (account_id);
CREATE INDEX passkey_challenges_used ON passkey_challenges (used_at);
