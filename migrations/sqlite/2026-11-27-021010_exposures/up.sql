-- How far somebody here reaches; 0 is the whole company. Where there is no row, everything may leave.
CREATE TABLE exposures (
    actor_id INTEGER NOT NULL PRIMARY KEY,
    level TEXT NOT NULL,
    set_by BIGINT REFERENCES accounts (id),
    set_at BIGINT NOT NULL
);
