//! Following, blocking, muting, looking people up, changing one's profile.

use axum::body::Body;
use guildhall::domain::{
    By,
    accounts::{AccountKind, Role},
    follows::{self, Wishes},
};
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{BASE, House, Person, follow, ids};

async fn act(house: &House, who: &Person, whom: &str, verb: &str, body: Value) -> Value {
    house.post(who, &format!("/api/v1/accounts/{whom}/{verb}"), body).await.ok()
}

on_both! {
    async fn we_answer_to_our_domain_and_to_our_servers_name(database: TestDatabase) {
        let house = House::open(database).await;
        house.reaches_eve().await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        for host in ["company.example", "social.company.example", "Social.Company.EXAMPLE"] {
            let handle = format!("ana@{host}");
            assert_eq!(house.get(None, &format!("/api/v1/accounts/lookup?acct={handle}")).await.ok()["id"], ana.id(), "{host}");
            for q in [handle.clone(), format!("@{handle}")] {
                for path in [format!("/api/v2/search?type=accounts&resolve=true&q={q}"), format!("/api/v2/search?type=accounts&q={q}")] {
                    assert_eq!(ids(&house.get(&ben, &path).await.ok()["accounts"]), [ana.id()], "{path}");
                }
                let found = house.get(&ben, &format!("/api/v1/accounts/search?resolve=true&q={q}")).await.ok();
                assert_eq!(ids(&found), [ana.id()], "{q}");
            }
            let said = house.post(&ben, "/api/v1/statuses", json!({"status": format!("Hello @{handle}")})).await.ok();
            assert_eq!(said["mentions"][0]["id"], ana.id(), "{host}");
            assert_eq!(house.get(None, &format!("/@ana@{host}")).await.status, 200, "{host}");
        }
        assert_eq!(house.documents.requests(), [""; 0], "nobody is asked for our own");
        for handle in ["ana@evil-company.example", "ana@company.example.evil.example"] {
            assert_eq!(house.get(None, &format!("/api/v1/accounts/lookup?acct={handle}")).await.status, 404);
        }
    }

    async fn a_name_keeps_what_was_typed(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let path = "/api/v1/accounts/update_credentials";
        for name in ["Ana <Acme>", "I <3 bikes & b < c", "<script>alert(1)</script>x", "&lt;b&gt;"] {
            let fields = json!({"display_name": name, "fields_attributes": [{"name": name, "value": "x"}]});
            let shown = house.call(Some(&ana), Method::PATCH, path, fields).await.ok();
            assert_eq!((&shown["display_name"], &shown["fields"][0]["name"]), (&json!(name), &json!(name)));
        }
        // What pretends to be more than a name is still taken out.
        let shown = house.call(Some(&ana), Method::PATCH, path, json!({"display_name": "Ana\u{202e}\nOwner"})).await.ok();
        assert_eq!(shown["display_name"], "Ana Owner");
    }

    async fn an_open_account_is_followed_at_once(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let before = house.says(&ben, json!({"status": "Earlier"})).await;
        let relationship = act(&house, &ana, &ben.id(), "follow", json!({"notify": true})).await;
        assert_eq!((&relationship["following"], &relationship["requested"], &relationship["notifying"]), (&json!(true), &json!(false), &json!(true)));
        let again = act(&house, &ana, &ben.id(), "follow", json!({"reblogs": "false"})).await;
        assert_eq!((&again["showing_reblogs"], &again["notifying"]), (&json!(false), &json!(true)), "what is left out stays");
        let after = house.says(&ben, json!({"status": "Later"})).await;
        assert_eq!(ids(&house.get(&ana, "/api/v1/timelines/home").await.ok()), [after.clone(), before]);
        assert_eq!(house.get(&ana, "/api/v1/notifications?types[]=status").await.ok()[0]["status"]["id"], json!(after));
        assert_eq!(house.get(&ben, "/api/v1/notifications").await.ok()[0]["type"], "follow");
        assert_eq!(ids(&house.get(None, &format!("/api/v1/accounts/{}/followers", ben.id())).await.ok()), [ana.id()]);
        assert_eq!(ids(&house.get(None, &format!("/api/v1/accounts/{}/following", ana.id())).await.ok()), [ben.id()]);
        assert_eq!(house.get(None, &format!("/api/v1/accounts/{}", ben.id())).await.ok()["followers_count"], 1);
        assert_eq!(act(&house, &ana, &ben.id(), "unfollow", json!({})).await["following"], false);
        assert_eq!(act(&house, &ana, &ben.id(), "unfollow", json!({})).await["following"], false);
        assert_eq!(house.get(&ana, "/api/v1/timelines/home").await.ok(), json!([]));
        assert_eq!(house.post(&ana, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({})).await.status, 422);
        assert_eq!(house.post(&ana, "/api/v1/accounts/12345/follow", json!({})).await.refusal(), (404, "Record not found"));
    }

    async fn a_locked_account_answers_requests(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        house.call(Some(&ana), Method::PATCH, "/api/v1/accounts/update_credentials", json!({"locked": true})).await.ok();
        for person in [&ben, &cleo] {
            let relationship = act(&house, person, &ana.id(), "follow", json!({})).await;
            assert_eq!((&relationship["following"], &relationship["requested"]), (&json!(false), &json!(true)));
        }
        assert_eq!(ids(&house.get(&ana, "/api/v1/follow_requests").await.ok()), [cleo.id(), ben.id()]);
        assert_eq!(house.get(&ana, "/api/v1/accounts/verify_credentials").await.ok()["source"]["follow_requests_count"], 2);
        let relationship = house.post(&ana, &format!("/api/v1/follow_requests/{}/authorize", ben.id()), json!({})).await.ok();
        assert_eq!((&relationship["followed_by"], &relationship["requested_by"]), (&json!(true), &json!(false)));
        let relationship = house.post(&ana, &format!("/api/v1/follow_requests/{}/reject", cleo.id()), json!({})).await.ok();
        assert_eq!((&relationship["followed_by"], &relationship["requested_by"]), (&json!(false), &json!(false)));
        assert_eq!(house.get(&ana, "/api/v1/follow_requests").await.ok(), json!([]));
        assert_eq!(house.post(&ana, &format!("/api/v1/follow_requests/{}/authorize", cleo.id()), json!({})).await.status, 404);
        assert_eq!(house.post(&ana, &format!("/api/v1/follow_requests/{}/reject", ben.id()), json!({})).await.status, 404, "a follower is no request");
        assert_eq!(act(&house, &ana, &ben.id(), "remove_from_followers", json!({})).await["followed_by"], false);
        assert_eq!(house.get(&ana, &format!("/api/v1/accounts/{}/followers", ana.id())).await.ok(), json!([]));
    }

    async fn somebody_elsewhere_is_followed_when_they_accept(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let eve = house.stranger("eve", "remote.example").await;
        let relationship = act(&house, &ana, &eve.id.to_string(), "follow", json!({})).await;
        assert_eq!((&relationship["following"], &relationship["requested"]), (&json!(false), &json!(true)));
        let (target, follower) = (eve.id, ana.actor);
        house.app.db.write(move |tx| follows::accepted_elsewhere(tx, target, follower)).await.unwrap();
        let list = house.get(&ana, &format!("/api/v1/accounts/relationships?id[]={}&id[]={}&id[]=x&id[]=99", eve.id, ana.id())).await.ok();
        assert_eq!(ids(&list), [eve.id.to_string(), ana.id()]);
        assert_eq!(list[0]["following"], true);
        let one = house.get(&ana, &format!("/api/v1/accounts/relationships?id={}", eve.id)).await.ok();
        assert_eq!(ids(&one), [eve.id.to_string()]);
    }

    async fn a_block_hides_both_from_each_other(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        act(&house, &ben, &ana.id(), "follow", json!({})).await;
        act(&house, &ana, &ben.id(), "follow", json!({})).await;
        let mine = house.says(&ana, json!({"status": "Mine"})).await;
        let theirs = house.says(&ben, json!({"status": "Theirs @ana"})).await;
        let relationship = act(&house, &ana, &ben.id(), "block", json!({})).await;
        assert_eq!((&relationship["blocking"], &relationship["following"], &relationship["followed_by"]), (&json!(true), &json!(false), &json!(false)));
        let other = house.get(&ben, &format!("/api/v1/accounts/relationships?id[]={}", ana.id())).await.ok();
        assert_eq!(other[0]["blocked_by"], true);
        assert_eq!(house.get(&ben, &format!("/api/v1/statuses/{mine}")).await.status, 404);
        assert_eq!(house.get(&cleo, &format!("/api/v1/statuses/{mine}")).await.status, 200);
        assert_eq!(house.get(&ben, &format!("/api/v1/accounts/{}/statuses", ana.id())).await.ok(), json!([]));
        assert_eq!(house.get(&ben, &format!("/api/v1/accounts/{}/followers", ana.id())).await.ok(), json!([]));
        assert!(!ids(&house.get(&ben, "/api/v1/timelines/public").await.ok()).contains(&mine));
        assert!(!ids(&house.get(&ana, "/api/v1/timelines/public").await.ok()).contains(&theirs));
        assert!(!ids(&house.get(&ana, "/api/v1/timelines/home").await.ok()).contains(&theirs));
        assert_eq!(house.get(&ana, "/api/v1/notifications").await.ok(), json!([]));
        assert_eq!(house.post(&ben, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({})).await.status, 403);
        house.says(&ben, json!({"status": "Again @ana"})).await;
        assert_eq!(house.get(&ana, "/api/v1/notifications").await.ok(), json!([]));
        assert_eq!(act(&house, &ana, &ben.id(), "unblock", json!({})).await["blocking"], false);
        assert_eq!(house.get(&ben, &format!("/api/v1/statuses/{mine}")).await.status, 200);
    }

    async fn a_mute_ends_when_its_time_is_over(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        act(&house, &ana, &ben.id(), "follow", json!({})).await;
        let id = house.says(&ben, json!({"status": "Noise"})).await;
        let relationship = act(&house, &ana, &ben.id(), "mute", json!({"duration": "600", "notifications": "true"})).await;
        assert_eq!((&relationship["muting"], &relationship["muting_notifications"]), (&json!(true), &json!(true)));
        assert_eq!(relationship["muting_expires_at"], "2026-11-01T12:10:00.000Z");
        assert_eq!(house.get(&ana, "/api/v1/timelines/home").await.ok(), json!([]));
        house.wait(601);
        assert_eq!(ids(&house.get(&ana, "/api/v1/timelines/home").await.ok()), std::slice::from_ref(&id));
        assert_eq!(house.get(&ana, &format!("/api/v1/accounts/relationships?id[]={}", ben.id())).await.ok()[0]["muting"], false);
        act(&house, &ana, &ben.id(), "mute", json!({})).await;
        assert_eq!(house.get(&ana, "/api/v1/timelines/home").await.ok(), json!([]));
        assert_eq!(act(&house, &ana, &ben.id(), "unmute", json!({})).await["muting"], false);
        assert_eq!(ids(&house.get(&ana, "/api/v1/timelines/home").await.ok()), [id]);
    }

    async fn people_are_found_by_handle(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, anton) = (house.employee("ana").await, house.employee("anton").await);
        let eve = house.stranger("Anneke", "remote.example").await;
        for handle in ["ana", "@ana", "ANA", "ana@company.example", "%40ana%40Company.Example"] {
            assert_eq!(house.get(None, &format!("/api/v1/accounts/lookup?acct={handle}")).await.ok()["id"], json!(ana.id()), "{handle}");
        }
        assert_eq!(house.get(None, "/api/v1/accounts/lookup?acct=anneke@REMOTE.example").await.ok()["id"], json!(eve.id.to_string()));
        assert_eq!(house.get(None, "/api/v1/accounts/lookup?acct=ana@remote.example").await.refusal(), (404, "Record not found"));
        assert_eq!(house.get(None, "/api/v1/accounts/lookup").await.status, 404);
        let mut found = ids(&house.get(&ana, "/api/v1/accounts/search?q=an").await.ok());
        found.sort();
        let mut expected = vec![ana.id(), anton.id(), eve.id.to_string()];
        expected.sort();
        assert_eq!(found, expected);
        let found = house.get(&ana, "/api/v2/search?q=anneke@remote.example&resolve=true&type=accounts").await.ok();
        assert_eq!(ids(&found["accounts"]), [eve.id.to_string()]);
        let found = house.get(None, "/api/v2/search?q=anton&limit=5").await.ok();
        assert_eq!((ids(&found["accounts"]), &found["statuses"], &found["hashtags"]), (vec![anton.id()], &json!([]), &json!([])));
    }

    async fn who_does_not_let_themselves_be_found_is_found_by_colleagues_and_by_the_whole_name(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, anton) = (house.employee("ana").await, house.employee("anton").await);
        let guests = [AccountKind::Customer, AccountKind::Partner, AccountKind::Press];
        let anders = house.stranger("anders", "remote.example").await.id.to_string();
        let hides = async |who: &Person| {
            house.call(Some(who), Method::PATCH, "/api/v1/accounts/update_credentials", json!({"discoverable": false})).await.ok()
        };
        hides(&ana).await;
        let found = async |who: &Person, q: &str| {
            let mut one = ids(&house.get(who, &format!("/api/v1/accounts/search?q={q}")).await.ok());
            let mut other = ids(&house.get(who, &format!("/api/v2/search?type=accounts&q={q}")).await.ok()["accounts"]);
            one.sort();
            other.sort();
            assert_eq!(one, other, "{q}");
            one
        };
        let sorted = |mut ids: Vec<String>| {
            ids.sort();
            ids
        };
        for kind in guests {
            let guest = house.person(&format!("guest{kind}"), kind, Role::Member).await;
            hides(&guest).await;
            assert_eq!(found(&guest, "an").await, sorted(vec![anton.id(), anders.clone()]), "{kind}");
            assert_eq!(found(&guest, "ana").await, [ana.id()], "{kind}");
            assert_eq!(found(&guest, "guest").await, [guest.id()], "{kind}");
            follow(&house, &guest, &ana.id()).await;
            assert_eq!(found(&guest, "an").await, sorted(vec![ana.id(), anton.id(), anders.clone()]), "{kind}");
        }
        assert_eq!(found(&anton, "an").await, sorted(vec![ana.id(), anton.id(), anders.clone()]));
        assert_eq!(found(&anton, "guest").await.len(), 3);
    }

    async fn an_address_finds_exactly_that(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, dora) = (house.employee("ana").await, house.customer("dora").await);
        let eve = house.stranger("eve", "remote.example").await;
        let post = house.arrived(&eve, |draft| draft.uri = Some("https://remote.example/posts/1".to_owned())).await.to_string();
        let own = house.post(&ana, "/api/v1/statuses", json!({"status": "Own"})).await.ok();
        let inside = house.post(&ana, "/api/v1/statuses", json!({"status": "Inside", "local_only": true})).await.ok();
        let search = async |who: &Person, q: &str| {
            let encoded: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
            house.get(who, &format!("/api/v2/search?resolve=true&q={encoded}")).await.ok()
        };
        assert_eq!(ids(&search(&dora, "https://remote.example/posts/1").await["statuses"]), [post]);
        assert_eq!(ids(&search(&dora, "https://remote.example/users/eve").await["accounts"]), [eve.id.to_string()]);
        for address in [&own["uri"], &own["url"]] {
            assert_eq!(ids(&search(&dora, address.as_str().unwrap()).await["statuses"]), [own["id"].as_str().unwrap()]);
        }
        assert_eq!(ids(&search(&dora, &format!("{BASE}/@ana")).await["accounts"]), [ana.id()]);
        assert_eq!(ids(&search(&ana, inside["url"].as_str().unwrap()).await["statuses"]), [inside["id"].as_str().unwrap()]);
        assert_eq!(search(&dora, inside["url"].as_str().unwrap()).await["statuses"], json!([]));
        assert_eq!(search(&dora, "https://nowhere.example/1").await, json!({"accounts": [], "statuses": [], "hashtags": []}));
        assert_eq!(house.get(None, "/api/v2/search?q=x&resolve=true").await.status, 401);
        assert_eq!(house.get(None, "/api/v2/search?q=x&offset=5").await.status, 401);
        assert_eq!(house.get(&ana, "/api/v2/search?q=x&limit=-1").await.status, 400);
        assert_eq!(house.get(&ana, "/api/v2/search").await.status, 400);
    }

    async fn who_and_what_is_unknown_is_fetched(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        house.reaches_eve().await;
        let plain = house.post(&ana, "/api/v1/statuses", json!({"status": "Hello @nobody@remote.example"})).await.ok();
        assert_eq!(plain["mentions"], json!([]), "who does not exist stays text");
        let asked = house.documents.requests().len();
        let inside = house.post(&ana, "/api/v1/statuses", json!({"status": "Inside @eve@remote.example", "local_only": true})).await;
        assert_eq!(inside.status, 422, "nobody outside is named inside: {}", inside.body);
        assert!(inside.body["error"].as_str().unwrap().contains("@eve@remote.example"), "{}", inside.body);
        house.says(&ana, json!({"status": "Inside: npm i @eve@1.2.3, mail eve@remote.example", "local_only": true})).await;
        assert_eq!(house.documents.requests().len(), asked, "what is written inside asks nobody outside");
        let status = house.post(&ana, "/api/v1/statuses", json!({"status": "Hello @eve@remote.example"})).await.ok();
        assert_eq!(status["mentions"][0]["acct"], "eve@remote.example");
        let requests = house.documents.requests();
        let asked = requests.iter().filter(|address| address.contains("/.well-known/webfinger") && address.contains("eve")).count();
        assert_eq!(asked, 1, "her server is asked once whose the handle is: {requests:?}");
        let nobody = house.get(None, "/api/v2/search?q=https%3A%2F%2Fremote.example%2Fnotes%2F1").await.ok();
        assert_eq!(nobody["statuses"], json!([]));
        let found = house.get(&ana, "/api/v2/search?resolve=true&q=https%3A%2F%2Fremote.example%2Fnotes%2F1").await.ok();
        assert_eq!(found["statuses"][0]["content"], "<p>Tea?</p>");
        assert_eq!(found["statuses"][0]["account"]["acct"], "eve@remote.example");
        let found = house.get(&ana, "/api/v1/accounts/search?resolve=true&q=@eve@remote.example").await.ok();
        assert_eq!(found.as_array().unwrap().len(), 1);
    }

    async fn a_profile_changes_in_every_form(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let path = "/api/v1/accounts/update_credentials";
        let changed = house.call(Some(&ana), Method::PATCH, path, json!({
            "display_name": "Ana Maria", "note": "Likes <tea>", "bot": true, "discoverable": false,
            "fields_attributes": [{"name": "Site", "value": "https://ana.example"}, {"name": "", "value": ""}],
        })).await.ok();
        assert_eq!((&changed["display_name"], &changed["source"]["note"], &changed["bot"]), (&json!("Ana Maria"), &json!("Likes <tea>"), &json!(true)));
        assert!(!changed["note"].as_str().unwrap().contains("<tea>"), "{}", changed["note"]);
        assert_eq!(changed["fields"].as_array().unwrap().len(), 1);
        assert_eq!(changed["source"]["fields"][0]["value"], "https://ana.example");
        let multipart = "--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n\r\n--x\r\n\
            Content-Disposition: form-data; name=\"fields_attributes[1][name]\"\r\n\r\nB\r\n--x\r\n\
            Content-Disposition: form-data; name=\"fields_attributes[1][value]\"\r\n\r\n2\r\n--x\r\n\
            Content-Disposition: form-data; name=\"fields_attributes[0][name]\"\r\n\r\nA\r\n--x--\r\n";
        let request = Request::put(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", ana.token))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .body(Body::from(multipart))
            .unwrap();
        let changed = house.send(request).await.ok();
        assert_eq!((&changed["display_name"], &changed["note"]), (&json!("Ana Maria"), &json!("")));
        assert_eq!(changed["fields"].as_array().unwrap().iter().map(|field| &field["name"]).collect::<Vec<_>>(), ["A", "B"]);
        for body in [json!({"display_name": "x".repeat(101)}), json!({"note": "x".repeat(1001)}), json!({"fields_attributes": vec![json!({"name": "a", "value": "b"}); 9]}), json!({"locked": "perhaps"})] {
            assert_eq!(house.call(Some(&ana), Method::PATCH, path, body.clone()).await.status, 422, "{body}");
        }
    }

    async fn a_follower_from_elsewhere_is_listed(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let eve = house.stranger("eve", "remote.example").await;
        let (site, target, by) = (house.app.site.clone(), ana.actor, By::Remote { actor: eve.id, activity: Some("https://remote.example/follows/1".to_owned()) });
        house.app.db.write(move |tx| follows::request(tx, &site, &by, target, &Wishes::default())).await.unwrap();
        assert_eq!(ids(&house.get(None, &format!("/api/v1/accounts/{}/followers", ana.id())).await.ok()), [eve.id.to_string()]);
        let told = house.get(&ana, "/api/v1/notifications").await.ok();
        assert_eq!((&told[0]["type"], &told[0]["account"]["acct"]), (&json!("follow"), &json!("eve@remote.example")));
    }
}
