-- When it was changed last.
ALTER TABLE announcements ADD COLUMN changed_at BIGINT;
