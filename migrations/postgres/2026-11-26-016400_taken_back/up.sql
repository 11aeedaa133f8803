-- What was deleted or undone before it came, for some hours. Ids are kept as digests: they are as long as their senders
-- like. With a letter nobody has checked the signature yet, because the key was not here.
CREATE TABLE taken_back (
    id BIGINT NOT NULL PRIMARY KEY,
    claim TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    actor TEXT NOT NULL,
    host TEXT NOT NULL,
    letter TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX taken_back_claim ON taken_back (claim, fingerprint);
CREATE INDEX taken_back_actor ON taken_back (actor, id);
CREATE INDEX taken_back_host ON taken_back (host, id);
CREATE INDEX taken_back_created ON taken_back (created_at);
CREATE INDEX taken_back_unchecked ON taken_back (created_at) WHERE letter IS NOT NULL;
