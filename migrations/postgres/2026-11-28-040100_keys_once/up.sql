-- What clients called a request to begin a draft, to invite somebody or to publish a copy stands where the names of all
-- other requests do. What an app handed in is one draft under a key whatever it says: its fingerprint is that of
-- `["status"]` from now on.
INSERT INTO acts_once (token_id, key, request_hash, subject_id, created_at)
SELECT token_id, idempotency_key,
    CASE WHEN at_once THEN 'bf96a156ec8a05adcf328491819b37e30d9b3d23c77d355d00116fd1578a9523' ELSE request_hash END,
    id, created_at
FROM drafts
WHERE token_id IS NOT NULL AND idempotency_key IS NOT NULL AND request_hash IS NOT NULL
ON CONFLICT DO NOTHING;
DROP INDEX drafts_once;
ALTER TABLE drafts DROP COLUMN token_id;
ALTER TABLE drafts DROP COLUMN idempotency_key;
ALTER TABLE drafts DROP COLUMN request_hash;
INSERT INTO acts_once (token_id, key, request_hash, subject_id, created_at)
SELECT token_id, idempotency_key, request_hash, id, created_at FROM invitations
WHERE token_id IS NOT NULL AND idempotency_key IS NOT NULL AND request_hash IS NOT NULL
ON CONFLICT DO NOTHING;
DROP INDEX invitations_once;
ALTER TABLE invitations DROP COLUMN token_id;
ALTER TABLE invitations DROP COLUMN idempotency_key;
ALTER TABLE invitations DROP COLUMN request_hash;
INSERT INTO acts_once (token_id, key, request_hash, subject_id, created_at)
SELECT token_id, idempotency_key, request_hash, id, created_at FROM publish_requests
WHERE token_id IS NOT NULL AND idempotency_key IS NOT NULL AND request_hash IS NOT NULL
ON CONFLICT DO NOTHING;
DROP INDEX publish_requests_once;
ALTER TABLE publish_requests DROP COLUMN token_id;
ALTER TABLE publish_requests DROP COLUMN idempotency_key;
ALTER TABLE publish_requests DROP COLUMN request_hash;
