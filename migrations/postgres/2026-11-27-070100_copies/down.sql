DELETE FROM jobs WHERE kind = 'ask_for_consent';
DELETE FROM notifications WHERE kind = 'guildhall.consent';
ALTER TABLE posts DROP COLUMN linked;
DROP TABLE counterparts;
DROP INDEX media_copy;
ALTER TABLE media DROP COLUMN copy_id;
ALTER TABLE drafts DROP COLUMN copy_id;
DROP TABLE publish_consents;
DROP TABLE publish_requests;
