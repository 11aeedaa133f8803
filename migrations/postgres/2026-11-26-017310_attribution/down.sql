DROP INDEX link_cards_named;
ALTER TABLE link_cards DROP COLUMN named_by;
DROP TABLE attribution_domains;
