DROP TABLE crises;
