//! Bringing a database to the shape that this version needs.

use std::collections::HashSet;

use diesel::{PgConnection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, migration::MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::Conn;
use crate::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The advisory lock under which only one process migrates PostgreSQL.
const LOCK: i64 = 0x6775_696c_6468;

pub(super) fn run(conn: &mut Conn) -> Result<Vec<String>> {
    match conn {
        Conn::Sqlite(conn) => {
            // A table is rebuilt without following references to it; they are checked before the commit instead.
            conn.batch_execute("PRAGMA foreign_keys = OFF")?;
            // One process at a time, and all pending migrations or none.
            let done = conn.immediate_transaction(|conn| {
                refuse_newer::<_, SqliteConnection>(conn, &SQLITE)?;
                let done = apply::<_, SqliteConnection>(conn, SQLITE)?;
                if !done.is_empty() {
                    check_references(conn)?;
                }
                Ok(done)
            });
            // No `PRAGMA optimize`: what it learns from an almost empty database stays, and SQLite would go on to begin
            // with tables that are large since.
            conn.batch_execute("PRAGMA foreign_keys = ON")?;
            done
        }
        Conn::Pg(conn) => {
            refuse_other_encodings(conn)?;
            diesel::sql_query(format!("SELECT pg_advisory_lock({LOCK})")).execute(conn)?;
            let known = refuse_newer::<_, PgConnection>(conn, &POSTGRES);
            let done = known.and_then(|()| apply::<_, PgConnection>(conn, POSTGRES));
            diesel::sql_query(format!("SELECT pg_advisory_unlock({LOCK})")).execute(conn)?;
            done
        }
    }
}

/// A database of another encoding refuses names and texts that people write, one by one and much later.
fn refuse_other_encodings(conn: &mut PgConnection) -> Result<()> {
    #[derive(diesel::QueryableByName)]
    struct Encoding {
        #[diesel(sql_type = diesel::sql_types::Text)]
        server_encoding: String,
    }
    let Encoding { server_encoding } = diesel::sql_query("SHOW server_encoding").get_result(conn)?;
    if server_encoding == "UTF8" {
        return Ok(());
    }
    let said = format!(
        "This PostgreSQL database is encoded as {server_encoding}. Create one as UTF-8: createdb --encoding=UTF8 \
         --template=template0 NAME"
    );
    Err(Error::invalid("database.encoding", said))
}

fn check_references(conn: &mut SqliteConnection) -> Result<()> {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let dangling: Count =
        diesel::sql_query("SELECT count(*) AS count FROM pragma_foreign_key_check").get_result(conn)?;
    if dangling.count > 0 {
        return Err(failed(format!("{} rows refer to rows that are not there", dangling.count).into()));
    }
    Ok(())
}

/// An older version would work on tables that it does not know, and break what a newer one wrote.
fn refuse_newer<H, C>(harness: &mut H, source: &EmbeddedMigrations) -> Result<()>
where
    C: diesel::Connection,
    H: MigrationHarness<C::Backend>,
    EmbeddedMigrations: MigrationSource<C::Backend>,
{
    let ours = source.migrations().map_err(failed)?;
    let known: HashSet<String> = ours.iter().map(|migration| migration.name().version().to_string()).collect();
    let applied = harness.applied_migrations().map_err(failed)?;
    let Some(unknown) = applied.iter().map(ToString::to_string).filter(|version| !known.contains(version)).max() else {
        return Ok(());
    };
    let said = format!(
        "A newer version of Guildhall has changed this database: version {} does not know the migration {unknown}. \
         Start the newer version; or, to go back to this one, put back the backup that was made before the upgrade. \
         docs/guide/upgrade.md tells how",
        env!("CARGO_PKG_VERSION"),
    );
    Err(Error::conflict("database.newer", said))
}

fn apply<H, C>(harness: &mut H, source: EmbeddedMigrations) -> Result<Vec<String>>
where
    C: diesel::Connection,
    H: MigrationHarness<C::Backend>,
    EmbeddedMigrations: MigrationSource<C::Backend>,
{
    let done = harness.run_pending_migrations(source).map_err(failed)?;
    Ok(done.iter().map(ToString::to_string).collect())
}

/// Whether no migration was ever run here. Looks without writing, unlike everything that diesel_migrations offers.
pub(super) fn is_new(conn: &mut Conn) -> Result<bool> {
    #[derive(diesel::QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        found: bool,
    }
    let table = match conn {
        Conn::Sqlite(_) => "SELECT count(*) > 0 AS found FROM sqlite_master WHERE name = '__diesel_schema_migrations'",
        Conn::Pg(_) => "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS found",
    };
    if !diesel::sql_query(table).get_result::<Found>(conn)?.found {
        return Ok(true);
    }
    let rows = "SELECT count(*) > 0 AS found FROM __diesel_schema_migrations";
    Ok(!diesel::sql_query(rows).get_result::<Found>(conn)?.found)
}

pub(super) fn pending(conn: &mut Conn) -> Result<Vec<String>> {
    match conn {
        Conn::Sqlite(conn) => refuse_newer::<_, SqliteConnection>(conn, &SQLITE)?,
        Conn::Pg(conn) => refuse_newer::<_, PgConnection>(conn, &POSTGRES)?,
    }
    Ok(match conn {
        Conn::Sqlite(conn) => conn
            .pending_migrations(SQLITE)
            .map_err(failed)?
            .iter()
            .map(|migration| migration.name().to_string())
            .collect(),
        Conn::Pg(conn) => conn
            .pending_migrations(POSTGRES)
            .map_err(failed)?
            .iter()
            .map(|migration| migration.name().to_string())
            .collect(),
    })
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    // Since PostgreSQL 15 only the owner of a database may make tables in it.
    if error.to_string().contains("permission denied for schema") {
        let told = "The role in database_url may make no tables in this database. Make it the owner: ALTER DATABASE NAME \
                    OWNER TO ROLE, as a superuser.";
        return Error::unavailable("database.permission", told).because(error);
    }
    Error::new(
        crate::error::Kind::Internal,
        "database.migration",
        "A migration failed; the database is as it was before it.",
    )
    .because(error)
}
