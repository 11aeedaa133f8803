DROP INDEX accounts_invitation;
ALTER TABLE accounts DROP COLUMN invitation_id;
ALTER TABLE accounts DROP COLUMN invited_by;
DROP TABLE invitation_links;
DROP TABLE invitations;
