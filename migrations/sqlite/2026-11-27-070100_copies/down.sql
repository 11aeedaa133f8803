DELETE FROM jobs WHERE kind = 'ask_for_consent';
DELETE FROM notifications WHERE kind = 'guildhall.consent';
ALTER TABLE posts DROP COLUMN linked;
DROP TABLE counterparts;
DROP INDEX media_copy;
ALTER TABLE media DROP COLUMN copy_id;
-- What only consent lets out is no draft like others without it.
UPDATE drafts SET state = 'discarded', scheduled_at = NULL, scheduled_by = NULL, held = NULL
    WHERE copy_id IS NOT NULL AND state NOT IN ('published', 'discarded');
ALTER TABLE drafts DROP COLUMN copy_id;
DROP TABLE publish_consents;
DROP TABLE publish_requests;
