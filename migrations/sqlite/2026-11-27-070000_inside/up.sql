-- Why a post stays inside, and when whoever wrote it looks at it again. An answer to an internal post goes with that,
-- and has a row only where its author said something of its own.
CREATE TABLE internal_reviews (
    post_id INTEGER NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    author_id BIGINT NOT NULL REFERENCES actors (id),
    reason TEXT,
    review_at BIGINT,
    asked_at BIGINT
);
CREATE INDEX internal_reviews_due ON internal_reviews (author_id, review_at);

-- What is here already is looked at in 90 days.
INSERT INTO internal_reviews (post_id, author_id, review_at)
SELECT posts.id, posts.author_id, (CAST(strftime('%s', 'now') AS INTEGER) + 7776000) * 1000000
FROM posts LEFT JOIN posts AS parents ON parents.id = posts.reply_to_id
WHERE posts.audience IN ('company', 'team') AND (parents.id IS NULL OR parents.audience NOT IN ('company', 'team'));

-- A job has the number of the first post that it is for: no other job has that.
INSERT INTO jobs (id, kind, lane, room, payload, state, attempts, run_at, leased_until, created_at)
SELECT MIN(post_id), 'look_again', 'look_again:' || author_id, 'own',
    '{"job":"look_again","actor":"' || author_id || '","at":' || MIN(review_at) || '}', 'ready', 0, MIN(review_at), 0, 0
FROM internal_reviews GROUP BY author_id;
