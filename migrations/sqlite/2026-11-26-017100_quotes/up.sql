-- Posts that quote others: one row for each, with how it stands.
CREATE TABLE quotes (
    id INTEGER NOT NULL PRIMARY KEY,
    post_id BIGINT NOT NULL UNIQUE REFERENCES posts (id) ON DELETE CASCADE,
    quoted_id BIGINT REFERENCES posts (id) ON DELETE SET NULL,
    quoted_uri TEXT,
    state TEXT NOT NULL,
    legacy BOOLEAN NOT NULL,
    open BOOLEAN NOT NULL,
    request_uri TEXT,
    approval_uri TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX quotes_quoted ON quotes (quoted_id, state, id);
CREATE INDEX quotes_uri ON quotes (quoted_uri);
CREATE INDEX quotes_approval ON quotes (approval_uri);
