-- How often a post is quoted by consent where everybody may read it, kept as the other figures of a post are.
ALTER TABLE posts ADD COLUMN quotes_count BIGINT NOT NULL DEFAULT 0;
UPDATE posts SET quotes_count = (
    SELECT count(*) FROM quotes WHERE quotes.quoted_id = posts.id AND quotes.state = 'accepted' AND quotes.open
) WHERE id IN (SELECT quoted_id FROM quotes WHERE quoted_id IS NOT NULL);
