DROP INDEX jobs_lane;
CREATE INDEX jobs_lane ON jobs (lane, id) WHERE lane IS NOT NULL;
DROP INDEX jobs_due;
UPDATE jobs SET state = 'ready' WHERE state = 'behind';
ALTER TABLE jobs DROP COLUMN room;
CREATE INDEX jobs_due ON jobs (state, run_at);
