//! A page of a long home costs PostgreSQL what it costs of a short one: it reads on from where the page begins.

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text,
};
use guildhall::domain::ActorId;

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

/// Homes of many, as they are after months: what arrived stands in each, one after the other.
fn fill(url: &str, owner: ActorId) {
    PgConnection::establish(url)
        .unwrap()
        .batch_execute(&format!(
            "SET session_replication_role = replica;
             INSERT INTO actors SELECT (jsonb_populate_record(a, jsonb_build_object(
                 'id', i, 'username', 'u' || i, 'username_key', 'u' || i, 'host', 'h' || i || '.example', 'uri', 'u' || i
             ))).* FROM actors AS a, generate_series(1, 3000) AS i WHERE a.id = {owner};
             INSERT INTO posts (id, audience, author_id, kind, content, thread_id, published_at, created_at)
             SELECT i, 'public', 1 + i % 3000, 'note', '', i, i, i FROM generate_series(1, 20000) AS i;
             INSERT INTO home_entries (owner_id, id, post_id, author_id)
             SELECT CASE i % 64 WHEN 0 THEN {owner} ELSE i % 64 END, i, 1 + i % 20000, 1 + i % 3000
             FROM generate_series(1, 400000) AS i;
             ANALYZE"
        ))
        .unwrap();
}

pub(super) async fn costs(database: TestDatabase) {
    let house = House::open(database).await;
    let ana = house.employee("ana").await;
    let mut pages = Vec::new();
    for path in ["/api/v1/timelines/home", "/api/v1/timelines/home?max_id=300000"] {
        let statements = asked(async { drop(house.get(&ana, path).await.ok()) }).await;
        let home = statements.into_iter().find(|statement| statement.starts_with("SELECT \"home_entries\""));
        pages.push((path, home.unwrap()));
    }
    fill(&house.database.url, ana.actor);
    for (path, home) in pages {
        let plan = plan(&house.database.url, home.split(" -- binds").next().unwrap());
        let goes_on = plan.contains("Index Scan Backward using home_entries_pkey") && !plan.contains("Sort");
        assert!(goes_on, "{path}\n{plan}");
    }
}

#[test]
fn a_page_of_a_long_home_is_read_from_its_beginning_on_postgres() {
    alone("homes_on_postgres");
}
