ALTER TABLE posts DROP COLUMN quotes_count;
