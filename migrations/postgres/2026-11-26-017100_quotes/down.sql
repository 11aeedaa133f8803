DELETE FROM notifications WHERE kind IN ('quote', 'quoted_update');
DELETE FROM jobs WHERE kind = 'check_quote';
DROP TABLE quotes;
