ALTER TABLE certificates DROP COLUMN ended_told_at;
ALTER TABLE certificates DROP COLUMN warned_at;
