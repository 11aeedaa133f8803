DELETE FROM jobs WHERE kind = 'converse';
DROP INDEX conversations_last;
ALTER TABLE conversations DROP COLUMN last_post;
