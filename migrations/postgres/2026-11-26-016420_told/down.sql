DROP INDEX notifications_group;
CREATE INDEX notifications_group ON notifications (owner_id, group_key, id);
DROP INDEX notifications_told;
