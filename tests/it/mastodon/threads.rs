//! Threads, likes and boosts.

use serde_json::json;

use super::{House, ids};

on_both! {
    async fn a_context_has_what_is_above_and_below(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let root = house.says(&ana, json!({"status": "Root"})).await;
        let one = house.says(&ben, json!({"status": "One", "in_reply_to_id": root})).await;
        let two = house.says(&ana, json!({"status": "Two", "in_reply_to_id": one})).await;
        let side = house.says(&ana, json!({"status": "Side", "in_reply_to_id": root})).await;
        let hidden = house.says(&ben, json!({"status": "Hidden", "in_reply_to_id": one, "visibility": "private"})).await;
        let context = house.get(None, &format!("/api/v1/statuses/{one}/context")).await.ok();
        assert_eq!((ids(&context["ancestors"]), ids(&context["descendants"])), (vec![root.clone()], vec![two.clone()]));
        let context = house.get(&ben, &format!("/api/v1/statuses/{root}/context")).await.ok();
        assert_eq!(ids(&context["descendants"]), [one.clone(), two, hidden, side]);
        let status = house.get(None, &format!("/api/v1/statuses/{one}")).await.ok();
        assert_eq!((&status["in_reply_to_id"], &status["in_reply_to_account_id"]), (&json!(root), &json!(ana.id())));
        assert_eq!(house.get(None, &format!("/api/v1/statuses/{root}")).await.ok()["replies_count"], 2);
    }

    async fn a_context_leaves_out_whom_one_does_not_want_to_hear(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let root = house.says(&ben, json!({"status": "Root"})).await;
        let kept = house.says(&cleo, json!({"status": "Kept", "in_reply_to_id": root})).await;
        let unwanted = house.says(&ben, json!({"status": "Unwanted", "in_reply_to_id": kept})).await;
        let below = house.says(&cleo, json!({"status": "Below it", "in_reply_to_id": unwanted})).await;
        let seen = async |who: Option<&super::Person>, id: &str| {
            let context = house.get(who, &format!("/api/v1/statuses/{id}/context")).await.ok();
            (ids(&context["ancestors"]), ids(&context["descendants"]))
        };
        assert_eq!(seen(Some(&ana), &root).await.1, [kept.clone(), unwanted.clone(), below.clone()]);
        for (on, off) in [("mute", "unmute"), ("block", "unblock")] {
            house.post(&ana, &format!("/api/v1/accounts/{}/{on}", ben.id()), json!({})).await.ok();
            assert_eq!(seen(Some(&ana), &root).await.1, std::slice::from_ref(&kept), "{on}");
            assert_eq!(seen(Some(&ana), &unwanted).await, (vec![root.clone(), kept.clone()], vec![below.clone()]), "{on}: what one asked for is shown");
            assert_eq!(seen(Some(&cleo), &root).await.1.len(), 3);
            house.post(&ana, &format!("/api/v1/accounts/{}/{off}", ben.id()), json!({})).await.ok();
        }
        house.post(&ana, &format!("/api/v1/accounts/{}/mute", ben.id()), json!({"duration": 60})).await.ok();
        house.wait(61);
        assert_eq!(seen(Some(&ana), &root).await.1.len(), 3);
    }

    async fn a_stranger_reads_a_part_of_a_long_thread(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let root = house.says(&ana, json!({"status": "Root"})).await;
        let mut chain = vec![root.clone()];
        for number in 0..45 {
            let last = chain.last().unwrap().clone();
            chain.push(house.says(&ana, json!({"status": format!("Down {number}"), "in_reply_to_id": last})).await);
        }
        for number in 0..50 {
            house.says(&ana, json!({"status": format!("Across {number}"), "in_reply_to_id": root})).await;
        }
        let lengths = async |who: Option<&super::Person>, id: &str| {
            let context = house.get(who, &format!("/api/v1/statuses/{id}/context")).await.ok();
            (ids(&context["ancestors"]).len(), ids(&context["descendants"]).len())
        };
        assert_eq!(lengths(None, &root).await, (0, 60));
        assert_eq!(lengths(None, &chain[1]).await, (1, 20));
        assert_eq!(lengths(None, &chain[45]).await, (40, 0));
        assert_eq!(lengths(Some(&ana), &root).await, (0, 95));
        assert_eq!(lengths(Some(&ana), &chain[45]).await, (45, 0));
    }

    async fn liking_twice_is_liking_once(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let id = house.says(&ana, json!({"status": "Hello"})).await;
        let path = format!("/api/v1/statuses/{id}");
        assert_eq!(house.post(&ben, &format!("{path}/unfavourite"), json!({})).await.ok()["favourited"], false);
        for _ in 0..2 {
            let status = house.post(&ben, &format!("{path}/favourite"), json!({})).await.ok();
            assert_eq!((&status["favourited"], &status["favourites_count"]), (&json!(true), &json!(1)));
        }
        assert_eq!(ids(&house.get(None, &format!("{path}/favourited_by")).await.ok()), [ben.id()]);
        assert_eq!(house.get(&ana, &path).await.ok()["favourited"], false);
        assert_eq!(house.get(&ana, "/api/v1/notifications").await.ok()[0]["type"], "favourite");
        for _ in 0..2 {
            let status = house.post(&ben, &format!("{path}/unfavourite"), json!({})).await.ok();
            assert_eq!((&status["favourited"], &status["favourites_count"]), (&json!(false), &json!(0)));
        }
        assert_eq!(house.get(&ana, "/api/v1/notifications").await.ok(), json!([]));
    }

    async fn boosting_twice_is_boosting_once(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        house.post(&cleo, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({})).await.ok();
        let id = house.says(&ana, json!({"status": "Hello"})).await;
        let path = format!("/api/v1/statuses/{id}");
        let first = house.post(&ben, &format!("{path}/reblog"), json!({})).await.ok();
        let second = house.post(&ben, &format!("{path}/reblog"), json!({})).await.ok();
        assert_eq!(first["id"], second["id"]);
        assert_eq!((&second["reblog"]["reblogs_count"], &second["reblogged"], &second["reblog"]["reblogged"]), (&json!(1), &json!(true), &json!(true)));
        let boost = first["id"].as_str().unwrap();
        assert_eq!(ids(&house.get(None, &format!("{path}/reblogged_by")).await.ok()), [ben.id()]);
        assert_eq!(house.get(None, &format!("/api/v1/statuses/{boost}")).await.ok()["reblog"]["id"], json!(id));
        assert_eq!(ids(&house.get(&cleo, "/api/v1/timelines/home").await.ok()), [boost]);
        assert_eq!(ids(&house.get(None, &format!("/api/v1/accounts/{}/statuses", ben.id())).await.ok()), [boost]);
        assert_eq!(ids(&house.get(None, &format!("/api/v1/accounts/{}/statuses?exclude_reblogs=true", ben.id())).await.ok()).len(), 0);
        // What is done to the boost is done to the post.
        assert_eq!(house.post(&cleo, &format!("/api/v1/statuses/{boost}/favourite"), json!({})).await.ok()["id"], json!(id));
        let status = house.post(&ben, &format!("{path}/unreblog"), json!({})).await.ok();
        assert_eq!((&status["id"], &status["reblogs_count"], &status["reblogged"]), (&json!(id), &json!(0), &json!(false)));
        assert_eq!(house.post(&ben, &format!("{path}/unreblog"), json!({})).await.status, 200);
        assert_eq!(house.get(&cleo, "/api/v1/timelines/home").await.ok(), json!([]));
        assert_eq!(house.get(None, &format!("/api/v1/statuses/{boost}")).await.status, 404);
    }

    async fn deleting_a_boost_takes_only_the_boost_back(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let id = house.says(&ana, json!({"status": "Hello"})).await;
        let boost = house.post(&ben, &format!("/api/v1/statuses/{id}/reblog"), json!({})).await.ok();
        let boost = boost["id"].as_str().unwrap();
        assert_eq!(house.delete(&ana, &format!("/api/v1/statuses/{boost}")).await.status, 404);
        assert_eq!(house.delete(&ben, &format!("/api/v1/statuses/{boost}")).await.status, 200);
        assert_eq!(house.get(None, &format!("/api/v1/statuses/{id}")).await.ok()["reblogs_count"], 0);
    }

    async fn timelines_have_their_own_parts(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let eve = house.stranger("eve", "remote.example").await;
        let theirs = house.arrived(&eve, |draft| draft.hashtags = vec!["tea".to_owned()]).await.to_string();
        house.wait(1);
        let ours = house.says(&ana, json!({"status": "Good #Tea"})).await;
        let reply = house.says(&ben, json!({"status": "A reply #tea", "in_reply_to_id": ours})).await;
        house.says(&ana, json!({"status": "Quiet #tea", "visibility": "unlisted"})).await;
        let list = async |path: &str| ids(&house.get(None, path).await.ok());
        assert_eq!(list("/api/v1/timelines/public").await, [ours.clone(), theirs.clone()]);
        assert_eq!(list("/api/v1/timelines/public?local=true").await, std::slice::from_ref(&ours));
        assert_eq!(list("/api/v1/timelines/public?remote=1").await, std::slice::from_ref(&theirs));
        assert_eq!(list("/api/v1/timelines/tag/TEA").await, [reply.clone(), ours.clone(), theirs]);
        assert_eq!(list("/api/v1/timelines/tag/coffee").await.len(), 0);
        assert_eq!(list(&format!("/api/v1/accounts/{}/statuses?exclude_replies=1", ben.id())).await.len(), 0);
        assert_eq!(list(&format!("/api/v1/accounts/{}/statuses?tagged=tea", ben.id())).await, [reply]);
        assert_eq!(list(&format!("/api/v1/accounts/{}/statuses?pinned=true", ana.id())).await.len(), 0);
        assert_eq!(list(&format!("/api/v1/accounts/{}/statuses?only_media=true", ana.id())).await.len(), 0);
    }
}
