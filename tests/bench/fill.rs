//! Fills a database as years of use would: rows like those that really arrived, copied by the database itself.
//!
//! Every row is a copy of one that came through the front door, with other ids, authors, texts and times, so that no
//! column is forgotten. They are written in the order of time, with all indexes there. 100 days of posts: of 50
//! posts one is the brand's and the rest are from elsewhere, a quarter by people whom Ana follows and the others by
//! people whom ten others follow; one in five answers another, is tagged; one in three is liked, one in ten boosted.
//! Homes, notifications, activities and what was received are as long as pruning leaves them.

use guildhall::db::Timestamp;

use crate::{
    database::Database,
    scene::{AUTHORS, Scene},
};

const DAY: i64 = 24 * 3600 * 1_000_000;
/// How many days the posts are spread over; the oldest ten are due to be forgotten.
const DAYS: i64 = 100;
/// How many rows one statement copies.
const PORTION: i64 = 1_000;
/// How far a reply is behind what it answers, in posts: more than a portion, so that it is there already.
const BEHIND: i64 = 1_007;
/// How many people follow the authors whom Ana does not.
const PEOPLE: i64 = 10;
/// How long a home is after pruning.
const HOME: i64 = 10_000;

/// Fills the database of a server that does not run with this many posts.
pub fn fill(scene: &Scene, posts: i64) {
    let mut database = Database::open(&scene.company.server);
    if let Database::Sqlite(_) = database {
        database.run("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000");
    } else {
        database.run("SET synchronous_commit = off");
    }
    let mut filling = Filling::begin(scene, &mut database, posts);
    filling.people();
    let mut first = 1;
    while first <= posts {
        let last = (first + PORTION - 1).min(posts);
        filling.database.run("BEGIN");
        filling.posts(first, last);
        filling.around(first, last);
        filling.database.run("COMMIT");
        first = last + 1;
    }
    filling.count();
    filling.search();
    let tidy =
        if matches!(database, Database::Sqlite(_)) { "PRAGMA wal_checkpoint(TRUNCATE)" } else { "VACUUM ANALYZE" };
    database.run("DROP TABLE bench_authors; DROP TABLE bench_people");
    database.run(tidy);
}

/// One copy: into which table, from which row, beside which other tables, when, and what is different.
struct Copy<'a> {
    table: &'a str,
    template: String,
    from: &'a str,
    condition: &'a str,
    different: Vec<(&'a str, String)>,
}

/// What [`Copy`] holds, in its order.
type Row<'a> = (&'a str, String, &'a str, String, Vec<(&'a str, String)>);

struct Filling<'a> {
    database: &'a mut Database,
    posts: i64,
    /// When the first post was written, and how long it is to the next, in microseconds.
    start: i64,
    step: i64,
    /// How many authors Ana does not follow.
    authors: i64,
    /// Rows that are copied.
    remote: i64,
    local: i64,
    author: i64,
    ana: i64,
}

impl<'a> Filling<'a> {
    fn begin(scene: &Scene, database: &'a mut Database, posts: i64) -> Self {
        let mut one = |sql: String| database.number(&sql);
        let author = one(format!("SELECT id AS number FROM actors WHERE uri = '{}'", scene.authors[0].uri));
        let remote =
            one(format!("SELECT MAX(id) AS number FROM posts WHERE author_id = {author} AND reply_to_uri IS NULL"));
        let local = scene.posts[0]["id"].as_str().unwrap().parse().unwrap();
        let ana = one("SELECT id AS number FROM actors WHERE username_key = 'ana' AND host = ''".to_owned());
        let start = Timestamp::wall_clock().0 - DAYS * DAY;
        // The last ones are older than what the scene wrote.
        let step = (DAYS * DAY - DAY / 24) / posts;
        Self { database, posts, start, step, authors: (posts / 50).clamp(500, 20_000), remote, local, author, ana }
    }

