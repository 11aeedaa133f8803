-- Pictures of the company's own that stand for a name between colons.
CREATE TABLE emojis (
    id BIGINT NOT NULL PRIMARY KEY,
    shortcode TEXT NOT NULL,
    category TEXT,
    -- The folder of its files, which nobody can guess.
    name TEXT NOT NULL,
    file TEXT NOT NULL,
    -- What is shown to those who want nothing that moves.
    still TEXT NOT NULL,
    media_type TEXT NOT NULL,
    url TEXT NOT NULL,
    static_url TEXT NOT NULL,
    visible BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX emojis_shortcode ON emojis (shortcode);
CREATE UNIQUE INDEX emojis_name ON emojis (name);

-- Such pictures that people elsewhere have in their names and in what they say of themselves.
CREATE TABLE actor_emojis (
    actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
    shortcode TEXT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (actor_id, shortcode)
);
