//! The newest id that was ever given, as far as it is still there.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};

use super::Conn;
use crate::error::Result;

/// The tables whose rows are named by ids. Asked of the database: the floor does not know them.
const TABLES: (&str, &str) = (
    "SELECT t.name AS name FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c \
     WHERE t.schema = 'main' AND t.type = 'table' AND c.name = 'id'",
    "SELECT table_name::text AS name FROM information_schema.columns \
     WHERE table_schema = current_schema() AND column_name = 'id' AND data_type = 'bigint'",
);

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// The newest id, or 0.
pub(super) fn id(conn: &mut Conn) -> Result<i64> {
    let tables = match conn {
        Conn::Sqlite(_) => TABLES.0,
        Conn::Pg(_) => TABLES.1,
    };
    let tables: Vec<Table> = sql_query(tables).load(conn)?;
    // Each is one look at the end of an index.
    let each: Vec<String> =
        tables.iter().map(|table| format!("SELECT max(id) AS id FROM \"{}\"", table.name)).collect();
    if each.is_empty() {
        return Ok(0);
    }
    let query = format!("SELECT coalesce(max(id), 0) AS id FROM ({}) AS newest", each.join(" UNION ALL "));
    Ok(sql_query(query).get_result::<Newest>(conn)?.id)
}
