//! Both databases have the same migrations, and both lead to what `src/db/schema.rs` says.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    RunQueryDsl,
    connection::SimpleConnection,
    sql_types::{Bool, Nullable, Text},
};
use guildhall::{
    db::{Conn, Db, Engine},
    on_conn,
};

use crate::support::database::TestDatabase;

const HOME: &str = env!("CARGO_MANIFEST_DIR");

pub fn folder(engine: Engine) -> String {
    let name = match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    format!("{HOME}/migrations/{name}")
}

pub fn names(engine: Engine) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder(engine))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn both_databases_have_the_same_migrations_in_both_directions() {
    assert_eq!(names(Engine::Sqlite), names(Engine::Postgres));
    assert!(!names(Engine::Sqlite).is_empty());
    // Of two with one number only one is ever run.
    let numbers: BTreeSet<String> =
        names(Engine::Sqlite).iter().map(|name| name.split('_').next().unwrap().to_owned()).collect();
    assert_eq!(numbers.len(), names(Engine::Sqlite).len(), "{numbers:?}");
    for engine in [Engine::Sqlite, Engine::Postgres] {
        for name in names(engine) {
            for file in ["up.sql", "down.sql"] {
                let path = format!("{}/{name}/{file}", folder(engine));
                assert!(!std::fs::read_to_string(&path).unwrap().trim().is_empty(), "{path}");
            }
        }
    }
}

/// Table, then column with type, `null` when it may be, and `key` when it is part of the primary key.
type Shape = BTreeMap<String, BTreeSet<String>>;

fn describe(kind: &str, nullable: bool, key: bool) -> String {
    let kind = match kind.to_ascii_lowercase().as_str() {
        // SQLite's own name for a 64-bit key.
        "integer" if key => "int".to_owned(),
        "bigint" if key => "int".to_owned(),
        "bytea" | "blob" | "binary" => "bytes".to_owned(),
        "boolean" | "bool" => "bool".to_owned(),
        other => other.to_owned(),
    };
    format!("{kind}{}{}", if nullable { " null" } else { "" }, if key { " key" } else { "" })
}

fn shape_of_schema() -> Shape {
    let text = std::fs::read_to_string(format!("{HOME}/src/db/schema.rs")).unwrap();
    let mut shape = Shape::new();
    for block in text.split("diesel::table! {").skip(1) {
        let block = &block[..block.find("\n}").unwrap()];
        let mut lines = block.lines().map(str::trim).filter(|line| !line.is_empty());
        let (name, keys) = lines.next().unwrap().split_once(" (").unwrap();
        let keys: Vec<&str> = keys[..keys.find(')').unwrap()].split(", ").collect();
        let columns = lines.filter_map(|line| line.strip_suffix(',')?.split_once(" -> ")).map(|(column, kind)| {
            let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            format!("{column} {}", describe(inner.unwrap_or(kind), inner.is_some(), keys.contains(&column)))
        });
        shape.insert(name.to_owned(), columns.collect());
    }
    shape
}

#[derive(diesel::QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    place: String,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    kind: Option<String>,
    #[diesel(sql_type = Bool)]
    nullable: bool,
    #[diesel(sql_type = Bool)]
    key: bool,
}

async fn ask(db: &Db, sqlite: &'static str, postgres: &'static str) -> Vec<Column> {
    db.read(move |conn| {
        let query = if matches!(conn, Conn::Pg(_)) { postgres } else { sqlite };
        Ok(on_conn!(conn, |c| diesel::sql_query(query).load(c))?)
    })
    .await
    .unwrap()
}

/// All tables but the index of words, which each database has in a way of its own and `schema.rs` does not know.
async fn shape_of(db: &Db) -> Shape {
    let columns = ask(
        db,
        "SELECT t.name AS place, c.name, c.type AS kind, c.\"notnull\" = 0 AS nullable, c.pk > 0 AS key
         FROM sqlite_master t, pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite%'
           AND t.name NOT LIKE 'post\\_words%' ESCAPE '\\'",
        "SELECT c.table_name::text AS place, c.column_name::text AS name, c.data_type::text AS kind,
                c.is_nullable = 'YES' AS nullable,
                EXISTS (SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                        WHERE i.indisprimary AND i.indrelid = c.table_name::regclass AND a.attname = c.column_name) AS key
         FROM information_schema.columns c
         WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '\\_\\_%' AND c.table_name <> 'post_words'",
    )
    .await;
    let mut shape = Shape::new();
    for column in columns {
        let told = describe(&column.kind.unwrap(), column.nullable, column.key);
        shape.entry(column.place).or_default().insert(format!("{} {told}", column.name.unwrap()));
    }
    shape
}

