-- The words of posts that may be found by them: an index alone, without the texts. The row number is the post's.
CREATE VIRTUAL TABLE post_words USING fts5(
    words,
    content = '',
    contentless_delete = 1,
    detail = none,
    tokenize = "ascii tokenchars '_:'"
);

-- Posts that are here already are read by a job.
INSERT INTO jobs (id, kind, lane, payload, state, attempts, run_at, leased_until, created_at)
SELECT 1, 'index_posts', 'index_posts', '{"job":"index_posts","before":"9223372036854775807"}', 'ready', 0, 0, 0, 0
WHERE EXISTS (SELECT 1 FROM posts);
