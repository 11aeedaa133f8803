-- When people were told by letter that a certificate ends, and that it has ended: each once.
ALTER TABLE certificates ADD COLUMN warned_at BIGINT;
ALTER TABLE certificates ADD COLUMN ended_told_at BIGINT;
