//! The databases that the company runs on: a file, or one on the tests' PostgreSQL that goes with the test.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
    sql_types::Text,
};

use crate::load::random;

/// Where the company keeps what it knows.
pub enum Database {
    /// In its data folder.
    Sqlite,
    /// On a server.
    Postgres { server: String, name: String },
}

impl Database {
    pub fn sqlite() -> Self {
        Self::Sqlite
    }

    /// A new one on the tests' PostgreSQL; `how` is more of the statement that makes it.
    pub fn postgres(how: &str) -> Self {
        let server = std::env::var("GUILDHALL_TEST_POSTGRES_URL")
            .expect("GUILDHALL_TEST_POSTGRES_URL is not set: run `make test`");
        Self::postgres_at(&server, how)
    }

    /// A new one on this PostgreSQL.
    pub fn postgres_at(server: &str, how: &str) -> Self {
        let name = format!("crash_{}", random(1 << 30));
        let mut admin = PgConnection::establish(server).unwrap();
        admin.batch_execute(&format!("CREATE DATABASE {name} {how}")).unwrap();
        Self::Postgres { server: server.to_owned(), name }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres { .. } => "postgresql",
        }
    }

    /// Changes something in it; `file` is where it is when it has no address.
    pub fn run(&self, file: &Path, statements: &str) {
        match self.url() {
            Some(url) => PgConnection::establish(&url).unwrap().batch_execute(statements).unwrap(),
            None => SqliteConnection::establish(file.to_str().unwrap()).unwrap().batch_execute(statements).unwrap(),
        }
    }

    /// Its address, if it has one.
    pub fn url(&self) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres { server, name } => Some(format!("{}/{name}", server.rsplit_once('/').unwrap().0)),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self
            && let Ok(mut admin) = PgConnection::establish(server)
        {
            let _ = admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// Room for databases on another disk of the machine on which the tests' PostgreSQL runs.
pub struct Tablespace {
    server: String,
    pub name: String,
}

impl Tablespace {
    pub fn on(disk: &Path) -> Self {
        let server = std::env::var("GUILDHALL_TEST_POSTGRES_URL").unwrap();
        let folder = disk.join("postgres");
        std::fs::create_dir(&folder).unwrap();
        assert!(Command::new("chown").arg("postgres").arg(&folder).status().unwrap().success());
        let name = format!("small_{}", random(1 << 30));
        let mut admin = PgConnection::establish(&server).unwrap();
        admin.batch_execute(&format!("CREATE TABLESPACE {name} LOCATION '{}'", folder.display())).unwrap();
        Self { server, name }
    }
}

impl Drop for Tablespace {
    fn drop(&mut self) {
        if let Ok(mut admin) = PgConnection::establish(&self.server) {
            let _ = admin.batch_execute(&format!("DROP TABLESPACE {}", self.name));
        }
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

/// Nothing in this file is damaged, and nothing in it refers to what is not there.
pub fn assert_sound(file: &Path) {
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let mut lines = |query: &str| -> Vec<String> {
        sql_query(query).load::<Line>(&mut conn).unwrap().into_iter().map(|line| line.text).collect()
    };
    assert_eq!(lines("SELECT integrity_check AS text FROM pragma_integrity_check"), ["ok"]);
    assert!(lines("SELECT \"table\" AS text FROM pragma_foreign_key_check").is_empty());
}

/// A PostgreSQL of the test's own, which can be stopped and started again. It loses nothing in a crash.
pub struct Cluster {
    pub server: String,
    folder: tempfile::TempDir,
}

impl Cluster {
    pub fn start() -> Self {
        let mut cluster = Self { server: String::new(), folder: tempfile::tempdir().unwrap() };
        let said = cluster.script(&["start"]);
        let line = said.lines().find_map(|line| line.strip_prefix("GUILDHALL_TEST_POSTGRES_URL=")).unwrap();
        cluster.server = line.to_owned();
        cluster
    }

    /// Stops it: `immediate` is a crash, `fast` a stop in order.
    pub fn halt(&self, how: &str) {
        self.script(&["halt", how]);
    }

    /// Starts it again, at the same port.
    pub fn revive(&self) {
        self.script(&["revive"]);
    }

    fn script(&self, arguments: &[&str]) -> String {
        let output = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/postgres"))
            .args(arguments)
            .env("POSTGRES_NOTE", self.folder.path().join("note"))
            .env("POSTGRES_FSYNC", "on")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "scripts/postgres {arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.script(&["stop"]);
    }
}
