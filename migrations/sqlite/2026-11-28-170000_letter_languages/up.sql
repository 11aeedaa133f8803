-- The language in which somebody is written to, by its tag; of who signs up it is that of the form.
ALTER TABLE accounts ADD COLUMN letter_language TEXT;
ALTER TABLE sign_ups ADD COLUMN language TEXT;
ALTER TABLE sign_up_refusals ADD COLUMN language TEXT;
