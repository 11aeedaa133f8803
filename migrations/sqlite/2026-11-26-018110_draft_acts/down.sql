DROP TABLE draft_acts;
