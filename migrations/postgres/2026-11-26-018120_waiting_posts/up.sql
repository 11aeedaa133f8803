-- Under which id apps see a draft that waits for approval: another one each time it is handed in, so that it stands for
-- one text. And whether it is published as soon as it is approved, because it was written as a post.
ALTER TABLE drafts ADD COLUMN waiting_id BIGINT;
ALTER TABLE drafts ADD COLUMN at_once BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX drafts_waiting ON drafts (waiting_id);
CREATE INDEX drafts_waiting_of ON drafts (actor_id, waiting_id);
