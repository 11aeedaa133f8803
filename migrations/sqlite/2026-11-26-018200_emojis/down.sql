DROP TABLE actor_emojis;
DROP TABLE emojis;
