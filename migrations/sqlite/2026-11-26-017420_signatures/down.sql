DROP TABLE authorship;
ALTER TABLE accounts DROP COLUMN named_as;
ALTER TABLE brand_policies DROP COLUMN signature;
