ALTER TABLE writing_habits DROP COLUMN quoters;
