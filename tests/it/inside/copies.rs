//! A copy of an internal post is another text for everybody, to which those agree who are in it.

use diesel::{QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text};
use guildhall::domain::accounts::{self, GrantRole};
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{API, letters, reached};
use crate::{
    brands::{brand, give},
    mastodon::{House, Person, Reply, ids},
    migrations,
};

#[derive(QueryableByName)]
struct State {
    #[diesel(sql_type = Text)]
    state: String,
}

/// Asks for a copy; answers what was answered.
pub async fn asks(house: &House, who: &Person, source: &str, body: Value) -> Reply {
    house.post(who, &format!("{API}/posts/{source}/publish-copy"), body).await
}

/// Does something with the version of a request that somebody saw.
pub async fn with(house: &House, who: &Person, method: Method, path: &str, version: i64, body: Value) -> Reply {
    let request = Request::builder()
        .method(method)
        .uri(format!("{API}/publish-requests/{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::IF_MATCH, format!("\"{version}\""));
    house.send(request.body(body.to_string().into()).unwrap()).await
}

/// Agrees to the version of a request that somebody saw.
pub async fn agrees(house: &House, who: &Person, id: &str, version: i64) -> Reply {
    with(house, who, Method::POST, &format!("{id}/consent"), version, json!({})).await
}

pub fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("no id: {value}")).to_owned()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["username"].as_str().unwrap()).collect()
}

