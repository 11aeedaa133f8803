DROP INDEX drafts_reply_team;
ALTER TABLE drafts DROP COLUMN reply_team_id;
