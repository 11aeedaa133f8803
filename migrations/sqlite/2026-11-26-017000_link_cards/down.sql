DELETE FROM jobs WHERE kind = 'fetch_card';
DROP TABLE post_cards;
DROP TABLE link_cards;
