ALTER TABLE announcements DROP COLUMN changed_at;
