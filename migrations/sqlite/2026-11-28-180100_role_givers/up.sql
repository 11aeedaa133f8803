-- Who gave the role, or took it, of which somebody is told; nothing where the command line did.
ALTER TABLE notifications ADD COLUMN given_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL;
