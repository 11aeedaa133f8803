//! Looking for the next job costs the same however many wait: by the plans that the databases make for it.

use std::sync::Arc;

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
    sql_types::Text,
};
use futures_util::future::BoxFuture;
use guildhall::{
    db::Later,
    domain::work::Room,
    error::Result,
    jobs::runner::{Claimed, Handler, Outcome, Runner},
};
use tokio::sync::watch;

use super::{alone, asked};
use crate::support::database::TestDatabase;

/// Something to do in a lane.
struct Errand(String);

impl Later for Errand {
    fn kind(&self) -> &'static str {
        "test"
    }
    fn lane(&self) -> Option<String> {
        Some(self.0.clone())
    }
    fn payload(&self) -> Result<String> {
        Ok(String::new())
    }
}

/// Does what it is given; the one that is told to stop does so after the first.
struct Worker(Option<watch::Sender<bool>>);

impl Handler for Worker {
    fn handle(&self, _: Claimed) -> BoxFuture<'_, Outcome> {
        if let Some(stop) = &self.0 {
            stop.send_replace(true);
        }
        Box::pin(async { Outcome::Done })
    }
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    detail: String,
}

/// How a database would answer a statement.
fn plan(database: &TestDatabase, statement: &str) -> String {
    if let Some(path) = database.url.strip_prefix("sqlite:") {
        let mut conn = SqliteConnection::establish(path).unwrap();
        let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(&mut conn).unwrap();
        return steps.into_iter().map(|step| step.detail + "\n").collect();
    }
    let mut conn = PgConnection::establish(&database.url).unwrap();
    // In an empty table one index is as good as another.
    conn.batch_execute(
        "INSERT INTO jobs (id, kind, lane, room, payload, state, attempts, run_at, created_at)
         SELECT i, 'test', i / 10, 'own', '', CASE i % 10 WHEN 0 THEN 'ready' ELSE 'behind' END, 0, i, i
         FROM generate_series(1, 20000) AS i ON CONFLICT DO NOTHING;
         ANALYZE jobs",
    )
    .unwrap();
    let values = (1..).take_while(|number| statement.contains(&format!("${number}"))).map(|_| "NULL");
    let values = values.collect::<Vec<_>>().join(", ");
    // In a small table reading and sorting all of it is the cheapest; this asks what it would do in a large one.
    conn.batch_execute(&format!(
        "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;
         SET plan_cache_mode = force_generic_plan; PREPARE asked AS {statement}"
    ))
    .unwrap();
    let lines: Vec<Line> = sql_query(format!("EXPLAIN EXECUTE asked({values})")).load(&mut conn).unwrap();
    lines.into_iter().map(|line| line.detail + "\n").collect()
}

/// One look, and what comes of it, while so many wait.
async fn look(database: &TestDatabase, lanes: usize, in_each: usize) -> Vec<String> {
    let db = &database.db;
    let write = move |lane: usize| {
        db.write(move |tx| (0..in_each).try_for_each(|_| tx.defer(&Errand(format!("{lanes} {lane}")))))
    };
    for lane in 0..lanes {
        write(lane).await.unwrap();
    }
    let (stop, stopped) = watch::channel(false);
    let runner = Runner::new(db.clone(), Arc::new(Worker(Some(stop))), 1).of(&[Room::Own]);
    asked(runner.run(stopped)).await
}

pub(super) async fn costs(database: TestDatabase) {
    let few = look(&database, 1, 2).await;
    let all = async || Runner::new(database.db.clone(), Arc::new(Worker(None)), 4).run_until_idle().await;
    assert_eq!(all().await.unwrap(), 1);
    let many = look(&database, 1, 100).await;
    assert_eq!(all().await.unwrap(), 99);
    let lanes = look(&database, 50, 2).await;
    assert_eq!(all().await.unwrap(), 99);
    assert_eq!((many.len(), lanes.len()), (few.len(), few.len()), "{few:#?} {many:#?} {lanes:#?}");
    assert!((5..=8).contains(&few.len()), "a job costs {} statements: {few:#?}", few.len());
    let statements = lanes.iter().filter_map(|asked| asked.split(" -- binds").next());
    for statement in statements.filter(|statement| statement.starts_with("SELECT") && statement.contains("jobs")) {
        let plan = plan(&database, statement);
        let reads_all = ["SCAN", "TEMP B-TREE", "Seq Scan", "Sort"].iter().any(|word| plan.contains(word));
        assert!(!reads_all, "{statement}\n{plan}");
        let looks = statement.contains("ORDER BY");
        let by_index = [
            ["jobs_due (room=? AND state=? AND run_at<?)", "COVERING INDEX jobs_lane (lane=? AND state=?)"],
            ["Scan using jobs_due", "Scan using jobs_lane"],
        ];
        let in_order = by_index.iter().any(|steps| steps.iter().all(|step| plan.contains(step)));
        assert!(!looks || in_order, "{statement}\n{plan}");
    }
}

#[test]
fn a_look_for_work_costs_the_same_however_much_waits_sqlite() {
    alone("looks_on_sqlite");
}

#[test]
fn a_look_for_work_costs_the_same_however_much_waits_postgres() {
    alone("looks_on_postgres");
}
