ALTER TABLE authorship DROP COLUMN typos;
DROP INDEX drafts_of_post;
ALTER TABLE drafts DROP COLUMN counted;
ALTER TABLE drafts DROP COLUMN of_post;
DROP TABLE policy_proposals;
ALTER TABLE brand_policies DROP COLUMN typo_lane;
