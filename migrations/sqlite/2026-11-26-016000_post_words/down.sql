DELETE FROM jobs WHERE kind = 'index_posts';
DROP TABLE post_words;
