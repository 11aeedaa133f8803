-- From whose network a Delete came that nobody has checked: when there is no more room, who has much of it gives way.
-- Blinded by the secret key, like the sender.
ALTER TABLE taken_back ADD COLUMN provider TEXT NOT NULL DEFAULT '';
CREATE INDEX taken_back_provider ON taken_back (provider, sender, created_at) WHERE letter IS NOT NULL;
