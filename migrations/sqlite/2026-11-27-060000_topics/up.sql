-- Of what not everybody speaks for a brand without asking: a list as JSON.
ALTER TABLE brand_policies ADD COLUMN topics TEXT NOT NULL DEFAULT '[]';
