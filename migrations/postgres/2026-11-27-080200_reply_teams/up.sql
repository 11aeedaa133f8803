-- The team that looks after the answers, in place of a person.
ALTER TABLE drafts ADD COLUMN reply_team_id BIGINT REFERENCES teams (id);
CREATE INDEX drafts_reply_team ON drafts (reply_team_id) WHERE reply_team_id IS NOT NULL;
