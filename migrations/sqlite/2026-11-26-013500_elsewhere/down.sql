DROP TABLE elsewhere;
