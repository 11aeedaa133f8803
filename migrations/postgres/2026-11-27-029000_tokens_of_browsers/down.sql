DROP INDEX tokens_browser;
ALTER TABLE tokens DROP COLUMN browser_id;
