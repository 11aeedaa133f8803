DROP INDEX drafts_post;
