-- Who may come into the company's instance, as what, and until when. Of its links only the SHA-256 is stored: one is
-- shown to whoever invites, another is in the letter.
CREATE TABLE invitations (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    grants TEXT NOT NULL,
    team_id BIGINT REFERENCES teams (id),
    email TEXT,
    email_key TEXT,
    most BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    invited_by BIGINT REFERENCES accounts (id),
    token_id BIGINT,
    idempotency_key TEXT,
    request_hash TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX invitations_once ON invitations (token_id, idempotency_key);
CREATE INDEX invitations_inviter ON invitations (invited_by, expires_at);
CREATE INDEX invitations_email ON invitations (email_key, created_at);
CREATE INDEX invitations_expiry ON invitations (expires_at);
CREATE TABLE invitation_links (
    secret_hash BYTEA NOT NULL PRIMARY KEY,
    invitation_id BIGINT NOT NULL REFERENCES invitations (id) ON DELETE CASCADE
);
CREATE INDEX invitation_links_invitation ON invitation_links (invitation_id);
-- How somebody came; it stays when the invitation is forgotten.
ALTER TABLE accounts ADD COLUMN invited_by BIGINT;
ALTER TABLE accounts ADD COLUMN invitation_id BIGINT;
CREATE INDEX accounts_invitation ON accounts (invitation_id);
