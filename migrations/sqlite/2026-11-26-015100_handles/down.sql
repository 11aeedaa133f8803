DROP TABLE doubtful_handles;
