-- Who said it, and whether it answers somebody else: how much a company listens is counted in the index alone.
ALTER TABLE publications ADD COLUMN author_id BIGINT;
ALTER TABLE publications ADD COLUMN answers BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE publications SET
    author_id = (SELECT author_id FROM posts WHERE posts.id = publications.post_id),
    answers = COALESCE((SELECT reply_to_uri IS NOT NULL AND (reply_to_author_id IS NULL OR reply_to_author_id <> author_id)
        FROM posts WHERE posts.id = publications.post_id), FALSE);
CREATE INDEX publications_said ON publications (audience, post_id, author_id, answers);
CREATE INDEX publications_author ON publications (author_id, audience, post_id, answers);
