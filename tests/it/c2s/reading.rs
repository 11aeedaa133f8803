//! Inbox and outbox as their owner reads them.

use guildhall::domain::{accounts, accounts::GrantRole, actors};
use http::header;
use serde_json::{Value, json};

use super::{Desk, Writer, note, number};
use crate::support::world::{OURS, PUBLIC, Stranger};

const ALL: &str = "read write follow";

/// Type and object of every activity on all pages, newest first.
async fn listed(desk: &Desk, who: &Writer, url: &str) -> Vec<(String, String)> {
    let collection = desk.get(Some(who), url).await.ok();
    assert_eq!((&collection["type"], &collection["id"]), (&json!("OrderedCollection"), &json!(url)));
    let (mut next, mut found) = (Some(collection["first"].as_str().unwrap().to_owned()), Vec::new());
    while let Some(page) = next.take() {
        let reply = desk.get(Some(who), &page).await;
        assert_eq!(reply.headers[header::CACHE_CONTROL], "private, no-store");
        assert_eq!(reply.headers[header::VARY], "Accept, Authorization");
        let page = reply.ok();
        assert_eq!((&page["type"], &page["partOf"]), (&json!("OrderedCollectionPage"), &json!(url)));
        for item in page["orderedItems"].as_array().unwrap() {
            let object = item["object"].as_str().or_else(|| item["object"]["id"].as_str()).unwrap();
            found.push((item["type"].as_str().unwrap().to_owned(), object.to_owned()));
        }
        next = page["next"].as_str().map(ToOwned::to_owned);
    }
    found
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(kind, object)| ((*kind).to_owned(), (*object).to_owned())).collect()
}

