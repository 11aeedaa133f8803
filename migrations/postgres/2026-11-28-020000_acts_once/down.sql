CREATE TABLE draft_acts (
    token_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    draft_id BIGINT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (token_id, key)
);
CREATE INDEX draft_acts_created ON draft_acts (created_at);
CREATE INDEX draft_acts_draft ON draft_acts (draft_id);
INSERT INTO draft_acts (token_id, key, request_hash, draft_id, created_at)
SELECT token_id, key, request_hash, subject_id, created_at FROM acts_once WHERE subject_id IN (SELECT id FROM drafts);
DROP TABLE acts_once;
