-- Some teams are departments, of which a person is in one at most.
ALTER TABLE teams ADD COLUMN kind TEXT NOT NULL DEFAULT 'team';
-- Whether the department stands after the name of who wrote a post, and which one did.
ALTER TABLE brand_policies ADD COLUMN signature_department BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE authorship ADD COLUMN department TEXT;
-- What was said to a team, asked before it is deleted.
CREATE INDEX posts_team ON posts (team_id) WHERE team_id IS NOT NULL;
