DROP INDEX drafts_waiting_of;
DROP INDEX drafts_waiting;
ALTER TABLE drafts DROP COLUMN at_once;
ALTER TABLE drafts DROP COLUMN waiting_id;
