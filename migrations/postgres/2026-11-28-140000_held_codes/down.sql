ALTER TABLE scheduled_posts DROP COLUMN failed_code;
ALTER TABLE drafts DROP COLUMN held_code;
