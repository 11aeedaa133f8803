-- In which room a job is done. A look for work reads one room in the order of time, and no other.
ALTER TABLE jobs ADD COLUMN room TEXT NOT NULL DEFAULT 'own';
UPDATE jobs SET room = CASE
    WHEN kind = 'inbound' THEN 'arrived'
    WHEN kind IN ('fetch_post', 'refresh_actor', 'refresh_post', 'fetch_card', 'check_quote', 'verify_fields') THEN 'looked_up'
    WHEN kind = 'send_reset' THEN 'letters'
    WHEN kind = 'push' THEN 'pushes'
    ELSE 'own'
END;

-- What waits for an earlier job of its lane stands behind it, where no look finds it, until that one ends.
UPDATE jobs SET state = 'behind'
WHERE state = 'ready' AND EXISTS (
    SELECT 1 FROM jobs AS earlier
    WHERE earlier.lane = jobs.lane AND earlier.id < jobs.id AND earlier.state <> 'parked'
);

DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (room, state, run_at, id);
DROP INDEX jobs_lane;
CREATE INDEX jobs_lane ON jobs (lane, state, id) WHERE lane IS NOT NULL;
