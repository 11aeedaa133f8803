DROP INDEX taken_back_sender;
ALTER TABLE taken_back DROP COLUMN sender;
