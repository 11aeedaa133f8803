-- Everything that is one of a kind: base_url, domain, name, set-up state, first-run token.
CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Process slots for ids, leased.
CREATE TABLE slots (
    slot INTEGER NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    leased_until BIGINT NOT NULL
);

-- Servers that we know: policy and health. `paused_until` is the breaker.
CREATE TABLE servers (
    host TEXT NOT NULL PRIMARY KEY,
    blocked BOOLEAN NOT NULL DEFAULT FALSE,
    blocked_at BIGINT,
    block_reason TEXT,
    software TEXT,
    signature_scheme TEXT,
    get_without_query BOOLEAN NOT NULL DEFAULT FALSE,
    failures INTEGER NOT NULL DEFAULT 0,
    paused_until BIGINT NOT NULL DEFAULT 0,
    pause_asked BOOLEAN NOT NULL DEFAULT FALSE,
    last_success_at BIGINT,
    last_failure_at BIGINT,
    last_error TEXT,
    seen_at BIGINT NOT NULL
);

-- Everyone who can act, here (host = '') or elsewhere.
CREATE TABLE actors (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL,
    host TEXT NOT NULL DEFAULT '',
    uri TEXT NOT NULL UNIQUE,
    url TEXT,
    name TEXT NOT NULL DEFAULT '',
    summary TEXT NOT NULL DEFAULT '',
    summary_source TEXT NOT NULL DEFAULT '',
    icon TEXT,
    header TEXT,
    fields TEXT NOT NULL DEFAULT '[]',
    inbox TEXT NOT NULL,
    shared_inbox TEXT,
    followers_uri TEXT,
    collections TEXT NOT NULL DEFAULT '{}',
    locked BOOLEAN NOT NULL DEFAULT FALSE,
    discoverable BOOLEAN NOT NULL DEFAULT TRUE,
    indexable BOOLEAN NOT NULL DEFAULT TRUE,
    bot BOOLEAN NOT NULL DEFAULT FALSE,
    also_known_as TEXT NOT NULL DEFAULT '[]',
    moved_to TEXT,
    followers_count BIGINT NOT NULL DEFAULT 0,
    following_count BIGINT NOT NULL DEFAULT 0,
    posts_count BIGINT NOT NULL DEFAULT 0,
    last_post_at BIGINT,
    published_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    fetched_at BIGINT,
    suspended_at BIGINT,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX actors_local_username ON actors (username_key) WHERE host = '';
CREATE INDEX actors_handle ON actors (username_key, host);
CREATE INDEX actors_host ON actors (host);

-- Actors whose server is blocked: kept, and not shown.
CREATE TABLE refused_actors (
    actor_id BIGINT NOT NULL PRIMARY KEY REFERENCES actors (id)
);

-- Public keys of everyone; private halves (sealed) of our own.
CREATE TABLE actor_keys (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    key_uri TEXT NOT NULL UNIQUE,
    algorithm TEXT NOT NULL,
    public_key BYTEA NOT NULL,
    private_key BYTEA,
    fetched_at BIGINT NOT NULL
);
CREATE INDEX actor_keys_actor ON actor_keys (actor_id);

-- Spare RSA pairs (sealed), because making one costs 80 ms.
CREATE TABLE spare_keys (
    id BIGINT NOT NULL PRIMARY KEY,
    public_key BYTEA NOT NULL,
    private_key BYTEA NOT NULL
);

-- A login.
CREATE TABLE accounts (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL UNIQUE REFERENCES actors (id),
    email TEXT,
    email_key TEXT,
    password_hash TEXT,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    default_language TEXT,
    created_at BIGINT NOT NULL,
    suspended_at BIGINT,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX accounts_email ON accounts (email_key) WHERE email_key IS NOT NULL;

-- Who may speak for an actor that is not their own.
CREATE TABLE grants (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, actor_id)
);
CREATE INDEX grants_actor ON grants (actor_id);

-- A bearer token: one account, acting as one actor. Only the SHA-256 of the secret is stored.
CREATE TABLE tokens (
    id BIGINT NOT NULL PRIMARY KEY,
    secret_hash BYTEA NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    scopes TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX tokens_account ON tokens (account_id);
CREATE INDEX tokens_actor ON tokens (actor_id);

-- Teams inside the company, an audience of their own.
CREATE TABLE teams (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE team_members (
    team_id BIGINT NOT NULL REFERENCES teams (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (team_id, account_id)
);
CREATE INDEX team_members_account ON team_members (account_id);

-- Who follows whom. `state` is requested or accepted.
CREATE TABLE follows (
    id BIGINT NOT NULL PRIMARY KEY,
    follower_id BIGINT NOT NULL REFERENCES actors (id),
    target_id BIGINT NOT NULL REFERENCES actors (id),
    state TEXT NOT NULL,
    uri TEXT,
    show_boosts BOOLEAN NOT NULL DEFAULT TRUE,
    notify BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX follows_pair ON follows (follower_id, target_id);
CREATE INDEX follows_target ON follows (target_id, state, id);
CREATE INDEX follows_uri ON follows (uri) WHERE uri IS NOT NULL;

CREATE TABLE blocks (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    target_id BIGINT NOT NULL REFERENCES actors (id),
    uri TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX blocks_pair ON blocks (actor_id, target_id);
CREATE INDEX blocks_target ON blocks (target_id);

CREATE TABLE mutes (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    target_id BIGINT NOT NULL REFERENCES actors (id),
    notifications BOOLEAN NOT NULL DEFAULT TRUE,
    expires_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX mutes_pair ON mutes (actor_id, target_id);
CREATE INDEX mutes_target ON mutes (target_id);

-- Published posts, local and remote, internal and federable. Nothing unpublished is here.
CREATE TABLE posts (
    id BIGINT NOT NULL PRIMARY KEY,
    audience TEXT NOT NULL,
    uri TEXT,
    url TEXT,
    author_id BIGINT NOT NULL REFERENCES actors (id),
    kind TEXT NOT NULL DEFAULT 'note',
    title TEXT,
    content TEXT NOT NULL,
    source TEXT,
    source_type TEXT,
    summary TEXT NOT NULL DEFAULT '',
    sensitive BOOLEAN NOT NULL DEFAULT FALSE,
    language TEXT,
    team_id BIGINT REFERENCES teams (id),
    reply_to_id BIGINT,
    reply_to_uri TEXT,
    reply_to_author_id BIGINT,
    thread_id BIGINT NOT NULL,
    attachments TEXT NOT NULL DEFAULT '[]',
    emojis TEXT NOT NULL DEFAULT '[]',
    details TEXT NOT NULL DEFAULT '{}',
    replies_count BIGINT NOT NULL DEFAULT 0,
    likes_count BIGINT NOT NULL DEFAULT 0,
    boosts_count BIGINT NOT NULL DEFAULT 0,
    published_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    edited_at BIGINT
);
CREATE UNIQUE INDEX posts_uri ON posts (uri) WHERE uri IS NOT NULL;
CREATE UNIQUE INDEX posts_id_audience ON posts (id, audience);
CREATE INDEX posts_author ON posts (author_id, id);
CREATE INDEX posts_reply ON posts (reply_to_id, id);
CREATE INDEX posts_thread ON posts (thread_id, id);
CREATE INDEX posts_waiting ON posts (reply_to_uri) WHERE reply_to_id IS NULL AND reply_to_uri IS NOT NULL;
CREATE INDEX posts_audience ON posts (audience, id);

-- The gate to the outside: only a post with a row here can have a wire form.
CREATE TABLE publications (
    post_id BIGINT NOT NULL PRIMARY KEY,
    audience TEXT NOT NULL,
    CONSTRAINT publications_post FOREIGN KEY (post_id, audience) REFERENCES posts (id, audience) ON DELETE CASCADE,
    CONSTRAINT publications_federate CHECK (audience IN ('public', 'unlisted', 'followers', 'direct', 'space'))
);

CREATE TABLE post_edits (
    id BIGINT NOT NULL PRIMARY KEY,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    title TEXT,
    content TEXT NOT NULL,
    summary TEXT NOT NULL,
    sensitive BOOLEAN NOT NULL,
    attachments TEXT NOT NULL DEFAULT '[]',
    created_at BIGINT NOT NULL
);
CREATE INDEX post_edits_post ON post_edits (post_id, id);

CREATE TABLE mentions (
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    PRIMARY KEY (post_id, actor_id)
);
CREATE INDEX mentions_actor ON mentions (actor_id, post_id);

CREATE TABLE hashtags (
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY (post_id, name)
);
CREATE INDEX hashtags_name ON hashtags (name, post_id);

CREATE TABLE likes (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    uri TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX likes_pair ON likes (post_id, actor_id);
CREATE INDEX likes_actor ON likes (actor_id, id);
CREATE INDEX likes_uri ON likes (uri);

CREATE TABLE boosts (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    uri TEXT,
    audience TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX boosts_pair ON boosts (post_id, actor_id);
CREATE INDEX boosts_actor ON boosts (actor_id, id);
CREATE INDEX boosts_uri ON boosts (uri);

-- What a person sees at home, written on arrival. `id` is the post's or the boost's.
CREATE TABLE home_entries (
    owner_id BIGINT NOT NULL REFERENCES actors (id),
    id BIGINT NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    author_id BIGINT NOT NULL,
    boost_id BIGINT,
    PRIMARY KEY (owner_id, id)
);
CREATE INDEX home_entries_post ON home_entries (post_id);
CREATE INDEX home_entries_author ON home_entries (owner_id, author_id);

CREATE TABLE notifications (
    id BIGINT NOT NULL PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actors (id),
    kind TEXT NOT NULL,
    from_id BIGINT NOT NULL REFERENCES actors (id),
    post_id BIGINT REFERENCES posts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX notifications_owner ON notifications (owner_id, id);
CREATE INDEX notifications_post ON notifications (post_id);
CREATE INDEX notifications_from ON notifications (from_id);
CREATE UNIQUE INDEX notifications_once ON notifications (owner_id, kind, from_id, COALESCE(post_id, 0));

-- What was deleted and by whom, so that it answers 410 and does not come back.
CREATE TABLE tombstones (
    uri TEXT NOT NULL,
    actor_id BIGINT NOT NULL,
    deleted_at BIGINT NOT NULL,
    PRIMARY KEY (uri, actor_id)
);
CREATE INDEX tombstones_deleted ON tombstones (deleted_at);

-- Activities that arrived, so that each has one effect.
CREATE TABLE received (
    signer_id BIGINT NOT NULL,
    activity_uri TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (signer_id, activity_uri)
);
CREATE INDEX received_at_index ON received (received_at);

-- Activities that leave, as the bytes that are sent.
CREATE TABLE activities (
    id BIGINT NOT NULL PRIMARY KEY,
    uri TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actors (id),
    post_id BIGINT,
    audience TEXT,
    object_uri TEXT,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT activities_publication FOREIGN KEY (post_id) REFERENCES publications (post_id) ON DELETE SET NULL
);
CREATE INDEX activities_actor ON activities (actor_id, id);
CREATE INDEX activities_post ON activities (post_id);
CREATE INDEX activities_object ON activities (object_uri);

-- One row per inbox that an activity is owed to.
CREATE TABLE deliveries (
    id BIGINT NOT NULL PRIMARY KEY,
    activity_id BIGINT NOT NULL REFERENCES activities (id) ON DELETE CASCADE,
    actor_id BIGINT NOT NULL,
    host TEXT NOT NULL,
    inbox TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL DEFAULT 0,
    last_status INTEGER,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    done_at BIGINT
);
CREATE UNIQUE INDEX deliveries_once ON deliveries (activity_id, inbox);
CREATE INDEX deliveries_due ON deliveries (state, next_at);
CREATE INDEX deliveries_order ON deliveries (state, host, actor_id, id);
CREATE INDEX deliveries_done ON deliveries (done_at);

-- What a client that asks again is answered: the post it made under its key.
CREATE TABLE idempotency_keys (
    token_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (token_id, key)
);
CREATE INDEX idempotency_keys_post ON idempotency_keys (post_id);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- Everything that must happen later.
CREATE TABLE jobs (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    lane TEXT,
    origin TEXT,
    target TEXT,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    run_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX jobs_due ON jobs (state, run_at);
CREATE INDEX jobs_lane ON jobs (lane, id) WHERE lane IS NOT NULL;
CREATE INDEX jobs_origin ON jobs (origin) WHERE origin IS NOT NULL;
CREATE INDEX jobs_state ON jobs (state, leased_until);
