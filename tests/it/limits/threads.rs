//! Long threads: what ours say in one stays there, whatever others write in it and however they date it.

use axum::body::{Body, to_bytes};
use diesel::{RunQueryDsl, sql_query};
use guildhall::domain::{
    By,
    posts::{self, Audience, Draft, Post, ReplyTo},
};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::world::{Stranger, World};

const ALICE: &str = "https://good.example/users/alice";

/// What is copied of a reply, besides what makes each of them another one.
const SAME: &str = "audience, url, author_id, kind, title, content, source, source_type, summary, sensitive, language, \
     team_id, reply_to_id, reply_to_uri, reply_to_author_id, thread_id, attachments, emojis, details, replies_count, \
     likes_count, boosts_count, published_at, created_at, edited_at";

async fn get(world: &World, path: &str) -> String {
    let request = Request::builder().uri(path).header("accept", "text/html").body(Body::empty()).unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    String::from_utf8(to_bytes(response.into_body(), 16 << 20).await.unwrap().to_vec()).unwrap()
}

/// What the API shows around a post: the ids above it, and below it.
async fn context(world: &World, post: &Post) -> (Vec<String>, Vec<String>) {
    let shown: Value =
        serde_json::from_str(&get(world, &format!("/api/v1/statuses/{}/context", post.id)).await).unwrap();
    let ids = |part: &str| {
        shown[part].as_array().unwrap().iter().map(|post| post["id"].as_str().unwrap().to_owned()).collect()
    };
    (ids("ancestors"), ids("descendants"))
}

async fn answer(world: &World, by: &Stranger, id: &str, to: &str) -> Post {
    let mut note = by.note(id, &format!("<p>{id}</p>"));
    note["inReplyTo"] = json!(to);
    assert_eq!(world.receive(by, &by.create(&note)).await, StatusCode::ACCEPTED);
    world.post(&format!("{}/{id}", by.uri)).await.unwrap()
}

async fn ana_answers(world: &World, to: &Post) -> Post {
    let (site, ana, to) = (world.app.site.clone(), world.ana.id, to.id);
    let written = world.app.db.write(move |tx| {
        let mut draft = Draft::note(Audience::Public, "<p>We looked into it.</p>".to_owned());
        draft.reply_to = Some(ReplyTo { post: Some(to), uri: None });
        let id = posts::create(tx, &site, &By::Local { actor: ana, account: None }, &draft)?;
        posts::get(tx.conn(), id)
    });
    written.await.unwrap()
}

/// As many replies as this one, each dated a moment earlier.
async fn backdate(world: &World, reply: &Post, count: usize) {
    let many = format!(
        "INSERT INTO posts (id, uri, {SAME}) \
         WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count}) \
         SELECT id - n, uri || '-' || n, {SAME} FROM posts, series WHERE id = {}",
        reply.id
    );
    let write = world.app.db.write(move |tx| {
        sql_query(&many).execute(tx.conn())?;
        Ok(())
    });
    write.await.unwrap();
}

on_both! {
    async fn ours_and_the_branch_that_is_read_are_there_behind_thousands(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let opening = world.ana_writes("What do you think?").await;
        let uri = opening.uri.clone().unwrap();
        let first = answer(&world, &alice, "1", &uri).await;
        backdate(&world, &first, 6_000).await;
        let asked = answer(&world, &alice, "asked", &uri).await;
        let ours = ana_answers(&world, &asked).await;
        let thanks = answer(&world, &alice, "thanks", &ours.uri.clone().unwrap()).await;
        let (above, below) = context(&world, &opening).await;
        assert_eq!((above.len(), below.len()), (0, 60));
        let place = |id: &Post| below.iter().position(|shown| *shown == id.id.to_string());
        assert!(place(&asked).is_some() && place(&ours) > place(&asked), "what ours answer, and their answer");
        let (above, below) = context(&world, &thanks).await;
        assert_eq!(above, [opening.id, asked.id, ours.id].map(|id| id.to_string()));
        assert!(below.is_empty());
        let (above, below) = context(&world, &asked).await;
        assert_eq!((above, below), (vec![opening.id.to_string()], vec![ours.id.to_string(), thanks.id.to_string()]));
    }

    async fn the_front_page_counts_so_far(database: TestDatabase) {
        let world = World::open(database).await;
        let alice = world.followed(ALICE, 0).await;
        let opening = world.ana_writes("What do you think?").await;
        let first = answer(&world, &alice, "1", &opening.uri.clone().unwrap()).await;
        assert!(get(&world, "/").await.contains("2 people in this conversation"));
        backdate(&world, &first, 3_000).await;
        let page = get(&world, "/").await;
        assert!(page.contains("+ people in this conversation"), "{page}");
    }
}
