-- A copy of an internal post to which others than its author agreed as it is.
ALTER TABLE posts ADD COLUMN agreed BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE posts SET agreed = TRUE
WHERE linked AND id IN (
    SELECT publish_requests.post_id FROM publish_requests
    JOIN publish_consents ON publish_consents.request_id = publish_requests.id
    WHERE publish_requests.post_id IS NOT NULL AND publish_consents.actor_id <> publish_requests.actor_id
);
