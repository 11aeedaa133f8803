-- Who may quote somebody's posts, where an app does not say: public, followers or nobody.
ALTER TABLE writing_habits ADD COLUMN quoters TEXT NOT NULL DEFAULT 'public';
