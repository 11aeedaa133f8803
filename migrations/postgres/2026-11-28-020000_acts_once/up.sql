-- What clients did under a name of their own, so that they may ask twice; made or acted upon is what `subject_id` says.
CREATE TABLE acts_once (
    token_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (token_id, key)
);
CREATE INDEX acts_once_created ON acts_once (created_at);
INSERT INTO acts_once (token_id, key, request_hash, subject_id, created_at)
SELECT token_id, key, request_hash, draft_id, created_at FROM draft_acts;
DROP TABLE draft_acts;
