-- What somebody does not let in waits, and is shown apart: by whom. Some kinds are shown in groups.
ALTER TABLE notifications ADD COLUMN filtered BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE notifications ADD COLUMN group_key TEXT;
CREATE INDEX notifications_group ON notifications (owner_id, group_key, id);
CREATE INDEX notifications_sender ON notifications (owner_id, from_id, id);

-- What becomes of notifications by whom; without a row everything is let in.
CREATE TABLE notification_policies (
    owner_id BIGINT NOT NULL PRIMARY KEY REFERENCES actors (id),
    for_not_following TEXT NOT NULL,
    for_not_followers TEXT NOT NULL,
    for_new_accounts TEXT NOT NULL,
    for_private_mentions TEXT NOT NULL,
    for_limited_accounts TEXT NOT NULL
);

-- Whose notifications wait.
CREATE TABLE notification_requests (
    id BIGINT NOT NULL PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actors (id),
    from_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX notification_requests_pair ON notification_requests (owner_id, from_id);
CREATE INDEX notification_requests_from ON notification_requests (from_id);

-- Who is let in whatever the policy says.
CREATE TABLE notification_permissions (
    owner_id BIGINT NOT NULL REFERENCES actors (id),
    from_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, from_id)
);
CREATE INDEX notification_permissions_from ON notification_permissions (from_id);
