//! A page of a long home costs PostgreSQL what it costs of a short one: it reads on from where the page begins.

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text,
};
use serde_json::json;

use super::{alone, asked};
use crate::{mastodon::House, support::database::TestDatabase};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    detail: String,
}

/// How PostgreSQL answers a statement that it prepared once for whatever values may come.
fn plan(url: &str, statement: &str) -> String {
    let mut conn = PgConnection::establish(url).unwrap();
    conn.batch_execute(&format!("SET plan_cache_mode = force_generic_plan; PREPARE asked AS {statement}")).unwrap();
    let values = (1..).take_while(|number| statement.contains(&format!("${number}"))).map(|_| "NULL");
    let values = values.collect::<Vec<_>>().join(", ");
    let lines: Vec<Line> = sql_query(format!("EXPLAIN EXECUTE asked({values})")).load(&mut conn).unwrap();
    lines.into_iter().map(|line| line.detail + "\n").collect()
}

pub(super) async fn costs(database: TestDatabase) {
    let house = House::open(database).await;
    let ana = house.employee("ana").await;
    let post = house.says(&ana, json!({"status": "Tea"})).await;
    let list =
        house.post(&ana, "/api/v1/lists", json!({"title": "Friends"})).await.ok()["id"].as_str().unwrap().to_owned();
    let (url, owner) = (house.database.url.clone(), ana.actor);
    PgConnection::establish(&url)
        .unwrap()
        .batch_execute(&format!(
            "INSERT INTO home_entries (owner_id, id, post_id, author_id)
             SELECT {owner}, i, {post}, {owner} FROM generate_series(1, 10000) AS i;
             ANALYZE home_entries"
        ))
        .unwrap();
    for path in
        ["/api/v1/timelines/home", "/api/v1/timelines/home?max_id=9000", &format!("/api/v1/timelines/list/{list}")]
    {
        let statements = asked(async { drop(house.get(&ana, path).await.ok()) }).await;
        let home = statements.iter().find(|statement| statement.starts_with("SELECT \"home_entries\""));
        let plan = plan(&url, home.and_then(|home| home.split(" -- binds").next()).unwrap());
        let goes_on = plan.contains("Index Scan Backward using home_entries_pkey") && !plan.contains("Sort");
        assert!(goes_on, "{path}\n{plan}");
    }
}

#[test]
fn a_page_of_a_long_home_is_read_from_its_beginning_on_postgres() {
    alone("homes_on_postgres");
}
