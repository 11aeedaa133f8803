//! The company's database, past its server: for filling it, for raw inserts, and to see when background work ended.

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Text},
};

use crate::{company, rig::Server};

/// A connection of our own.
pub enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// Leaves nothing in a database of PostgreSQL. SQLite begins with a new file each time.
pub fn empty(url: Option<&str>) {
    if let Some(url) = url {
        let mut conn = PgConnection::establish(url).unwrap();
        conn.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").unwrap();
    }
}

impl Database {
    /// The database that a server runs on.
    pub fn open(server: &Server) -> Self {
        if let Some(url) = server.environment.get("GUILDHALL_DATABASE_URL") {
            return Self::Postgres(PgConnection::establish(url).unwrap());
        }
        let file = Self::file(server);
        let mut conn = SqliteConnection::establish(&file).unwrap();
        conn.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA synchronous = FULL").unwrap();
        Self::Sqlite(conn)
    }

    /// The file of SQLite.
    pub fn file(server: &Server) -> String {
        format!("{}/guildhall.sqlite", server.environment["GUILDHALL_DATA_DIR"])
    }

    /// Runs statements.
    pub fn run(&mut self, sql: &str) {
        let done = match self {
            Self::Sqlite(conn) => conn.batch_execute(sql),
            Self::Postgres(conn) => conn.batch_execute(sql),
        };
        done.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// What a query answers that names its one number `number`.
    pub fn number(&mut self, sql: &str) -> i64 {
        let row: Number = match self {
            Self::Sqlite(conn) => sql_query(sql).get_result(conn),
            Self::Postgres(conn) => sql_query(sql).get_result(conn),
        }
        .unwrap_or_else(|error| panic!("{error}: {sql}"));
        row.number
    }

    /// The columns of a table, in their order.
    pub fn columns(&mut self, table: &str) -> Vec<String> {
        let rows: Vec<Word> = match self {
            Self::Sqlite(conn) => {
                sql_query(format!("SELECT name AS word FROM pragma_table_info('{table}')")).load(conn)
            }
            Self::Postgres(conn) => sql_query(format!(
                "SELECT column_name::text AS word FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY ordinal_position"
            ))
            .load(conn),
        }
        .unwrap();
        rows.into_iter().map(|row| row.word).collect()
    }

    /// How many megabytes it takes on the disk.
    pub fn megabytes(&mut self, server: &Server) -> i64 {
        match self {
            Self::Sqlite(_) => i64::try_from(std::fs::metadata(Self::file(server)).unwrap().len()).unwrap() / 1_000_000,
            Self::Postgres(_) => self.number("SELECT pg_database_size(current_database()) / 1000000 AS number"),
        }
    }

    /// The first process of PostgreSQL, when it runs on this machine.
    pub fn postmaster(&mut self) -> Option<u32> {
        if matches!(self, Self::Sqlite(_)) {
            return None;
        }
        let backend = u32::try_from(self.number("SELECT pg_backend_pid()::bigint AS number")).unwrap();
        let name = std::fs::read_to_string(format!("/proc/{backend}/comm")).unwrap_or_default();
        let parent = company::stat(backend).filter(|_| name.starts_with("postgres"))?[1];
        u32::try_from(parent).ok()
    }
}
