-- Actors to whom their handle does not lead, as far as we know: it is somebody else's, or who should know did not answer.
-- They are not found by it. `claimed_host` is the host of a handle that was claimed and not asked about, because that
-- server is blocked: the actor is refused with it.
CREATE TABLE doubtful_handles (
    actor_id BIGINT NOT NULL PRIMARY KEY REFERENCES actors (id),
    claimed_host TEXT
);
CREATE INDEX doubtful_handles_host ON doubtful_handles (claimed_host) WHERE claimed_host IS NOT NULL;
