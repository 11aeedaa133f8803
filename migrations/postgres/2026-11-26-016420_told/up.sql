-- What is told is found without what waits, and how large a group is without the notifications themselves.
CREATE INDEX notifications_told ON notifications (owner_id, filtered, id);
DROP INDEX notifications_group;
CREATE INDEX notifications_group ON notifications (owner_id, group_key, id, from_id);
