-- Whoever answers a post of a brand is told of to those who look after its answers.
CREATE INDEX drafts_post ON drafts (post_id) WHERE post_id IS NOT NULL;
