//! What a doctor wants to know about the database itself.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};

use super::{Conn, Timestamp};
use crate::error::Result;

/// The oldest PostgreSQL that we are tried with.
const OLDEST_POSTGRES: i32 = 15;

/// The state of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Such as `SQLite 3.50.4`.
    pub version: String,
    /// What is wrong with it.
    pub fault: Option<String>,
    /// Its clock, where it has one of its own.
    pub clock: Option<Timestamp>,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct Checked {
    #[diesel(sql_type = Text)]
    quick_check: String,
}

#[derive(QueryableByName)]
struct Server {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = BigInt)]
    clock: i64,
}

pub(super) fn examine(conn: &mut Conn) -> Result<Health> {
    match conn {
        Conn::Sqlite(conn) => {
            let version: Line = sql_query("SELECT sqlite_version() AS text").get_result(conn)?;
            let checked: Vec<Checked> = sql_query("PRAGMA quick_check(3)").load(conn)?;
            let faults: Vec<String> =
                checked.into_iter().map(|line| line.quick_check).filter(|text| text != "ok").collect();
            let fault = (!faults.is_empty()).then(|| faults.join("; "));
            Ok(Health { version: format!("SQLite {}", version.text), fault, clock: None })
        }
        Conn::Pg(conn) => {
            let server: Server = sql_query(
                "SELECT current_setting('server_version') AS version, \
                 current_setting('server_version_num')::integer AS number, \
                 current_setting('server_encoding') AS encoding, \
                 (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS clock",
            )
            .get_result(conn)?;
            let fault = fault(server.number, &server.encoding);
            let clock = Some(Timestamp(server.clock));
            Ok(Health { version: format!("PostgreSQL {}", server.version), fault, clock })
        }
    }
}

fn fault(number: i32, encoding: &str) -> Option<String> {
    if number / 10_000 < OLDEST_POSTGRES {
        return Some(format!("it is older than PostgreSQL {OLDEST_POSTGRES}"));
    }
    (encoding != "UTF8").then(|| format!("its encoding is {encoding} and not UTF8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_server_and_another_encoding_are_faults() {
        assert_eq!(fault(150_000, "UTF8"), None);
        assert!(fault(140_019, "UTF8").is_some_and(|fault| fault.contains("older")));
        assert!(fault(170_002, "SQL_ASCII").is_some_and(|fault| fault.contains("SQL_ASCII")));
    }
}
