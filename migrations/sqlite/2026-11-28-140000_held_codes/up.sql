-- By which code the reason is said in the language of whoever reads it.
ALTER TABLE drafts ADD COLUMN held_code TEXT;
ALTER TABLE scheduled_posts ADD COLUMN failed_code TEXT;
