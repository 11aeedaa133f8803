-- What a person showed that they can do, and until when that counts.
CREATE TABLE certificates (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    note TEXT,
    given_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    given_at BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    revoked_at BIGINT
);
-- A person has one of a kind that was not taken back: a new one takes the place of the old one.
CREATE UNIQUE INDEX certificates_held ON certificates (account_id, role) WHERE revoked_at IS NULL;
CREATE INDEX certificates_ended ON certificates (valid_until);
-- Whether approvals count only of those who hold a certificate as approver.
ALTER TABLE brand_policies ADD COLUMN certified_approvers BOOLEAN NOT NULL DEFAULT FALSE;
