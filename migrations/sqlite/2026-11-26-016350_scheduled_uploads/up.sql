-- The post that waits for its time and will have this upload. Until then it hangs on nothing, and is kept.
ALTER TABLE media ADD COLUMN scheduled_id BIGINT REFERENCES scheduled_posts (id) ON DELETE SET NULL;
CREATE INDEX media_scheduled ON media (scheduled_id) WHERE scheduled_id IS NOT NULL;
