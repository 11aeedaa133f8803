DROP INDEX publications_author;
DROP INDEX publications_said;
ALTER TABLE publications DROP COLUMN answers;
ALTER TABLE publications DROP COLUMN author_id;