    /// The moment of a post, and the id that it has by it.
    fn time(&self, number: &str) -> String {
        format!("({} + ({number}) * {})", self.start, self.step)
    }

    fn id(&self, number: &str) -> String {
        format!("(({} / 1000) * 65536 + ({number}) % 65536)", self.time(number))
    }

    /// The number of a post's author.
    fn written_by(&self) -> String {
        format!("(CASE WHEN i % 4 = 0 THEN (i / 4) % {AUTHORS} ELSE {AUTHORS} + i % {} END)", self.authors)
    }

    /// Copies a row once for each number from `first` to `last`.
    fn copy(&mut self, first: i64, last: i64, copy: &Copy<'_>) {
        let columns = self.database.columns(copy.table);
        let value = |column: &String| {
            let other = copy.different.iter().find(|(name, _)| name == column);
            other.map_or_else(|| format!("t.{column}"), |(_, value)| value.clone())
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        let Copy { table, template, from, condition, .. } = copy;
        self.database.run(&format!(
            "WITH RECURSIVE series(i) AS (SELECT CAST({first} AS BIGINT) UNION ALL SELECT i + 1 FROM series WHERE i < {last})
             INSERT INTO {table} ({}) SELECT {} FROM series CROSS JOIN {table} t {from} WHERE t.{template} AND {condition}",
            columns.join(", "),
            values.join(", "),
        ));
    }

    /// Everybody who writes, with servers and keys, and who follows them.
    fn people(&mut self) {
        let (all, ana, known) = (self.authors, self.ana, AUTHORS);
        self.database.run(&format!(
            "CREATE TABLE bench_authors (n BIGINT NOT NULL PRIMARY KEY, id BIGINT NOT NULL, uri TEXT NOT NULL);
             CREATE TABLE bench_people (n BIGINT NOT NULL PRIMARY KEY, id BIGINT NOT NULL);
             INSERT INTO bench_people SELECT (SELECT COUNT(*) FROM actors o WHERE o.host = '' AND o.username LIKE 'reader%' AND o.id < a.id), a.id FROM actors a WHERE a.host = '' AND a.username LIKE 'reader%';
             INSERT INTO bench_authors SELECT (SELECT COUNT(*) FROM follows o WHERE o.follower_id = {ana} AND o.id < f.id), a.id, a.uri FROM follows f JOIN actors a ON a.id = f.target_id WHERE f.follower_id = {ana};"
        ));
        let template = format!("id = {}", self.author);
        let (host, name) = ("'h' || (i % 500) || '.example'", "'a' || i");
        let uri = format!("'https://' || {host} || '/users/' || {name}");
        let id = format!("({} / 1000 * 65536 - i * 65536)", self.start);
        let different = vec![
            ("id", id.clone()),
            ("username", name.to_owned()),
            ("username_key", name.to_owned()),
            ("name", name.to_owned()),
            ("host", host.to_owned()),
            ("uri", uri.clone()),
            ("url", uri.clone()),
            ("inbox", format!("{uri} || '/inbox'")),
            ("followers_uri", format!("{uri} || '/followers'")),
        ];
        let mut copy =
            |last: i64, table: &str, template: String, from: &str, condition: &str, different: Vec<(&str, String)>| {
                self.copy(1, last, &Copy { table, template, from, condition, different });
            };
        copy(all, "actors", template.clone(), "", "i > 0", different);
        let of = format!("actor_id = {}", self.author);
        let key = vec![("id", id.clone()), ("actor_id", id.clone()), ("key_uri", format!("{uri} || '#main-key'"))];
        self.copy(1, all, &Copy { table: "actor_keys", template: of, from: "", condition: "i > 0", different: key });
        let server = format!("host = (SELECT host FROM actors WHERE id = {})", self.author);
        let host = vec![("host", host.to_owned())];
        self.copy(0, 499, &Copy { table: "servers", template: server, from: "", condition: "i >= 0", different: host });
        self.database.run(&format!(
            "INSERT INTO bench_authors SELECT {known} - 1 + CAST(SUBSTR(username, 2) AS BIGINT), id, uri FROM actors WHERE host LIKE '%.example' AND host LIKE 'h%';"
        ));
        let follow = vec![
            ("id", id.clone()),
            ("follower_id", "p.id".to_owned()),
            ("target_id", id),
            ("uri", format!("{uri} || '/followed'")),
        ];
        let template = format!("id = (SELECT MIN(id) FROM follows WHERE follower_id = {ana})");
        let (from, condition) = ("CROSS JOIN bench_people p", format!("p.n = i % {PEOPLE}"));
        self.copy(1, all, &Copy { table: "follows", template, from, condition: &condition, different: follow });
    }

    /// Posts from elsewhere and of the brand.
    fn posts(&mut self, first: i64, last: i64) {
        let (id, time, before) = (self.id("i"), self.time("i"), format!("i - {BEHIND}"));
        let counts = |every: i64, offset: i64| format!("(CASE WHEN (i + {offset}) % {every} = 0 THEN 1 ELSE 0 END)");
        let shared = vec![
            ("id", id.clone()),
            ("published_at", time.clone()),
            ("created_at", time),
            ("replies_count", counts(5, BEHIND)),
            ("likes_count", counts(3, 0)),
            ("boosts_count", counts(10, 8)),
        ];
        let mut theirs = shared.clone();
        theirs.extend([
            ("uri", "a.uri || '/' || i".to_owned()),
            ("url", "a.uri || '/' || i".to_owned()),
            ("author_id", "a.id".to_owned()),
            ("content", "REPLACE(t.content, 'Number 0', 'Number ' || i)".to_owned()),
            ("thread_id", format!("COALESCE(p.thread_id, {id})")),
            ("reply_to_id", "p.id".to_owned()),
            ("reply_to_uri", "p.uri".to_owned()),
            ("reply_to_author_id", "p.author_id".to_owned()),
        ]);
        let parent = format!("(CASE WHEN i % 5 = 0 AND i > {BEHIND} THEN {} END)", self.id(&before));
        let from = format!("CROSS JOIN bench_authors a LEFT JOIN posts p ON p.id = {parent}");
        let condition = format!("a.n = {} AND i % 50 <> 1", self.written_by());
        let template = format!("id = {}", self.remote);
        self.copy(
            first,
            last,
            &Copy { table: "posts", template, from: &from, condition: &condition, different: theirs },
        );
        let mut ours = shared;
        ours.extend([
            ("uri", format!("REPLACE(t.uri, '{}', '' || {id})", self.local)),
            ("url", format!("REPLACE(t.url, '{}', '' || {id})", self.local)),
            ("thread_id", id),
        ]);
        let template = format!("id = {}", self.local);
        self.copy(first, last, &Copy { table: "posts", template, from: "", condition: "i % 50 = 1", different: ours });
    }

    /// What stands around posts: names, reactions, homes, what was sent and received.
    fn around(&mut self, first: i64, last: i64) {
        let (id, time, posts, ana) = (self.id("i"), self.time("i"), self.posts, self.ana);
        let (local, by) = (self.local, self.written_by());
        let author = format!("a.n = {by}");
        let somebody = format!("a.n = (i * 7) % {}", i64::try_from(AUTHORS).unwrap() + self.authors);
        // Of 100 days: what is 90 and 30 days old.
        let (kept, received) = (posts / 10, posts * 7 / 10);
        let a = "CROSS JOIN bench_authors a";
        let people = "CROSS JOIN bench_authors a CROSS JOIN bench_people p";
        let at_home = format!(
            "{author} AND p.n = (i % {}) % {PEOPLE} AND i % 4 <> 0 AND i > {kept} AND i > {}",
            self.authors,
            posts - HOME * PEOPLE * 4 / 3
        );
        let at_anas = format!("{author} AND i % 4 = 0 AND i > {kept} AND i > {}", posts - HOME * 4);
        let post = ("post_id", id.clone());
        let act = |kind: &str| format!("a.uri || '/{kind}-' || i");
        let reaction = |kind: &str| {
            vec![
                ("id", format!("{id} + 1")),
                post.clone(),
                ("actor_id", "a.id".to_owned()),
                ("uri", act(kind)),
                ("created_at", time.clone()),
            ]
        };
        let entry = |owner: &str| {
            vec![
                ("owner_id", owner.to_owned()),
                ("id", id.clone()),
                post.clone(),
                ("author_id", "a.id".to_owned()),
                ("boost_id", "NULL".to_owned()),
            ]
        };
        let any = |table: &str, column: &str| format!("{column} = (SELECT MAX({column}) FROM {table})");
        let home = format!("owner_id = {ana} AND t.id = {}", self.remote);
        let of_local = format!("post_id = {local}");
        let copies: Vec<Row<'_>> = vec![
            ("publications", of_local.clone(), "", "i % 50 = 1".to_owned(), vec![post.clone()]),
            (
                "activities",
                format!("{of_local} AND t.kind = 'Create'"),
                "",
                format!("i % 50 = 1 AND i > {kept}"),
                vec![
                    ("id", format!("{id} + 2")),
                    post.clone(),
                    ("uri", format!("t.uri || '-' || {id}")),
                    ("object_uri", format!("REPLACE(t.object_uri, '{local}', '' || {id})")),
                    ("created_at", time.clone()),
                ],
            ),
            ("hashtags", of_local.clone(), "", "i % 50 = 1".to_owned(), vec![post.clone()]),
            (
                "hashtags",
                of_local,
                "",
                "i % 5 = 3".to_owned(),
                vec![post.clone(), ("name", "'topic' || (i % 200)".to_owned())],
            ),
            ("likes", any("likes", "id"), a, format!("{somebody} AND i % 3 = 0"), reaction("like")),
            ("boosts", any("boosts", "id"), a, format!("{somebody} AND i % 10 = 2"), reaction("boost")),
            ("home_entries", home.clone(), people, at_home, entry("p.id")),
            ("home_entries", home, a, at_anas, entry(&ana.to_string())),
            (
                "mentions",
                any("mentions", "post_id"),
                "",
                "i % 50 = 7".to_owned(),
                vec![post.clone(), ("actor_id", ana.to_string())],
            ),
            (
                "notifications",
                "id = (SELECT MAX(id) FROM notifications WHERE kind = 'mention')".to_owned(),
                a,
                format!("{author} AND i % 50 = 7 AND i > {}", posts - HOME * 50),
                vec![
                    ("id", format!("{id} + 3")),
                    post,
                    ("owner_id", ana.to_string()),
                    ("from_id", "a.id".to_owned()),
                    ("created_at", time.clone()),
                ],
            ),
            (
                "received",
                "activity_uri = (SELECT MAX(activity_uri) FROM received)".to_owned(),
                a,
                format!("{author} AND i > {received}"),
                vec![("signer_id", "a.id".to_owned()), ("activity_uri", act("activity")), ("received_at", time)],
            ),
        ];
        for (table, template, from, condition, different) in copies {
            self.copy(first, last, &Copy { table, template, from, condition: &condition, different });
        }
    }

    /// Everybody lets themselves be found, and the server reads what they said when it starts.
    fn search(&mut self) {
        self.database.run("UPDATE actors SET indexable = TRUE");
        let migration = include_str!("../../migrations/sqlite/2026-11-26-016000_post_words/up.sql");
        let job = migration.split_once("INSERT INTO jobs").unwrap().1;
        self.database.run(&format!("INSERT INTO jobs {job}"));
    }

    /// The figures that stand beside actors.
    fn count(&mut self) {
        self.database.run(
            "UPDATE actors SET posts_count = (SELECT COUNT(*) FROM posts WHERE author_id = actors.id), last_post_at = (SELECT MAX(published_at) FROM posts WHERE author_id = actors.id)",
        );
    }
}
