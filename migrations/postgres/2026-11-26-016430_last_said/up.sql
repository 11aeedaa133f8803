-- Conversations are listed by what was said last, however much was said before.
ALTER TABLE conversations ADD COLUMN last_post BIGINT NOT NULL DEFAULT 0;
UPDATE conversations SET last_post = COALESCE(
    (SELECT MAX(post_id) FROM conversation_posts WHERE conversation_id = conversations.id), 0
);
CREATE INDEX conversations_last ON conversations (owner_id, last_post);

-- Direct posts from before there were conversations are put into them by a job.
INSERT INTO jobs (id, kind, lane, payload, state, attempts, run_at, leased_until, created_at)
SELECT 2, 'converse', 'converse', '{"job":"converse","before":"9223372036854775807"}', 'ready', 0, 0, 0, 0
WHERE EXISTS (SELECT 1 FROM posts);