fn consents(request: &Value) -> Vec<(&str, &str)> {
    request["consents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["username"].as_str().unwrap(), row["state"].as_str().unwrap()))
        .collect()
}

async fn reads(house: &House, who: &Person, id: &str) -> Value {
    house.get(who, &format!("{API}/publish-requests/{id}")).await.ok()
}

async fn waits_for(house: &House, who: &Person) -> Vec<String> {
    ids(&house.get(who, &format!("{API}/publish-requests?state=waiting_for_consent")).await.ok())
}

async fn told(house: &House, who: &Person) -> usize {
    let told = house.get(who, "/api/v1/notifications?types[]=guildhall.consent").await.ok();
    told.as_array().unwrap().len()
}

/// Somebody is called otherwise from now on.
async fn called(house: &House, who: &Person, name: &str) {
    let update = format!("UPDATE actors SET name = '{name}' WHERE id = {}", who.actor);
    house.app.db.write(move |tx| Ok(sql_query(&update).execute(tx.conn())?)).await.unwrap();
}

async fn posts_of(house: &House, who: &Person) -> Vec<String> {
    ids(&house.get(None, &format!("/api/v1/accounts/{}/statuses", who.id())).await.ok())
}

on_both! {
    async fn a_copy_is_published_when_those_agree_who_are_in_it(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo, fred) =
            (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await, house.employee("fred").await);
        for (who, name) in [(&ana, "ana"), (&cleo, "cleo"), (&fred, "fred")] {
            reached(&house, who, name).await;
        }
        let said = json!({"status": "Ben and @cleo say that we open on Monday insidecanary", "local_only": true, "spoiler_text": "Opening", "language": "de"});
        let source = house.says(&ana, said).await;
        let before = house.get(&ana, &format!("/api/v1/statuses/{source}")).await.ok();
        let asked = asks(&house, &fred, &source, json!({"body": "We open on Monday, says Cleo outsidecanary"})).await.ok();
        let copy = id(&asked);
        assert_eq!((&asked["state"], &asked["version"], &asked["audience"]), (&json!("waiting_for_consent"), &json!(1), &json!("public")));
        // What the original warns of and its language are what a copy begins with.
        assert_eq!((&asked["content_warning"], &asked["language"], &asked["asks_you"]), (&json!("Opening"), &json!("de"), &json!(false)));
        assert_eq!(consents(&asked), [("ana", "asked"), ("cleo", "asked")]);
        assert_eq!(names(&asked["names_removed"]), ["ana", "ben"]);
        // Who is asked knows by whom.
        assert_eq!(reads(&house, &cleo, &copy).await["asked_by"]["username"], "fred");
        let kept: Vec<&str> = asked["diff"].as_array().unwrap().iter().filter(|run| run["op"] == "kept").map(|run| run["text"].as_str().unwrap()).collect();
        assert_eq!(kept, ["open on"], "{}", asked["diff"]);
        assert_eq!((told(&house, &ana).await, told(&house, &cleo).await, told(&house, &ben).await), (1, 1, 0));
        let sent = letters(&house).await;
        assert_eq!(sent.len(), 2);
        assert!(sent.iter().all(|letter| !letter.contains("canary") && !letter.contains(&source) && letter.contains("consent")), "{sent:?}");
        assert_eq!((waits_for(&house, &ana).await, waits_for(&house, &cleo).await), (vec![copy.clone()], vec![copy.clone()]));

        let one = agrees(&house, &ana, &copy, 1).await.ok();
        assert_eq!((&one["state"], consents(&one)), (&json!("waiting_for_consent"), vec![("ana", "given"), ("cleo", "asked")]));
        for (who, waits) in [(&ana, 0), (&ben, 0), (&cleo, 1), (&fred, 0)] {
            assert_eq!(house.get(who, &format!("{API}/drafts/waiting")).await.ok()["consents"], waits);
        }
        assert_eq!((told(&house, &ana).await, told(&house, &fred).await), (0, 1));
        assert!(posts_of(&house, &fred).await.is_empty());
        // Who agreed is not asked again because another did.
        assert_eq!(agrees(&house, &ana, &copy, 1).await.ok()["state"], "waiting_for_consent");
        assert_eq!(letters(&house).await.len(), 2);
        let all = agrees(&house, &cleo, &copy, 1).await.ok();
        assert_eq!(all["state"], "published");
        let post = id(&all["post"]);
        assert_eq!(posts_of(&house, &fred).await, std::slice::from_ref(&post));
        assert_eq!(agrees(&house, &cleo, &copy, 1).await.ok()["state"], "published");

        let seen = house.get(None, &format!("/api/v1/statuses/{post}")).await.ok();
        assert_eq!((&seen["content"], &seen["spoiler_text"], &seen["in_reply_to_id"]), (&json!("<p>We open on Monday, says Cleo outsidecanary</p>"), &json!("Opening"), &json!(null)));
        assert!(!seen.to_string().contains(&source) && !seen.to_string().contains("insidecanary") && seen["guildhall"].get("counterparts").is_none(), "{seen}");
        // What people agreed to is changed by nobody afterwards.
        assert_eq!(house.put(&fred, &format!("/api/v1/statuses/{post}"), json!({"status": "And ben insidecanary"})).await.status, 422);
        // The original is as it was, but that who may read it sees the copy, and the other way round.
        let after = house.get(&ben, &format!("/api/v1/statuses/{source}")).await.ok();
        assert_eq!((&after["content"], &after["edited_at"], &after["replies_count"]), (&before["content"], &json!(null), &json!(0)));
        assert_eq!(ids(&after["guildhall"]["counterparts"]), std::slice::from_ref(&post));
        let inside = house.get(&ben, &format!("/api/v1/statuses/{post}")).await.ok();
        assert_eq!(ids(&inside["guildhall"]["counterparts"]), std::slice::from_ref(&source));
        // It is written down, in the log of the house.
        let log = house.app.db.read(|conn| guildhall::domain::audit::list(conn, &guildhall::domain::audit::Of::Everybody, &guildhall::domain::Page { limit: 100, ..Default::default() })).await.unwrap();
        let acts: Vec<String> = log.into_iter().rev().filter(|one| one.act.starts_with("copy.")).map(|one| one.act).collect();
        assert_eq!(acts, ["copy.asked", "copy.consented", "copy.consented", "copy.published"]);
        // When the original goes, what is outside stays.
        house.delete(&ana, &format!("/api/v1/statuses/{source}")).await.ok();
        assert_eq!(reads(&house, &fred, &copy).await["source"], json!(null));
        assert_eq!(house.get(&cleo, &format!("{API}/publish-requests/{copy}")).await.status, 404);
        assert_eq!(posts_of(&house, &fred).await, [post]);
    }

    async fn ones_own_post_needs_nobody_else(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let source = house.says(&ana, json!({"status": "Thought aloud with @ben", "local_only": true})).await;
        let asked = asks(&house, &ana, &source, json!({"body": "Thought twice", "audience": "unlisted"})).await.ok();
        assert_eq!((&asked["state"], names(&asked["names_removed"])), (&json!("published"), vec!["ben"]));
        let post = house.get(None, &format!("/api/v1/statuses/{}", id(&asked["post"]))).await.ok();
        assert_eq!((&post["visibility"], &post["account"]["username"]), (&json!("unlisted"), &json!("ana")));
        // A picture that is uploaded anew waits with the copy, and is nobody else's meanwhile.
        let media = house.uploaded(&ana).await;
        let asked = asks(&house, &ana, &source, json!({"body": "With @ben", "media": [id(&media)]})).await.ok();
        assert_eq!(consents(&asked), [("ana", "given"), ("ben", "asked")]);
        let path = format!("/api/v1/media/{}", id(&media));
        assert_eq!(house.put(&ana, &path, json!({"description": "Another"})).await.status, 422);
        assert_eq!(house.delete(&ana, &path).await.status, 422);
        assert_eq!(house.post(&ana, "/api/v1/statuses", json!({"status": "Mine", "media_ids": [id(&media)]})).await.status, 422);
        let published = agrees(&house, &ben, &id(&asked), 1).await.ok();
        let post = house.get(None, &format!("/api/v1/statuses/{}", id(&published["post"]))).await.ok();
        assert_eq!(post["media_attachments"].as_array().unwrap().len(), 1);
        // A file of the original is not taken outside.
        let hung = house.uploaded(&ana).await;
        let with_file = house.says(&ana, json!({"status": "Look", "local_only": true, "media_ids": [id(&hung)]})).await;
        assert_eq!(asks(&house, &ana, &with_file, json!({"body": "Look", "media": [id(&hung)]})).await.status, 422);
    }

    async fn what_cannot_be_a_copy_is_refused(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo, dora) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await, house.customer("dora").await);
        let source = house.says(&ana, json!({"status": "@dora and Cleo wait for us", "local_only": true})).await;
        let public = house.says(&ana, json!({"status": "Hello"})).await;
        let account = cleo.account;
        house.app.db.write(move |tx| accounts::set_suspended(tx, account, true)).await.unwrap();
        for (source, body, code) in [
            (&public, json!({"body": "Hello again"}), "copy.source"),
            (&source, json!({}), "copy.text"),
            (&source, json!({"body": " \u{200b}"}), "copy.text"),
            (&source, json!({"body": format!("As in https://social.company.example/@ana/{source}")}), "copy.link"),
            (&source, json!({"body": "Hello", "content_warning": source}), "copy.link"),
            (&source, json!({"body": "Hello", "audience": "followers"}), "copy.audience"),
            (&source, json!({"body": "Hello", "format": "html"}), "draft.format"),
            (&source, json!({"body": "x".repeat(501)}), "post.too_long"),
            (&source, json!({"body": "Hello", "media": ["1"]}), "media.unknown"),
            // Who may not read the original is not asked, and so not named; nor is who is locked out.
            (&source, json!({"body": "@Dora waits for us"}), "copy.consent"),
            (&source, json!({"body": "@cleo waits for us"}), "copy.consent"),
        ] {
            let refused = asks(&house, &ben, source, body.clone()).await;
            assert_eq!((refused.status.as_u16(), refused.body["code"].as_str().unwrap()), (422, code), "{body}: {}", refused.body);
        }
        assert!(ids(&house.get(&ben, &format!("{API}/publish-requests")).await.ok()).is_empty());
        let nobodys = brand(&house, "acme").await;
        assert_eq!(asks(&house, &ben, &source, json!({"body": "Hello", "actor": nobodys.to_string()})).await.status, 404);
        for outsider in [&dora] {
            assert_eq!(asks(&house, outsider, &source, json!({"body": "Hello"})).await.status, 404);
        }
        assert_eq!(house.post(None, &format!("{API}/posts/{source}/publish-copy"), json!({"body": "Hello"})).await.status, 401);
    }

    async fn who_may_do_what_with_a_request(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo, dora) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await, house.customer("dora").await);
        let source = house.says(&ana, json!({"status": "Among us", "local_only": true})).await;
        let asked = asks(&house, &ben, &source, json!({"body": "For everybody"})).await.ok();
        let copy = id(&asked);
        let speaker = house.brand_of(&ana).await;
        // Whoever is not asked finds nothing; a token of a brand reads nothing of what is inside.
        for (who, expected) in [(&cleo, 404), (&dora, 404), (&speaker, 403)] {
            assert_eq!(house.get(who, &format!("{API}/publish-requests/{copy}")).await.status, expected);
            assert_eq!(agrees(&house, who, &copy, 1).await.status, expected);
            assert_eq!(with(&house, who, Method::PATCH, &copy, 1, json!({"body": "Mine"})).await.status, expected);
            for verb in ["decline", "withdraw"] {
                assert_eq!(house.post(who, &format!("{API}/publish-requests/{copy}/{verb}"), json!({})).await.status, expected);
            }
        }
        assert!(waits_for(&house, &cleo).await.is_empty() && waits_for(&house, &dora).await.is_empty());
        // Whoever asked does not agree for others, and whoever is asked does not change it.
        assert_eq!(agrees(&house, &ben, &copy, 1).await.status, 403);
        assert_eq!(house.post(&ben, &format!("{API}/publish-requests/{copy}/decline"), json!({})).await.status, 403);
        assert_eq!(house.post(&ana, &format!("{API}/publish-requests/{copy}/withdraw"), json!({})).await.status, 403);
        assert_eq!(with(&house, &ana, Method::PATCH, &copy, 1, json!({"body": "Mine"})).await.status, 403);
        assert_eq!(house.post(&ana, &format!("{API}/publish-requests/{copy}/consent"), json!({})).await.status, 400);
        // Another text asks again, and an agreement to the one before is none.
        let changed = with(&house, &ben, Method::PATCH, &copy, 1, json!({"body": "For all"})).await.ok();
        assert_eq!((&changed["version"], consents(&changed)), (&json!(2), vec![("ana", "asked")]));
        let stale = agrees(&house, &ana, &copy, 1).await;
        assert_eq!((stale.status.as_u16(), &stale.body["current"]["body"]), (409, &json!("For all")));
        assert_eq!(with(&house, &ben, Method::PATCH, &copy, 1, json!({"body": "Late"})).await.status, 409);
        house.post(&ana, &format!("{API}/publish-requests/{copy}/decline"), json!({})).await.ok();
        assert_eq!(agrees(&house, &ana, &copy, 2).await.status, 409);
        assert_eq!(with(&house, &ben, Method::PATCH, &copy, 2, json!({"body": "Again"})).await.status, 409);
        assert_eq!((told(&house, &ana).await, told(&house, &ben).await), (0, 1));
        // Taken back, it is over.
        let other = id(&asks(&house, &ben, &source, json!({"body": "For everybody"})).await.ok());
        assert_eq!(house.post(&ben, &format!("{API}/publish-requests/{other}/withdraw"), json!({})).await.ok()["state"], "withdrawn");
        assert_eq!(agrees(&house, &ana, &other, 1).await.status, 409);
        assert!(posts_of(&house, &ben).await.is_empty());
        // Nobody agrees to what whoever asked may not read or write any more.
        let third = id(&asks(&house, &ben, &source, json!({"body": "For everybody"})).await.ok());
        let account = ben.account;
        house.app.db.write(move |tx| accounts::set_suspended(tx, account, true)).await.unwrap();
        let refused = agrees(&house, &ana, &third, 1).await;
        // That is no fault of hers.
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("copy.not_now")), "{}", refused.body);
        assert_eq!(consents(&reads(&house, &ana, &third).await), [("ana", "asked")]);
    }

    async fn a_copy_that_is_asked_for_twice_is_one(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let source = house.says(&ana, json!({"status": "Among us", "local_only": true})).await;
        let keyed = async |body: &str| {
            let request = Request::post(format!("{API}/posts/{source}/publish-copy"))
                .header(header::AUTHORIZATION, format!("Bearer {}", ben.token))
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", "once");
            house.send(request.body(json!({"body": body}).to_string().into()).unwrap()).await
        };
        let (one, two) = (keyed("For everybody").await.ok(), keyed("For everybody").await.ok());
        assert_eq!(one["id"], two["id"]);
        assert_eq!(keyed("Something else").await.status, 422);
        agrees(&house, &ana, &id(&one), 1).await.ok();
        assert_eq!(keyed("For everybody").await.ok()["state"], "published");
        assert_eq!(posts_of(&house, &ben).await.len(), 1);
    }

    async fn a_team_is_asked_among_itself(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", accounts::AccountKind::Employee, accounts::Role::Owner).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        let team = house.post(&boss, "/api/guildhall/v1/teams", json!({"name": "Press", "members": ["ana", "ben"]})).await.ok();
        let source = house.says(&ana, json!({"status": "Cleo does not know yet", "guildhall_audience": team["audience"]})).await;
        assert_eq!(asks(&house, &cleo, &source, json!({"body": "I know"})).await.status, 404);
        let refused = asks(&house, &ben, &source, json!({"body": "Cleo knows"})).await;
        assert_eq!(refused.body["code"], "copy.consent", "{}", refused.body);
        let copy = id(&asks(&house, &ben, &source, json!({"body": "Everybody knows"})).await.ok());
        // Who leaves the team learns nothing more of it, and publishes nothing of it.
        house.delete(&boss, &format!("/api/guildhall/v1/teams/{}/members/ben", id(&team))).await.ok();
        assert_eq!((&reads(&house, &ben, &copy).await["source"], &reads(&house, &ben, &copy).await["diff"]), (&json!(null), &json!([])));
        assert_eq!(agrees(&house, &ana, &copy, 1).await.status, 409);
        assert!(posts_of(&house, &ben).await.is_empty());
    }

    async fn a_copy_of_a_brand_goes_the_way_of_its_drafts(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, pat, abe) = (house.employee("ana").await, house.employee("ben").await, house.employee("pat").await, house.employee("abe").await);
        let acme = brand(&house, "acme").await;
        for (who, role) in [(&ben, GrantRole::Contributor), (&pat, GrantRole::Manager), (&abe, GrantRole::Manager)] {
            give(&house, who, acme, role).await.unwrap();
        }
        reached(&house, &abe, "abe").await;
        house.put(&pat, &format!("{API}/actors/{acme}/policy"), json!({"min_approvals": 1})).await.ok();
        let source = house.says(&ana, json!({"status": "Among us", "local_only": true})).await;
        let copy = id(&asks(&house, &ben, &source, json!({"body": "For everybody", "actor": acme.to_string()})).await.ok());
        assert_eq!(house.get(&pat, &format!("{API}/drafts")).await.ok(), json!([]));
        let drafted = agrees(&house, &ana, &copy, 1).await.ok();
        assert_eq!((&drafted["state"], &drafted["post"]), (&json!("drafted"), &json!(null)));
        let draft = drafted["draft"].as_str().unwrap().to_owned();
        let path = format!("{API}/drafts/{draft}");
        assert_eq!(house.get(&pat, &path).await.ok()["body"], "For everybody");
        // Its text is the one to which people agreed; nobody changes it, whatever they may do for the brand.
        let version = async |path: &str| house.get(&pat, path).await.ok()["version"].as_i64().unwrap();
        let save = async |who: &Person, body: Value| {
            let request = Request::patch(&path)
                .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::IF_MATCH, format!("\"{}\"", version(&path).await));
            house.send(request.body(body.to_string().into()).unwrap()).await
        };
        for who in [&ben, &pat] {
            assert_eq!(save(who, json!({"body": "Something else"})).await.body["code"], "draft.consent");
        }
        // Whoever agreed takes it back, and nothing is published, in no emergency.
        house.post(&ana, &format!("{API}/publish-requests/{copy}/decline"), json!({})).await.ok();
        assert_eq!(house.get(&pat, &path).await.ok()["state"], "discarded");
        assert_eq!(house.post(&pat, &format!("{path}/override"), json!({"reason": "It cannot wait any longer."})).await.status, 409);
        // The next one goes through.
        let copy = id(&asks(&house, &ben, &source, json!({"body": "For everybody!", "actor": acme.to_string()})).await.ok());
        let draft = agrees(&house, &ana, &copy, 1).await.ok()["draft"].as_str().unwrap().to_owned();
        let path = format!("{API}/drafts/{draft}");
        house.post(&ben, &format!("{path}/submit"), json!({})).await.ok();
        assert_eq!(house.post(&pat, &format!("{path}/publish"), json!({})).await.status, 403);
        let approve = Request::post(format!("{path}/approve"))
            .header(header::AUTHORIZATION, format!("Bearer {}", abe.token))
            .header(header::IF_MATCH, format!("\"{}\"", version(&path).await));
        assert_eq!(house.send(approve.body(String::new().into()).unwrap()).await.ok()["state"], "approved");
        let account = ana.account;
        house.app.db.write(move |tx| accounts::set_suspended(tx, account, true)).await.unwrap();
        assert_eq!(house.post(&pat, &format!("{path}/publish"), json!({})).await.status, 409);
        house.app.db.write(move |tx| accounts::set_suspended(tx, account, false)).await.unwrap();
        let published = house.post(&pat, &format!("{path}/publish"), json!({})).await.ok();
        let post = id(&published["post"]);
        assert_eq!((&reads(&house, &ben, &copy).await["state"], id(&reads(&house, &ben, &copy).await["post"])), (&json!("published"), post.clone()));
        assert_eq!(ids(&house.get(&pat, &format!("/api/v1/statuses/{source}")).await.ok()["guildhall"]["counterparts"]), [post]);
    }

    async fn a_name_is_a_name_however_it_is_typed(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, cleo) = (house.employee("ana").await, house.employee("cleo").await);
        called(&house, &cleo, "Cleo Silva (she/her) 🌻").await;
        let source = house.says(&ana, json!({"status": "We open on Monday, says Cleo  Silva", "local_only": true})).await;
        for text in ["cleo silva", "Cleo\nSilva", "Cleo  Silva", "Cleo\u{a0}Silva", "C\u{200b}leo Sil\u{ad}va", "Cle\u{301}o Silva", "_Cleo_ **Silva**"] {
            let asked = asks(&house, &ana, &source, json!({"body": format!("So says {text}.")})).await.ok();
            assert_eq!(consents(&asked), [("ana", "given"), ("cleo", "asked")], "{text:?}");
        }
        let asked = asks(&house, &ana, &source, json!({"body": "So says Cleopatra of Silva."})).await.ok();
        assert_eq!((&asked["state"], names(&asked["names_removed"])), (&json!("published"), vec!["cleo"]));
    }

    async fn nobody_stops_a_copy_by_what_they_are_called(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo, fred) =
            (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await, house.employee("fred").await);
        let (greta, dora) = (house.employee("greta").await, house.customer("dora").await);
        // Who does not work here is called as they like, and nobody is asked for it.
        called(&house, &dora, "Monday").await;
        let source = house.says(&ana, json!({"status": "We open on Monday, say Cleo and @ben", "local_only": true})).await;
        let asked = asks(&house, &fred, &source, json!({"body": "We open on Monday, say Cleo and Ben"})).await.ok();
        assert_eq!(consents(&asked), [("ana", "asked"), ("ben", "asked"), ("cleo", "asked")]);
        // Once people are asked they are who is asked, whoever takes another name meanwhile.
        called(&house, &greta, "Monday").await;
        called(&house, &cleo, "Somebody else").await;
        let copy = id(&asked);
        for who in [&ana, &ben] {
            assert_eq!(agrees(&house, who, &copy, 1).await.ok()["state"], "waiting_for_consent");
        }
        let all = agrees(&house, &cleo, &copy, 1).await.ok();
        assert_eq!((&all["state"], consents(&all)), (&json!("published"), vec![("ana", "given"), ("ben", "given"), ("cleo", "given")]));
        // Another request asks them as they are called then.
        let asked = asks(&house, &fred, &source, json!({"body": "We open on Monday"})).await.ok();
        assert_eq!(consents(&asked), [("ana", "asked"), ("greta", "asked")]);
    }

    async fn who_is_asked_sees_the_files(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let source = house.says(&ana, json!({"status": "Among us, @ben", "local_only": true})).await;
        let media = house.uploaded(&ana).await;
        house.put(&ana, &format!("/api/v1/media/{}", id(&media)), json!({"description": "A kettle"})).await.ok();
        let copy = id(&asks(&house, &ana, &source, json!({"body": "With @ben", "media": [id(&media)]})).await.ok());
        let seen = reads(&house, &ben, &copy).await;
        assert_eq!(seen["media"], json!([id(&media)]));
        let file = &seen["files"][0];
        assert_eq!((&file["id"], &file["type"], &file["description"]), (&media["id"], &json!("image"), &json!("A kettle")));
        assert_eq!(house.file(file["url"].as_str().unwrap(), &[]).await.status, 200);
        // When nothing comes of it, it is its owner's again, and what they do with it is nobody's business.
        house.post(&ben, &format!("{API}/publish-requests/{copy}/decline"), json!({})).await.ok();
        assert_eq!(reads(&house, &ben, &copy).await["files"], json!([]));
    }

    async fn a_copy_ends_with_its_draft(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, pat) = (house.employee("ana").await, house.employee("ben").await, house.employee("pat").await);
        let acme = brand(&house, "acme").await;
        give(&house, &ben, acme, GrantRole::Contributor).await.unwrap();
        give(&house, &pat, acme, GrantRole::Manager).await.unwrap();
        let source = house.says(&ana, json!({"status": "Among us", "local_only": true})).await;
        for (who, state, more) in [(&pat, "declined", 1), (&ben, "withdrawn", 0)] {
            let copy = id(&asks(&house, &ben, &source, json!({"body": "For everybody", "actor": acme.to_string()})).await.ok());
            let draft = agrees(&house, &ana, &copy, 1).await.ok()["draft"].as_str().unwrap().to_owned();
            let before = told(&house, &ben).await;
            assert!(house.delete(who, &format!("{API}/drafts/{draft}")).await.status.is_success());
            assert_eq!((&reads(&house, &ben, &copy).await["state"], told(&house, &ben).await), (&json!(state), before + more));
            // There is nothing left to answer, and it does not count among those that are open.
            assert_eq!(house.post(&ana, &format!("{API}/publish-requests/{copy}/decline"), json!({})).await.status.is_success(), state == "declined");
        }
    }

    async fn without_the_tables_of_consent_no_draft_of_a_copy_is_left(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let acme = brand(&house, "acme").await;
        give(&house, &ben, acme, GrantRole::Publisher).await.unwrap();
        let source = house.says(&ana, json!({"status": "Among us", "local_only": true})).await;
        let copy = id(&asks(&house, &ben, &source, json!({"body": "For everybody", "actor": acme.to_string()})).await.ok());
        let draft = agrees(&house, &ana, &copy, 1).await.ok()["draft"].as_str().unwrap().to_owned();
        let other = house.post(&ben, &format!("{API}/actors/{acme}/drafts"), json!({"body": "Another"})).await.ok();
        let engine = house.app.db.engine();
        let states: Vec<String> = house.app.db.write(move |tx| {
            for name in migrations::names(engine).iter().rev().take_while(|name| name.as_str() >= "2026-11-27-070100") {
                let down = std::fs::read_to_string(format!("{}/{name}/down.sql", migrations::folder(engine))).unwrap();
                tx.conn().batch_execute(&down)?;
            }
            let mut states = Vec::new();
            for id in [&draft, &id(&other)] {
                let found: Vec<State> = sql_query(format!("SELECT state FROM drafts WHERE id = {id}")).load(tx.conn())?;
                states.extend(found.into_iter().map(|row| row.state));
            }
            Ok(states)
        }).await.unwrap();
        assert_eq!(states, ["discarded", "draft"]);
    }
}
