DROP INDEX media_draft;
ALTER TABLE media DROP COLUMN draft_id;
DROP TABLE draft_presence;
DROP TABLE draft_reviews;
DROP TABLE draft_versions;
DROP TABLE drafts;
DROP TABLE brand_policies;
