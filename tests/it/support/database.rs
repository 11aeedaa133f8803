//! A database of its own for each test: SQLite in a temporary folder, PostgreSQL from a migrated template.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query};
use guildhall::db::{Clock, Db, Options, Seal, TestClock, Timestamp};

/// Writes one test body as two tests, `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident: TestDatabase) $body:block)*) => {$(
        $(#[$attribute])*
        async fn $name($database: $crate::support::database::TestDatabase) $body
        $(#[$attribute])*
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() { Box::pin(super::$name($crate::support::database::TestDatabase::sqlite())).await; }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() { Box::pin(super::$name($crate::support::database::TestDatabase::postgres())).await; }
        }
    )*};
}

/// A migrated, empty database that goes with the test.
pub struct TestDatabase {
    pub db: Db,
    pub url: String,
    pub clock: Option<Arc<TestClock>>,
    cleanup: Option<Cleanup>,
}

enum Cleanup {
    Folder { _removed_when_dropped: tempfile::TempDir },
    Postgres { server: String, name: String },
}

impl TestDatabase {
    pub fn sqlite() -> Self {
        super::calls::record();
        // In memory where that is possible: a commit waits for the disk, and these databases live for a moment.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let file = folder.path().join("guildhall.sqlite");
        std::fs::copy(migrated_file(), &file).unwrap();
        let url = format!("sqlite:{}", file.display());
        let db = open(&url, None);
        db.migrate().unwrap();
        Self { db, url, clock: None, cleanup: Some(Cleanup::Folder { _removed_when_dropped: folder }) }
    }

    pub fn postgres() -> Self {
        let server = std::env::var("GUILDHALL_TEST_POSTGRES_URL").expect(
            "GUILDHALL_TEST_POSTGRES_URL is not set: run `make test`, or export what `scripts/postgres start` prints",
        );
        let template = template(&server);
        let mut random = [0_u8; 6];
        aws_lc_rs::rand::fill(&mut random).unwrap();
        let name = format!("test_{}", hex::encode(random));
        let mut admin = PgConnection::establish(&server).unwrap();
        sql_query(format!("CREATE DATABASE {name} TEMPLATE {template}")).execute(&mut admin).unwrap();
        let url = server.rsplit_once('/').map(|(start, _)| format!("{start}/{name}")).unwrap();
        let db = open(&url, None);
        db.migrate().unwrap();
        Self { db, url, clock: None, cleanup: Some(Cleanup::Postgres { server, name }) }
    }

    /// The same database, with a clock that the test moves.
    pub fn with_clock(mut self, start: Timestamp) -> Self {
        let clock = Some(Arc::new(TestClock::at(start)));
        self.db = open(&self.url, clock.clone());
        self.db.migrate().unwrap();
        self.clock = clock;
        self
    }

    /// The same database without a row, cheaper than another one.
    pub fn emptied(self) -> Self {
        #[derive(diesel::QueryableByName)]
        struct Table {
            #[diesel(sql_type = diesel::sql_types::Text)]
            name: String,
        }
        let kept = "NOT IN ('__diesel_schema_migrations', 'slots')";
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let mut conn = SqliteConnection::establish(path).unwrap();
            conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = OFF").unwrap();
            let query = format!(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name {kept}
                 AND name NOT LIKE 'post_words_%'"
            );
            let tables: Vec<Table> = sql_query(query).load(&mut conn).unwrap();
            let deletes: String = tables.iter().map(|table| format!("DELETE FROM {};", table.name)).collect();
            conn.batch_execute(&format!("BEGIN IMMEDIATE; {deletes} COMMIT")).unwrap();
        } else {
            let mut conn = PgConnection::establish(&self.url).unwrap();
            let query = format!(
                "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' AND tablename {kept}"
            );
            let tables: Vec<Table> = sql_query(query).load(&mut conn).unwrap();
            let deletes: String = tables.iter().map(|table| format!("DELETE FROM {};", table.name)).collect();
            conn.batch_execute(&format!("BEGIN; SET LOCAL session_replication_role = replica; {deletes} COMMIT"))
                .unwrap();
        }
        self
    }

    /// The same database as another process would open it.
    pub fn another(&self) -> Db {
        let db = open(&self.url, self.clock.clone());
        db.migrate().unwrap();
        db
    }
}

fn open(url: &str, clock: Option<Arc<TestClock>>) -> Db {
    let options = Options { url: url.to_owned(), pool: 8 };
    let db = match clock {
        Some(clock) => Db::open_with_clock(&options, clock as Arc<dyn Clock>).unwrap(),
        None => Db::open(&options).unwrap(),
    };
    // An app puts the key of its company in its place.
    db.seal_with(Seal::new(&[7; 32]));
    db
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some(Cleanup::Postgres { server, name }) = self.cleanup.take()
            && let Ok(mut admin) = PgConnection::establish(&server)
        {
            let _ = admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Which migrations there are for `kind` of database, in a few letters.
fn migrations(kind: &str) -> String {
    let folder = format!("{}/migrations/{kind}", env!("CARGO_MANIFEST_DIR"));
    let mut texts: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| std::fs::read_to_string(entry.unwrap().path().join("up.sql")).ok())
        .collect();
    texts.sort();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, texts.concat().as_bytes());
    hex::encode(digest)[..16].to_owned()
}

/// A migrated file without a row, for others to begin from; made by whoever comes first.
fn migrated_file() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("migrated-{}.sqlite", migrations("sqlite")));
    if !file.exists() {
        let making = tempfile::tempdir_in(folder).unwrap();
        let (made, whole) = (making.path().join("made.sqlite"), making.path().join("whole.sqlite"));
        open(&format!("sqlite:{}", made.display()), None).migrate().unwrap();
        let mut conn = SqliteConnection::establish(&made.to_string_lossy()).unwrap();
        conn.batch_execute(&format!("VACUUM INTO '{}'", whole.display())).unwrap();
        std::fs::rename(whole, &file).unwrap();
    }
    file
}

/// The migrated template of this build; made by whoever comes first.
fn template(server: &str) -> String {
    let name = format!("template_{}", migrations("postgres"));
    let mut admin = PgConnection::establish(server).unwrap();
    sql_query("SELECT pg_advisory_lock(4711)").execute(&mut admin).unwrap();
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let ready: Count =
        sql_query(format!("SELECT count(*) AS count FROM pg_database WHERE datname = '{name}' AND datistemplate"))
            .get_result(&mut admin)
            .unwrap();
    if ready.count == 0 {
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).unwrap();
        admin.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let url = server.rsplit_once('/').map(|(start, _)| format!("{start}/{name}")).unwrap();
        open(&url, None).migrate().unwrap();
        // A template must have no connections.
        admin
            .batch_execute(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))
            .unwrap();
        admin.batch_execute(&format!("ALTER DATABASE {name} WITH is_template true ALLOW_CONNECTIONS false")).unwrap();
    }
    sql_query("SELECT pg_advisory_unlock(4711)").execute(&mut admin).unwrap();
    name
}
