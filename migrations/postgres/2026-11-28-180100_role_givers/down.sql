ALTER TABLE notifications DROP COLUMN given_by;
