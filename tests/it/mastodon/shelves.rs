//! What somebody keeps for themselves: bookmarks, favourites, blocks, mutes, domain blocks.

use guildhall::domain::{
    By,
    accounts::{self, AccountKind, Role},
    follows::{self, Wishes},
};
use http::Method;
use serde_json::{Value, json};

use super::{House, Person, follow, ids, walk};

const OUTSIDE: (u16, &str) = (403, "This action is outside the authorized scopes");

async fn act(house: &House, who: &Person, post: &str, verb: &str) -> Value {
    house.post(who, &format!("/api/v1/statuses/{post}/{verb}"), json!({})).await.ok()
}

/// The same pages, one by one by their links, down and up.
async fn pages(house: &House, who: &Person, path: &str, expected: &[String]) {
    let (down, up) = walk(house, who, &format!("{path}?limit=1")).await;
    assert_eq!((&down[..], &up[..]), (expected, expected), "{path}");
}

/// Whether a domain is in the list of those that somebody blocks.
async fn shunned(house: &House, who: &Person) -> Value {
    house.get(who, "/api/v1/domain_blocks").await.ok()
}

on_both! {
    async fn bookmarks_are_kept_in_the_order_of_keeping(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let mut said = Vec::new();
        for number in 0..3 {
            said.push(house.says(&ben, json!({"status": format!("Number {number}")})).await);
        }
        for index in [1, 0, 2] {
            assert_eq!(act(&house, &ana, &said[index], "bookmark").await["bookmarked"], true);
        }
        assert_eq!(act(&house, &ana, &said[1], "bookmark").await["bookmarked"], true, "twice is once");
        let expected = [said[2].clone(), said[0].clone(), said[1].clone()];
        assert_eq!(ids(&house.get(&ana, "/api/v1/bookmarks").await.ok()), expected);
        pages(&house, &ana, "/api/v1/bookmarks", &expected).await;
        assert_eq!(house.get(&ana, &format!("/api/v1/statuses/{}", said[0])).await.ok()["bookmarked"], true);
        assert_eq!(house.get(&ben, &format!("/api/v1/statuses/{}", said[0])).await.ok()["bookmarked"], false, "nobody else is told");
        assert_eq!(house.get(&ben, "/api/v1/notifications").await.ok(), json!([]));
        assert_eq!(house.get(&ben, "/api/v1/bookmarks").await.ok(), json!([]));
        assert_eq!(act(&house, &ana, &said[0], "unbookmark").await["bookmarked"], false);
        assert_eq!(act(&house, &ana, &said[0], "unbookmark").await["bookmarked"], false);
        house.delete(&ben, &format!("/api/v1/statuses/{}", said[1])).await.ok();
        assert_eq!(ids(&house.get(&ana, "/api/v1/bookmarks").await.ok()), [said[2].clone()]);
    }

    async fn what_is_hidden_later_is_not_among_the_bookmarks(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, dora) = (house.employee("ana").await, house.employee("ben").await, house.customer("dora").await);
        let (open, inside) = (house.says(&ben, json!({"status": "Open"})).await, house.says(&ben, json!({"status": "Inside", "local_only": true})).await);
        for post in [&open, &inside] {
            act(&house, &ana, post, "bookmark").await;
            act(&house, &ana, post, "favourite").await;
        }
        for verb in ["bookmark", "unbookmark", "favourite"] {
            assert_eq!(house.post(&dora, &format!("/api/v1/statuses/{inside}/{verb}"), json!({})).await.refusal(), (404, "Record not found"));
        }
        assert_eq!(act(&house, &dora, &open, "bookmark").await["bookmarked"], true);
        let account = ana.account;
        house.app.db.write(move |tx| accounts::set_role(tx, account, AccountKind::Customer, Role::Member)).await.unwrap();
        for path in ["/api/v1/bookmarks", "/api/v1/favourites"] {
            let page = house.get(&ana, &format!("{path}?limit=1")).await;
            assert_eq!(page.body, json!([]), "{path}");
            let next = page.link("next").unwrap();
            assert_eq!(ids(&house.get(&ana, &next).await.ok()), std::slice::from_ref(&open), "the links lead on");
        }
    }

    async fn favourites_are_listed_in_the_order_of_liking(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let mut said = Vec::new();
        for number in 0..3 {
            said.push(house.says(&ben, json!({"status": format!("Number {number}")})).await);
        }
        for index in [2, 0, 1] {
            act(&house, &ana, &said[index], "favourite").await;
        }
        let expected = [said[1].clone(), said[0].clone(), said[2].clone()];
        let list = house.get(&ana, "/api/v1/favourites").await.ok();
        assert_eq!((ids(&list), &list[0]["favourited"]), (expected.to_vec(), &json!(true)));
        pages(&house, &ana, "/api/v1/favourites", &expected).await;
        act(&house, &ana, &said[0], "unfavourite").await;
        assert_eq!(ids(&house.get(&ana, "/api/v1/favourites").await.ok()).len(), 2);
        assert_eq!(house.get(&ben, "/api/v1/favourites").await.ok(), json!([]));
    }

    async fn blocks_and_mutes_are_listed(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let mut whom = Vec::new();
        for name in ["ben", "cleo", "dora"] {
            whom.push(house.employee(name).await.id());
        }
        for (id, body) in [(&whom[1], json!({})), (&whom[0], json!({"duration": 600})), (&whom[2], json!({}))] {
            house.post(&ana, &format!("/api/v1/accounts/{id}/mute"), body).await.ok();
            house.post(&ana, &format!("/api/v1/accounts/{id}/block"), json!({})).await.ok();
        }
        let expected = [whom[2].clone(), whom[0].clone(), whom[1].clone()];
        for path in ["/api/v1/blocks", "/api/v1/mutes"] {
            assert_eq!(ids(&house.get(&ana, path).await.ok()), expected, "{path}");
            pages(&house, &ana, path, &expected).await;
        }
        let mutes = house.get(&ana, "/api/v1/mutes").await.ok();
        let ends: Vec<&Value> = mutes.as_array().unwrap().iter().map(|one| &one["mute_expires_at"]).collect();
        assert_eq!(ends, [&Value::Null, &json!("2026-11-01T12:10:00.000Z"), &Value::Null]);
        assert_eq!(mutes[0]["username"], "dora");
        house.wait(601);
        assert_eq!(ids(&house.get(&ana, "/api/v1/mutes").await.ok()), [whom[2].clone(), whom[1].clone()], "what is over is not listed");
        house.post(&ana, &format!("/api/v1/accounts/{}/unblock", whom[2]), json!({})).await.ok();
        assert_eq!(ids(&house.get(&ana, "/api/v1/blocks").await.ok()), expected[1..]);
    }

    async fn a_shunned_server_is_neither_seen_nor_heard(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let (eve, finn) = (house.stranger("eve", "remote.example").await, house.stranger("finn", "other.example").await);
        let (site, target) = (house.app.site.clone(), ana.actor);
        for stranger in [eve.clone(), finn.clone()] {
            let (site, them) = (site.clone(), stranger.id);
            follow(&house, &ana, &stranger.id.to_string()).await;
            house.app.db.write(move |tx| {
                follows::accepted_elsewhere(tx, them, target)?;
                let by = By::Remote { actor: them, activity: Some(format!("https://follows.example/{them}")) };
                follows::request(tx, &site, &by, target, &Wishes::default())
            }).await.unwrap();
        }
        follow(&house, &ana, &ben.id()).await;
        let mentions = move |draft: &mut guildhall::domain::posts::Draft| draft.mentions = vec![target];
        let (bad, good) = (house.arrived(&eve, mentions).await.to_string(), house.arrived(&finn, mentions).await.to_string());
        let boosted = house.arrived(&eve, |_| {}).await.to_string();
        let boost = act(&house, &ben, &boosted, "reblog").await["id"].as_str().unwrap().to_owned();
        let question = house.says(&ben, json!({"status": "A question"})).await;
        let parent = question.parse().unwrap();
        let answers = move |draft: &mut guildhall::domain::posts::Draft| {
            draft.reply_to = Some(guildhall::domain::posts::ReplyTo { post: Some(parent), uri: None });
        };
        let (bad_answer, good_answer) = (house.arrived(&eve, answers).await.to_string(), house.arrived(&finn, answers).await.to_string());
        assert_eq!(house.get(&ana, "/api/v1/domain_blocks/preview?domain=remote.example").await.ok(), json!({"following_count": 1, "followers_count": 1}));

        assert_eq!(house.post(&ana, "/api/v1/domain_blocks", json!({"domain": "Remote.Example"})).await.ok(), json!({}));
        assert_eq!(house.post(&ana, "/api/v1/domain_blocks", json!({"domain": "remote.example"})).await.ok(), json!({}));
        assert_eq!(shunned(&house, &ana).await, json!(["remote.example"]));
        house.work().await;
        let relationships = house.get(&ana, &format!("/api/v1/accounts/relationships?id[]={}&id[]={}", eve.id, finn.id)).await.ok();
        let ties: Vec<[&Value; 3]> = relationships.as_array().unwrap().iter().map(|one| [&one["domain_blocking"], &one["following"], &one["followed_by"]]).collect();
        let (yes, no) = (json!(true), json!(false));
        assert_eq!(ties, [[&yes, &no, &no], [&no, &yes, &yes]]);
        let told = house.documents.posts();
        assert!(told.is_empty(), "deliveries are not sent by jobs");

        let home = ids(&house.get(&ana, "/api/v1/timelines/home").await.ok());
        assert!(home.contains(&good) && ![&bad, &boost, &bad_answer].iter().any(|hidden| home.contains(hidden)), "{home:?}");
        let public = ids(&house.get(&ana, "/api/v1/timelines/public").await.ok());
        assert!(public.contains(&good) && !public.contains(&bad), "{public:?}");
        assert!(ids(&house.get(&ben, "/api/v1/timelines/public").await.ok()).contains(&bad), "others hear on");
        let context = house.get(&ana, &format!("/api/v1/statuses/{question}/context")).await.ok();
        assert_eq!(ids(&context["descendants"]), std::slice::from_ref(&good_answer));
        let context = house.get(&ben, &format!("/api/v1/statuses/{question}/context")).await.ok();
        let others = ids(&context["descendants"]);
        assert!(others.contains(&bad_answer) && others.contains(&good_answer), "{others:?}");
        let from: Vec<Value> = house.get(&ana, "/api/v1/notifications").await.ok().as_array().unwrap().iter().map(|one| one["account"]["acct"].clone()).collect();
        assert!(from.contains(&json!("finn@other.example")) && !from.contains(&json!("eve@remote.example")), "{from:?}");
        house.arrived(&eve, mentions).await;
        let after = house.get(&ana, "/api/v1/notifications").await.ok();
        assert_eq!(after.as_array().unwrap().len(), from.len(), "nobody there is heard");
        assert_eq!(house.post(&ana, &format!("/api/v1/accounts/{}/follow", eve.id), json!({})).await.status, 403);
        let (site, them) = (house.app.site.clone(), eve.id);
        let refused = house.app.db.write(move |tx| {
            let by = By::Remote { actor: them, activity: Some("https://remote.example/follows/2".to_owned()) };
            follows::request(tx, &site, &by, target, &Wishes::default())
        }).await.unwrap();
        assert!(refused.is_none(), "who is shunned is told no");

        house.call(Some(&ana), Method::DELETE, "/api/v1/domain_blocks", json!({"domain": "remote.example"})).await.ok();
        house.delete(&ana, "/api/v1/domain_blocks?domain=remote.example").await.ok();
        assert_eq!(shunned(&house, &ana).await, json!([]));
        assert!(ids(&house.get(&ana, "/api/v1/timelines/public").await.ok()).contains(&bad));
        assert_eq!(house.post(&ana, &format!("/api/v1/accounts/{}/follow", eve.id), json!({})).await.ok()["requested"], true);
    }

    async fn domains_are_paged_and_ours_cannot_be_shunned(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        for domain in ["b.example", "c.example", "a.example"] {
            house.post(&ana, &format!("/api/v1/domain_blocks?domain={domain}"), json!({})).await.ok();
        }
        let mut seen = Vec::new();
        let mut next = Some("/api/v1/domain_blocks?limit=2".to_owned());
        while let Some(path) = next {
            let page = house.get(&ana, &path).await;
            next = page.link("next");
            seen.extend(page.ok().as_array().unwrap().iter().map(|domain| domain.as_str().unwrap().to_owned()));
        }
        assert_eq!(seen, ["a.example", "c.example", "b.example"]);
        for body in [json!({}), json!({"domain": ""}), json!({"domain": "no host"}), json!({"domain": "company.example"}), json!({"domain": "social.company.example"})] {
            assert_eq!(house.post(&ana, "/api/v1/domain_blocks", body.clone()).await.status, 422, "{body}");
        }
    }

    async fn shelves_belong_to_whom_the_token_acts_as(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let brand = house.brand_of(&ana).await;
        let said = house.says(&ben, json!({"status": "Hello"})).await;
        act(&house, &brand, &said, "bookmark").await;
        act(&house, &brand, &said, "favourite").await;
        house.post(&brand, &format!("/api/v1/accounts/{}/mute", ben.id()), json!({})).await.ok();
        house.post(&brand, "/api/v1/domain_blocks", json!({"domain": "remote.example"})).await.ok();
        house.post(&ana, &format!("/api/v1/accounts/{}/block", ben.id()), json!({})).await.ok();
        for (path, of_brand) in [("/api/v1/bookmarks", true), ("/api/v1/favourites", true), ("/api/v1/mutes", true), ("/api/v1/domain_blocks", true), ("/api/v1/blocks", false)] {
            for (who, filled) in [(&brand, of_brand), (&ana, !of_brand), (&ben, false)] {
                assert_eq!(house.get(who, path).await.ok() != json!([]), filled, "{path}");
            }
            assert_eq!(house.get(None, path).await.status, 401);
        }
        let writer = house.person_with("writer", AccountKind::Employee, Role::Member, "write:statuses read:statuses").await;
        for path in ["/api/v1/bookmarks", "/api/v1/favourites", "/api/v1/mutes", "/api/v1/domain_blocks", "/api/v1/blocks"] {
            assert_eq!(house.get(&writer, path).await.refusal(), OUTSIDE, "{path}");
        }
        for path in [format!("/api/v1/statuses/{said}/bookmark"), format!("/api/v1/statuses/{said}/unbookmark"), "/api/v1/domain_blocks".to_owned()] {
            assert_eq!(house.post(&writer, &path, json!({"domain": "x.example"})).await.refusal(), OUTSIDE, "{path}");
        }
    }
}
