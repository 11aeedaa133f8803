-- The words of posts that may be found by them: an index alone, without the texts.
CREATE TABLE post_words (
    post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    words TSVECTOR NOT NULL
);
CREATE INDEX post_words_words ON post_words USING gin (words);

-- Posts that are here already are read by a job.
INSERT INTO jobs (id, kind, lane, payload, state, attempts, run_at, leased_until, created_at)
SELECT 1, 'index_posts', 'index_posts', '{"job":"index_posts","before":"9223372036854775807"}', 'ready', 0, 0, 0, 0
WHERE EXISTS (SELECT 1 FROM posts);