async fn indexes_of(db: &Db) -> BTreeSet<String> {
    let indexes = ask(
        db,
        "SELECT tbl_name || ' ' || name AS place, NULL AS name, NULL AS kind, FALSE AS nullable, FALSE AS key
         FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        "SELECT tablename || ' ' || indexname AS place, NULL AS name, NULL AS kind, FALSE AS nullable, FALSE AS key
         FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE '%\\_key'
           AND tablename <> 'post_words'",
    )
    .await;
    indexes.into_iter().map(|index| index.place).collect()
}

/// Takes every migration back and forgets that they ran.
async fn take_back(db: &Db) {
    let (engine, mut names) = (db.engine(), names(db.engine()));
    names.reverse();
    db.write(move |tx| {
        for name in &names {
            let down = std::fs::read_to_string(format!("{}/{name}/down.sql", folder(engine))).unwrap();
            tx.conn().batch_execute(&down)?;
        }
        tx.conn().batch_execute("DELETE FROM __diesel_schema_migrations")?;
        Ok(())
    })
    .await
    .unwrap();
}

on_both! {
    async fn the_schema_is_what_the_migrations_make(database: TestDatabase) {
        let (said, made) = (shape_of_schema(), shape_of(&database.db).await);
        assert!(said.len() > 20);
        for table in said.keys().chain(made.keys()) {
            assert_eq!(said.get(table), made.get(table), "{table}");
        }
    }

    async fn every_migration_can_be_taken_back_and_made_again(database: TestDatabase) {
        let before = (shape_of(&database.db).await, indexes_of(&database.db).await);
        take_back(&database.db).await;
        assert_eq!((shape_of(&database.db).await.len(), indexes_of(&database.db).await.len()), (0, 0));
        let pending = database.db.pending_migrations().unwrap();
        assert_eq!(pending.len(), names(database.db.engine()).len());
        assert_eq!(database.db.migrate().unwrap().len(), pending.len());
        assert_eq!((shape_of(&database.db).await, indexes_of(&database.db).await), before);
        assert!(database.db.migrate().unwrap().is_empty());
    }

    async fn tables_of_a_newer_version_are_refused(database: TestDatabase) {
        let note = |what: &'static str| database.db.write(move |tx| {
            tx.conn().batch_execute(what)?;
            Ok(())
        });
        note("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231235959')").await.unwrap();
        for refused in [database.db.migrate(), database.db.pending_migrations()] {
            let error = refused.unwrap_err();
            assert_eq!(error.code(), "database.newer");
            assert!(error.safe().contains("29991231235959") && error.safe().contains("backup"), "{error}");
        }
        // Nor are those migrations run that are still missing.
        note("DELETE FROM __diesel_schema_migrations WHERE version <> '29991231235959'").await.unwrap();
        assert_eq!(database.db.migrate().unwrap_err().code(), "database.newer");
        note("DELETE FROM __diesel_schema_migrations").await.unwrap();
        assert!(!database.db.pending_migrations().unwrap().is_empty());
    }

    async fn eight_processes_that_migrate_at_once_do_it_once(database: TestDatabase) {
        let databases: Vec<Db> = (0..8).map(|_| database.another()).collect();
        take_back(&database.db).await;
        let threads: Vec<_> = databases
            .into_iter()
            .map(|db| std::thread::spawn(move || db.migrate().map(|done| done.len())))
            .collect();
        let done: usize = threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).sum();
        assert_eq!(done, names(database.db.engine()).len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn indexes_are_the_same_on_sqlite_and_postgres() {
    let (sqlite, postgres) = (TestDatabase::sqlite(), TestDatabase::postgres());
    assert_eq!(indexes_of(&sqlite.db).await, indexes_of(&postgres.db).await);
}
