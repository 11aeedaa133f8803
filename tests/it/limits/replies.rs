//! Replies that came before what they answer: so many find it, and it comes however many there are.

use diesel::{RunQueryDsl, sql_query};
use http::StatusCode;
use serde_json::json;

use crate::support::world::World;

const ALICE: &str = "https://good.example/users/alice";
const BOB: &str = "https://other.example/users/bob";

/// What is copied of a reply, besides what makes each of them another one.
const SAME: &str = "audience, url, author_id, kind, title, content, source, source_type, summary, sensitive, language, \
     team_id, reply_to_id, reply_to_uri, reply_to_author_id, attachments, emojis, details, replies_count, likes_count, \
     boosts_count, published_at, created_at, edited_at";

on_both! {
    async fn a_post_comes_however_many_replies_wait_for_it(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let bob = world.followed(BOB, 1).await;
        let opening = bob.note("1", "<p>What do you think?</p>");
        let mut reply = alice.note("re", "<p>This.</p>");
        reply["inReplyTo"] = json!(opening["id"]);
        assert_eq!(world.receive(&alice, &alice.create(&reply)).await, StatusCode::ACCEPTED);
        let first = world.post(&format!("{ALICE}/re")).await.unwrap();
        let many = format!(
            "INSERT INTO posts (id, uri, thread_id, {SAME}) \
             WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < 33000) \
             SELECT id + n, uri || '-' || n, id + n, {SAME} FROM posts, series WHERE id = {}",
            first.id
        );
        world.app.db.write(move |tx| { sql_query(&many).execute(tx.conn())?; Ok(()) }).await.unwrap();
        assert_eq!(world.receive(&bob, &bob.create(&opening)).await, StatusCode::ACCEPTED);
        let opening = world.post(opening["id"].as_str().unwrap()).await.expect("it came");
        assert_eq!(opening.replies_count, 1_000);
        assert_eq!(world.count("posts", &format!("reply_to_id = {0} AND thread_id = {0}", opening.id)).await, 1_000);
        assert_eq!(world.count("posts", &format!("reply_to_id = {} AND id = {}", opening.id, first.id)).await, 1, "the oldest");
        assert_eq!(world.count("posts", "reply_to_uri IS NOT NULL AND reply_to_id IS NULL AND thread_id = id").await, 32_001);
        // Who answers from now on finds it.
        let mut late = alice.note("late", "<p>That.</p>");
        late["inReplyTo"] = json!(format!("{BOB}/1"));
        assert_eq!(world.receive(&alice, &alice.create(&late)).await, StatusCode::ACCEPTED);
        assert_eq!(world.post(&format!("{ALICE}/late")).await.unwrap().reply_to_id, Some(opening.id));
    }
}
