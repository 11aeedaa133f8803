DROP INDEX taken_back_provider;
ALTER TABLE taken_back DROP COLUMN provider;
