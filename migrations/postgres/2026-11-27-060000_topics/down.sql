ALTER TABLE brand_policies DROP COLUMN topics;
