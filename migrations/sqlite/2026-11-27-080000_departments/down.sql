DROP INDEX posts_team;
ALTER TABLE authorship DROP COLUMN department;
ALTER TABLE brand_policies DROP COLUMN signature_department;
ALTER TABLE teams DROP COLUMN kind;
