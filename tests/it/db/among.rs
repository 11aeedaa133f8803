//! Lists in conditions: one statement for any length, and every value as it is.

use diesel::{debug_query, prelude::*, sqlite::Sqlite};
use guildhall::db::{Among, schema::settings};

const KEYS: [&str; 5] = ["plain", "it's \"quoted\"", "back\\slash, [bracket]", "line\nbreak", "Grüße 日本 🦀"];

on_both! {
    async fn a_list_finds_each_of_its_values_and_nothing_else(database: TestDatabase) {
        database.db.write(|tx| {
            for key in KEYS.iter().chain(&["another"]) {
                super::set(tx, key, "1")?;
            }
            Ok(())
        }).await.unwrap();
        let found = |list: Vec<String>| database.db.read(move |conn| {
            let query = settings::table.filter(settings::key.among(&list)).select(settings::key);
            Ok(query.load::<String>(conn)?)
        });
        for key in KEYS {
            assert_eq!(found(vec![key.to_owned(), "nobody".to_owned()]).await.unwrap(), [key]);
        }
        assert_eq!(found(KEYS.map(ToOwned::to_owned).to_vec()).await.unwrap().len(), KEYS.len());
        assert_eq!(found(Vec::new()).await.unwrap(), [""; 0]);
        let others = database.db.read(|conn| {
            let others = settings::table.filter(diesel::dsl::not(settings::key.among(KEYS))).select(settings::key);
            Ok(others.load::<String>(conn)?)
        });
        assert_eq!(others.await.unwrap(), ["another"]);
    }
}

#[test]
fn the_statement_is_the_same_however_long_the_list_is() {
    let text = |list: Vec<i32>| {
        let keys = list.iter().map(ToString::to_string);
        let query = settings::table.filter(settings::key.among(keys)).select(settings::value);
        debug_query::<Sqlite, _>(&query).to_string().split(" -- binds").next().unwrap().to_owned()
    };
    assert_eq!(text(vec![1]), text((0..500).collect()));
    assert!(text(Vec::new()).contains("json_each(?)"));
}
