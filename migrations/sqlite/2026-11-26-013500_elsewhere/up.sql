-- Files of other servers that are kept here for a while, so that readers need not ask those servers. The file is in the
-- store of files, below its name: the SHA-256 of its address.
CREATE TABLE elsewhere (
    name TEXT NOT NULL PRIMARY KEY,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    used_at BIGINT NOT NULL
);
CREATE INDEX elsewhere_used ON elsewhere (used_at);
