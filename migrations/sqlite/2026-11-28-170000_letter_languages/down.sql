DELETE FROM notifications WHERE kind = 'guildhall.role';
ALTER TABLE sign_up_refusals DROP COLUMN language;
ALTER TABLE sign_ups DROP COLUMN language;
ALTER TABLE accounts DROP COLUMN letter_language;
