DROP TABLE quote_refusals;
