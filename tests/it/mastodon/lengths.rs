//! How much is kept and shown of what others write without end.

use guildhall::domain::{
    By, PostId,
    posts::{self, Audience, Draft, ReplyTo},
};
use serde_json::json;

use super::House;

on_both! {
    async fn the_newest_versions_of_a_post_are_kept(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let post = house.post(&ana, "/api/v1/statuses", json!({"status": "version 0"})).await.ok();
        let address = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
        for number in 1..=110 {
            house.wait(1);
            house.put(&ana, &address, json!({"status": format!("version {number}")})).await.ok();
        }
        let history = house.get(None, &format!("{address}/history")).await.ok();
        let said: Vec<&str> = history.as_array().unwrap().iter().map(|one| one["content"].as_str().unwrap()).collect();
        assert_eq!((said.len(), said[0], said[100]), (101, "<p>version 10</p>", "<p>version 110</p>"));
    }

    async fn long_versions_are_kept_up_to_a_mebibyte(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let (site, me) = (house.app.site.clone(), ana.actor);
        let long = |number: usize| format!("<p>{number} {}</p>", "x".repeat(200_000));
        let made = house.app.db.write(move |tx| {
            let by = By::Local { actor: me, account: None };
            let id = posts::create(tx, &site, &by, &Draft::note(Audience::Public, long(0)))?;
            for number in 1..=12 {
                posts::edit(tx, &by, id, &Draft::note(Audience::Public, long(number)))?;
            }
            Ok(id)
        });
        let address = format!("/api/v1/statuses/{}/history", made.await.unwrap());
        let history = house.get(None, &address).await.ok();
        let said: Vec<&str> = history.as_array().unwrap().iter().map(|one| one["content"].as_str().unwrap()).collect();
        assert_eq!(said.len(), 6, "five of 200,000 bytes, and the present one");
        assert!(said[0].starts_with("<p>7 ") && said[5].starts_with("<p>12 "));
    }

    async fn of_a_thread_of_long_posts_as_much_is_shown_as_can_be_read(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let (site, me) = (house.app.site.clone(), ana.actor);
        let made = house.app.db.write(move |tx| {
            let by = By::Local { actor: me, account: None };
            let mut chain: Vec<PostId> = Vec::new();
            for number in 0..31 {
                let mut draft = Draft::note(Audience::Public, format!("<p>{number} {}</p>", "x".repeat(200_000)));
                draft.reply_to = chain.last().map(|parent| ReplyTo { post: Some(*parent), uri: None });
                chain.push(posts::create(tx, &site, &by, &draft)?);
            }
            Ok(chain)
        });
        let chain = made.await.unwrap();
        for reader in [Some(&ana), None] {
            let context = house.get(reader, &format!("/api/v1/statuses/{}/context", chain[15])).await.ok();
            let (above, below) = (super::ids(&context["ancestors"]), super::ids(&context["descendants"]));
            let names = |part: &[PostId]| part.iter().map(ToString::to_string).collect::<Vec<_>>();
            assert_eq!((above, below), (names(&chain[5..15]), names(&chain[16..26])), "two mebibytes on each side");
        }
    }
}
