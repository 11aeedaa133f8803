-- What is shown of the pages that posts link to: one row for each address, whether or not there was something.
CREATE TABLE link_cards (
    id BIGINT NOT NULL PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    card TEXT,
    asked_at BIGINT,
    created_at BIGINT NOT NULL
);

-- Which of them a post shows.
CREATE TABLE post_cards (
    post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
    card_id BIGINT NOT NULL REFERENCES link_cards (id) ON DELETE CASCADE
);
CREATE INDEX post_cards_card ON post_cards (card_id, post_id);
