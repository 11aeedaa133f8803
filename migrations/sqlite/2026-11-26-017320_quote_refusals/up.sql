-- What a post quoted and was refused: it stays refused when the post quotes something else in between.
CREATE TABLE quote_refusals (
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    quoted_uri TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (post_id, quoted_uri)
);
