//! How we talk to the database.

use super::section::{section, whole};
use crate::config::Hidden;
use std::path::{Path, PathBuf};

section! {
    /// How we talk to the database.
    Database {
        /// How many connections are kept open: for reading on SQLite, for everything on PostgreSQL.
        pool: usize = 8, "a whole number from 1 to 200", whole(1..=200);
    }
}

/// Which database the settings name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseTarget {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL server, by connection address.
    Postgres(Hidden),
}

impl DatabaseTarget {
    /// Reads `postgres://…` or `sqlite:PATH`; without an address it is SQLite in the data folder.
    pub fn find(url: Option<&str>, data_dir: &Path) -> Option<Self> {
        let Some(url) = url else { return Some(Self::Sqlite(data_dir.join("guildhall.sqlite"))) };
        if let Some(rest) = url.strip_prefix("sqlite:") {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            // A database in memory would be another one for each connection.
            let is_file = !path.is_empty() && !path.contains(":memory:") && !path.contains('?');
            return is_file.then(|| Self::Sqlite(PathBuf::from(path)));
        }
        let is_postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        is_postgres.then(|| Self::Postgres(Hidden::from(url)))
    }
}