on_both! {
    async fn the_inbox_tells_what_reached_its_owner_newest_first(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let bob = Stranger::new("https://there.example/users/bob", 0);
        desk.world.publish(&bob);
        let mine = desk.writes(&ana, note("Hello")).await;
        desk.say(&ana, json!({"type": "Follow", "object": ben.actor.uri})).await;
        // Those who are followed, those who name one, and what is done to one's own.
        let bens = desk.writes(&ben, note("From Ben")).await;
        let mut theirs = bob.note("notes/1", "<p>Hello @writer</p>");
        theirs["to"] = json!([ana.actor.uri]);
        theirs["cc"] = json!([]);
        theirs["tag"] = json!([{"type": "Mention", "href": ana.actor.uri}]);
        theirs["published"] = Value::Null;
        assert_eq!(desk.world.receive(&bob, &bob.create(&theirs)).await, 202);
        // Within a millisecond, what comes from elsewhere has a place by chance.
        desk.world.clock.advance(std::time::Duration::from_secs(1));
        assert_eq!(desk.world.receive(&bob, &bob.does("Like", "1", &mine)).await, 202);
        assert_eq!(desk.world.receive(&bob, &bob.does("Announce", "1", &mine)).await, 202);
        assert_eq!(desk.world.receive(&bob, &bob.does("Follow", "1", &ana.actor.uri)).await, 202);
        desk.say(&ben, json!({"type": "Like", "object": mine})).await;
        // What does not concern her, and what is internal, is not there.
        desk.writes(&ben, json!({"type": "Note", "content": "mine alone"})).await;
        let internal = json!({"status": "For us @writer", "local_only": true});
        desk.post_to(Some(&ben.token), &format!("{OURS}/api/v1/statuses"), "application/json", internal.to_string()).await.ok();
        let theirs_uri = theirs["id"].as_str().unwrap();
        assert_eq!(listed(&desk, &ana, &ana.inbox()).await, pairs(&[
            ("Like", &mine), ("Follow", &ana.actor.uri), ("Announce", &mine), ("Like", &mine), ("Create", theirs_uri), ("Create", &bens),
        ]));
        let page = desk.get(Some(&ana), &format!("{}?page=true", ana.inbox())).await.ok();
        let items = page["orderedItems"].as_array().unwrap();
        assert_eq!(items[1]["id"], json!(format!("{}#Follow-1", bob.uri)));
        assert_eq!((&items[4]["actor"], &items[4]["object"]["attributedTo"], &items[4]["to"]), (&json!(bob.uri), &json!(bob.uri), &json!([ana.actor.uri])));
        assert!(items[4]["id"].is_null() && items[4]["object"]["replies"].is_null(), "nothing is invented for another server: {}", items[4]);
        assert!(items[5]["id"].as_str().unwrap().starts_with(OURS));
        assert_eq!(listed(&desk, &ben, &ben.inbox()).await, pairs(&[("Follow", &ben.actor.uri)]));
        // Who is blocked is not heard, and a server that is blocked is not either.
        desk.say(&ana, json!({"type": "Block", "object": ben.actor.uri})).await;
        assert_eq!(listed(&desk, &ana, &ana.inbox()).await, pairs(&[
            ("Follow", &ana.actor.uri), ("Announce", &mine), ("Like", &mine), ("Create", theirs_uri),
        ]));
        block_server(&desk, "there.example").await;
        assert_eq!(listed(&desk, &ana, &ana.inbox()).await, pairs(&[]));
    }

    async fn the_outbox_tells_its_owner_everything_and_others_what_is_open(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let open = desk.writes(&ana, note("Hello")).await;
        let closed = desk.writes(&ana, json!({"type": "Note", "content": "Psst", "to": ben.actor.uri})).await;
        let bens = desk.writes(&ben, note("From Ben")).await;
        desk.say(&ana, json!({"type": "Like", "object": bens})).await;
        desk.say(&ana, json!({"type": "Announce", "object": bens, "to": PUBLIC})).await;
        desk.say(&ana, json!({"type": "Follow", "object": ben.actor.uri})).await;
        let internal = json!({"status": "For us", "local_only": true});
        let internal = desk.post_to(Some(&ana.token), &format!("{OURS}/api/v1/statuses"), "application/json", internal.to_string()).await.ok();
        let liked = desk.get(Some(&ana), &format!("/api/v1/statuses/{}", internal["id"].as_str().unwrap())).await.ok();
        assert_eq!(liked["local_only"], true);
        assert_eq!(listed(&desk, &ana, &ana.outbox()).await, pairs(&[
            ("Follow", &ben.actor.uri), ("Announce", &bens), ("Like", &bens), ("Create", &closed), ("Create", &open),
        ]));
        assert_eq!(desk.get(Some(&ana), &ana.outbox()).await.ok()["totalItems"], 5);
        for reader in [None, Some(&ben)] {
            let reply = desk.get(reader, &format!("{}?page=true", ana.outbox())).await;
            assert_eq!(reply.headers[header::VARY], "Accept, Authorization");
            let page = reply.ok();
            assert_eq!(page["orderedItems"].as_array().unwrap().len(), 1);
            assert_eq!(page["orderedItems"][0]["object"]["id"], json!(open));
            assert_eq!(desk.get(reader, &ana.outbox()).await.ok()["totalItems"], 1);
        }
        // Internal posts have no address, whoever asks.
        let address = format!("{OURS}/ap/objects/{}", internal["id"].as_str().unwrap());
        assert_eq!(desk.get(Some(&ana), &address).await.status, 404);
    }

    async fn boxes_are_paged_without_gaps_and_without_repeats(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let mut written = Vec::new();
        for number in 0..45 {
            written.push(desk.writes(&ana, json!({"type": "Note", "content": format!("Number {number}"), "to": ben.actor.uri})).await);
        }
        written.reverse();
        let all: Vec<(String, String)> = written.iter().map(|uri| ("Create".to_owned(), uri.clone())).collect();
        assert_eq!(listed(&desk, &ana, &ana.outbox()).await, all);
        assert_eq!(listed(&desk, &ben, &ben.inbox()).await, all);
    }

    async fn a_box_is_its_owners_alone(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ana, ben) = (desk.writer("writer", ALL).await, desk.writer("ben", ALL).await);
        let narrow = Writer { token: desk.token(ana.account, &ana.actor, "read:statuses write:favourites").await, ..ana.clone() };
        for url in [ana.inbox(), format!("{}?page=true", ana.inbox())] {
            assert!(desk.get(Some(&ana), &url).await.status.is_success());
            let nobody = desk.get(None, &url).await;
            assert_eq!(nobody.headers[header::WWW_AUTHENTICATE], "Bearer");
            assert_eq!(nobody.refusal(), (401, "token.missing"));
            assert_eq!(desk.get(Some(&ben), &url).await.refusal(), (403, "token.actor"));
            assert_eq!(desk.get(Some(&narrow), &url).await.refusal(), (403, "token.scope"));
            let wrong = Writer { token: "wrong".to_owned(), ..ana.clone() };
            assert_eq!(desk.get(Some(&wrong), &url).await.refusal(), (401, "token.invalid"));
        }
        assert_eq!(desk.get(Some(&ana), &format!("{OURS}/ap/actors/1/inbox")).await.refusal(), (404, "actor.not_found"));
    }

    async fn a_token_of_a_brand_writes_and_reads_as_the_brand(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", ALL).await;
        let brand = desk.world.app.db.read(|conn| actors::find_local(conn, "brand")).await.unwrap().unwrap();
        let (account, actor) = (ana.account, brand.id);
        desk.world.app.db.write(move |tx| accounts::grant(tx, account, actor, GrantRole::Publisher)).await.unwrap();
        let as_brand = Writer { token: desk.token(ana.account, &brand, ALL).await, actor: brand, account: ana.account };
        let uri = desk.writes(&as_brand, note("We are hiring")).await;
        assert_eq!(desk.status(None, &uri).await.ok()["account"]["acct"], "brand");
        assert_eq!(desk.get(None, &uri).await.ok()["attributedTo"], json!(as_brand.actor.uri));
        assert!(desk.get(Some(&as_brand), &as_brand.inbox()).await.status.is_success());
        // It is neither hers nor the other way round.
        let crossed = desk.post_to(Some(&as_brand.token), &ana.outbox(), super::LD, note("x").to_string()).await;
        assert_eq!(crossed.refusal(), (403, "token.actor"));
        let crossed = desk.post_to(Some(&ana.token), &as_brand.outbox(), super::LD, note("x").to_string()).await;
        assert_eq!(crossed.refusal(), (403, "token.actor"));
        assert_eq!(desk.submit(&ana, json!({"type": "Delete", "object": uri})).await.refusal(), (403, "post.not_yours"));
        assert!(desk.status(None, &uri).await.status.is_success(), "{}", number(&uri));
    }
}

async fn block_server(desk: &Desk, host: &str) {
    let host = host.to_owned();
    desk.world.app.db.write(move |tx| guildhall::domain::servers::block(tx, &host, None)).await.unwrap();
    desk.world.app.reload_policies().await.unwrap();
}
