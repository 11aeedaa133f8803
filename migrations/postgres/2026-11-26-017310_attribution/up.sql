-- Domains whose pages may name somebody as their author.
CREATE TABLE attribution_domains (
    actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
    domain TEXT NOT NULL,
    PRIMARY KEY (actor_id, domain)
);

-- Who made us read a page: an actor of ours, or another server. Of too many cards those go of whoever has most.
ALTER TABLE link_cards ADD COLUMN named_by TEXT NOT NULL DEFAULT '';
CREATE INDEX link_cards_named ON link_cards (named_by, id);
