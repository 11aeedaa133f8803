-- People who want an account and do not have one yet: the world sees nothing of them. Their row goes when they have one,
-- when they are refused, and when they do not confirm their address.
CREATE TABLE sign_ups (
    id BIGINT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL,
    display_name TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    reason TEXT NOT NULL,
    listed BOOLEAN NOT NULL,
    secret_hash BYTEA NOT NULL,
    app_id BIGINT,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT
);
CREATE UNIQUE INDEX sign_ups_username ON sign_ups (username_key);
CREATE UNIQUE INDEX sign_ups_secret ON sign_ups (secret_hash);
-- Several may wait with one address: whoever confirms it has it.
CREATE INDEX sign_ups_email ON sign_ups (email_key);
CREATE INDEX sign_ups_waiting ON sign_ups (confirmed_at, id);
-- One for each letter, by the SHA-256 of its secret, and to which address it went.
CREATE TABLE sign_up_links (
    secret_hash BYTEA NOT NULL PRIMARY KEY,
    sign_up_id BIGINT NOT NULL REFERENCES sign_ups (id) ON DELETE CASCADE,
    email_key TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX sign_up_links_sign_up ON sign_up_links (sign_up_id);
CREATE INDEX sign_up_links_email ON sign_up_links (email_key, created_at);
-- Who was refused, until the letter has left.
CREATE TABLE sign_up_refusals (
    id BIGINT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
