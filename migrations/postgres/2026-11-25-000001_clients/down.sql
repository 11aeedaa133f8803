DROP TABLE submissions;
ALTER TABLE mentions DROP COLUMN hidden;
