-- What people with rights did: one row after the other, each with the hash of the one before it. Rows refer to nothing,
-- because they outlive what they name.
CREATE TABLE audit (
    seq INTEGER NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    person_id BIGINT,
    act TEXT NOT NULL,
    about TEXT NOT NULL,
    actor_id BIGINT,
    reason TEXT,
    details TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_actor ON audit (actor_id, seq);
