-- A program that people let act for them. Only the SHA-256 of its secret is stored; addresses are a JSON list.
CREATE TABLE apps (
    id INTEGER NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE,
    secret_hash BLOB NOT NULL,
    name TEXT NOT NULL,
    website TEXT,
    redirect_uris TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- What an app gets when somebody lets it in, and changes for a token: once, soon, and where it was asked for.
CREATE TABLE app_codes (
    id INTEGER NOT NULL PRIMARY KEY,
    code_hash BLOB NOT NULL UNIQUE,
    app_id BIGINT NOT NULL REFERENCES apps (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    scopes TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    challenge TEXT,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX app_codes_app ON app_codes (app_id);
CREATE INDEX app_codes_created ON app_codes (created_at);

-- A token of an app that acts for nobody.
CREATE TABLE app_tokens (
    id INTEGER NOT NULL PRIMARY KEY,
    secret_hash BLOB NOT NULL UNIQUE,
    app_id BIGINT NOT NULL REFERENCES apps (id),
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX app_tokens_app ON app_tokens (app_id);

-- Which app holds a token, and the code that it came from: a code that is shown twice ends it. The codes are forgotten
-- before the tokens.
ALTER TABLE tokens ADD COLUMN app_id BIGINT REFERENCES apps (id);
ALTER TABLE tokens ADD COLUMN code_id BIGINT;
CREATE INDEX tokens_app ON tokens (app_id) WHERE app_id IS NOT NULL;
CREATE INDEX tokens_code ON tokens (code_id) WHERE code_id IS NOT NULL;

-- A browser in which somebody signed in. Only the SHA-256 of its cookie is stored. While `code_due`, the password was
-- right and the code of the second step is still to come.
CREATE TABLE browsers (
    id INTEGER NOT NULL PRIMARY KEY,
    secret_hash BLOB NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    code_due BOOLEAN NOT NULL,
    wrong_codes INTEGER NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX browsers_account ON browsers (account_id);
CREATE INDEX browsers_seen ON browsers (seen_at);

-- The second step of signing in: codes of an app (RFC 6238) from a sealed secret. `last_step` is the time of the last
-- code that was taken, so that none is taken twice.
CREATE TABLE second_steps (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES accounts (id),
    secret BLOB NOT NULL,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL
);

-- Codes for who lost that app, each for one time. Only their SHA-256 is stored.
CREATE TABLE recovery_codes (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    code_hash BLOB NOT NULL,
    PRIMARY KEY (account_id, code_hash)
) WITHOUT ROWID;
