DROP TABLE writing_habits;
DROP TABLE quiet_threads;
DROP TABLE markers;
DROP TABLE actor_notes;
DROP TABLE endorsements;
DROP TABLE featured_tags;
DROP TABLE followed_tags;
