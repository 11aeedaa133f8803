ALTER TABLE servers DROP COLUMN limit_reason;
ALTER TABLE servers DROP COLUMN limited_at;
DROP TABLE limited_actors;
