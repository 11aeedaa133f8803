-- In which languages somebody wants to read whom they follow: a list as JSON, or nothing for all.
ALTER TABLE follows ADD COLUMN languages TEXT;
