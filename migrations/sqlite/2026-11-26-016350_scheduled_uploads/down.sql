DROP INDEX media_scheduled;
ALTER TABLE media DROP COLUMN scheduled_id;
