-- The workroom acts for somebody by a token that belongs to the browser in which they signed in, and ends with it.
ALTER TABLE tokens ADD COLUMN browser_id BIGINT;
CREATE INDEX tokens_browser ON tokens (browser_id);
