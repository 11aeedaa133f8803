ALTER TABLE brand_policies DROP COLUMN certified_approvers;
DROP TABLE certificates;
