DROP TABLE poll_votes;
