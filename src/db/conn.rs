//! One connection type for both databases, and the one macro for where they differ.

pub use multi::{Conn, MultiBackend};

#[expect(missing_docs, reason = "the derive writes items without documentation")]
mod multi {
    use diesel::{PgConnection, SqliteConnection};

    /// A connection to whichever database this company uses. Plain Diesel works on it as it is;
    /// upserts, batch inserts and full-text search go through [`on_conn!`](crate::on_conn).
    #[derive(diesel::MultiConnection)]
    pub enum Conn {
        /// PostgreSQL, the engine for more than one machine.
        Pg(PgConnection),
        /// SQLite, embedded, the default.
        Sqlite(SqliteConnection),
    }
}

/// Runs one query text on whichever database this is, with everything that database can do.
///
/// The expression is compiled twice (about 30 ms of compile time each), so plain Diesel comes first.
#[macro_export]
macro_rules! on_conn {
    ($conn:expr, |$c:ident| $query:expr) => {
        match $conn {
            $crate::db::Conn::Pg($c) => $query,
            $crate::db::Conn::Sqlite($c) => $query,
        }
    };
}
