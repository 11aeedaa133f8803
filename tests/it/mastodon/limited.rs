//! Whom a moderator limits, or whose server is: who follows them sees them as before, nobody else is shown them.

use guildhall::domain::{
    Page,
    accounts::{AccountKind, Role},
    actors,
    audit::{Of, list},
    follows, servers,
};
use http::Method;
use serde_json::{Value, json};

use super::{
    House, Person, follow, ids,
    streaming::{listen, serve},
};
use crate::{
    brands::{API, brand, desk::refused},
    support::database::TestDatabase,
};

const NOTHING: [&str; 0] = [];

async fn limit(house: &House, by: &Person, whom: &str, verb: &str) -> Value {
    house.post(by, &format!("{API}/accounts/{whom}/{verb}"), json!({"reason": "Noise"})).await.ok()
}

/// Lets somebody be found by all who look.
async fn be_found(house: &House, who: &Person) {
    let wishes = json!({"discoverable": true, "indexable": true});
    house.call(Some(who), Method::PATCH, "/api/v1/accounts/update_credentials", wishes).await.ok();
}

/// The ids of all that an answer lists.
fn listed(body: &Value) -> Vec<String> {
    if body.is_array() {
        return ids(body);
    }
    ["statuses", "accounts", "descendants"].iter().filter_map(|name| body.get(name)).flat_map(ids).collect()
}

/// A company with carl, whom only fay follows, and whom everybody finds before he is limited.
struct Town {
    house: House,
    mona: Person,
    carl: Person,
    fay: Person,
    /// Follows nobody.
    nora: Person,
    /// What carl said in public.
    post: String,
    /// A post of somebody else, which carl answered.
    root: String,
    answer: String,
}

impl Town {
    async fn open(database: TestDatabase) -> Self {
        let house = House::open(database).await;
        let mona = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        let (carl, dora) = (house.customer("carl").await, house.employee("dora").await);
        let (fay, nora) = (house.employee("fay").await, house.employee("nora").await);
        for who in [&carl, &dora] {
            be_found(&house, who).await;
        }
        follow(&house, &fay, &carl.id()).await;
        let root = house.says(&dora, json!({"status": "Who has tea?"})).await;
        let answer = house.says(&carl, json!({"status": "Darjeeling", "in_reply_to_id": root})).await;
        house.says(&dora, json!({"status": "Leaves #harvest"})).await;
        let post = house.says(&carl, json!({"status": "Harvest of leaves #harvest #carlonly"})).await;
        house.post(&dora, &format!("/api/v1/statuses/{post}/favourite"), json!({})).await.ok();
        Self { house, mona, carl, fay, nora, post, root, answer }
    }

    /// Each place in which everybody may come upon carl or his posts, with what of his stands there.
    fn places(&self) -> Vec<(String, String)> {
        let (post, carl) = (&self.post, self.carl.id());
        [
            ("/api/v1/timelines/public", post),
            ("/api/v1/timelines/public?local=true", post),
            ("/api/v1/timelines/tag/harvest", post),
            ("/api/v1/trends/statuses", post),
            ("/api/v1/directory", &carl),
            ("/api/v1/directory?order=new", &carl),
        ]
        .into_iter()
        .map(|(path, id)| (path.to_owned(), id.clone()))
        .collect()
    }

    /// And those that are kept open for who follows him.
    fn searches(&self) -> Vec<(String, String)> {
        vec![
            ("/api/v2/search?type=statuses&q=leaves".to_owned(), self.post.clone()),
            ("/api/v2/search?type=accounts&q=car".to_owned(), self.carl.id()),
            ("/api/v1/accounts/search?q=car".to_owned(), self.carl.id()),
            (format!("/api/v1/statuses/{}/context", self.root), self.answer.clone()),
        ]
    }

    async fn shows(&self, who: &Person, path: &str, id: &str) -> bool {
        listed(&self.house.get(who, path).await.ok()).iter().any(|row| row == id)
    }

    async fn page(&self, path: &str) -> String {
        self.house.get(None, path).await.body.as_str().unwrap_or_default().to_owned()
    }
}

on_both! {
    async fn who_is_limited_is_shown_to_their_followers_alone(database: TestDatabase) {
        let town = Town::open(database).await;
        let house = &town.house;
        let suggested = "/api/v1/suggestions".to_owned();
        for (path, id) in town.places().iter().chain(&town.searches()) {
            assert!(town.shows(&town.nora, path, id).await, "{path}: a control");
        }
        assert!(town.shows(&town.nora, &suggested, &town.carl.id()).await);
        assert!(town.page("/tags/harvest").await.contains("Harvest of leaves"));
        let profile = format!("{}/@carl", super::BASE);
        assert!(town.page("/sitemap/pages.xml").await.contains(&profile));
        assert!(town.page("/sitemap/posts-2026-11.xml").await.contains(&town.post));
        assert!(!town.page("/@carl").await.contains("noindex"));
        let tags = "/api/v1/trends/tags";
        assert_eq!(house.get(None, tags).await.ok()[0]["name"], "harvest");
        let told = limit(house, &town.mona, "carl", "limit").await;
        assert_eq!((&told["acct"], &told["limited_at"], &told["limited_with_server"]), (&json!("carl"), &json!("2026-11-01T12:00:00.000Z"), &json!(false)));
        for who in [&town.fay, &town.nora, &town.carl] {
            for (path, id) in town.places() {
                assert!(!town.shows(who, &path, &id).await, "{path}");
            }
        }
        for (path, id) in town.searches() {
            assert!(!town.shows(&town.nora, &path, &id).await, "{path}");
            for who in [&town.fay, &town.carl] {
                assert!(town.shows(who, &path, &id).await, "{path}: who follows sees him, and he himself");
            }
        }
        assert!(!town.shows(&town.nora, &suggested, &town.carl.id()).await);
        assert_eq!(house.get(None, tags).await.ok(), json!([]), "one alone writes about it now");
        assert_eq!(house.get(&town.nora, "/api/v2/search?type=hashtags&q=carlonly").await.ok()["hashtags"], json!([]));
        assert_eq!(house.get(None, "/api/v1/tags/harvest").await.ok()["history"][0]["uses"], "1");
        let context = house.get(None, &format!("/api/v1/statuses/{}/context", town.root)).await.ok();
        assert_eq!(context["descendants"], json!([]));
        // Pages for everybody.
        assert!(!town.page("/tags/harvest").await.contains("Harvest of leaves"));
        for path in ["/sitemap/pages.xml", "/sitemap/posts-2026-11.xml"] {
            let map = town.page(path).await;
            assert!(map.contains("<urlset") && !map.contains("/@carl"), "{path}: {map}");
        }
        for path in ["/@carl".to_owned(), format!("/@carl/{}", town.post)] {
            assert!(town.page(&path).await.contains("noindex"), "{path}");
        }
        assert_eq!(house.get(None, "/@carl/feed.atom").await.headers["x-robots-tag"], "noindex");
        for path in ["/".to_owned(), format!("/@dora/{}", town.root)] {
            let page = town.page(&path).await;
            assert!(page.contains("Who has tea?") && !page.contains("Darjeeling"), "{path}");
        }
        assert!(!town.page("/tags/harvest/feed.atom").await.contains("Harvest of leaves"));
        // Who asks for him finds him, and apps hear how it stands.
        for (path, who) in [(format!("/api/v1/accounts/{}", town.carl.id()), None), ("/api/v1/accounts/lookup?acct=carl".to_owned(), None), (format!("/api/v1/accounts/{}", town.carl.id()), Some(&town.fay))] {
            assert_eq!(house.get(who, &path).await.ok()["limited"], true, "{path}");
        }
        let named = house.get(&town.nora, "/api/v2/search?type=accounts&q=carl@company.example").await.ok();
        assert_eq!(ids(&named["accounts"]), [town.carl.id()]);
        // His whole handle here is his username, and stands before those that begin so.
        let carla = house.customer("carla").await;
        for who in [&town.nora, &town.fay] {
            follow(house, who, &carla.id()).await;
        }
        for path in ["/api/v1/accounts/search?q=@carl", "/api/v1/accounts/search?q=CARL&resolve=true", "/api/v2/search?type=accounts&resolve=true&q=@carl"] {
            for reader in [&town.nora, &town.fay] {
                assert_eq!(listed(&house.get(reader, path).await.ok()), [town.carl.id(), carla.id()], "{path}");
            }
        }
        assert!(!town.shows(&town.nora, "/api/v1/accounts/search?q=carl&following=true", &town.carl.id()).await);
        assert_eq!(ids(&house.get(&town.nora, &format!("/api/v1/accounts/{}/statuses", town.carl.id())).await.ok()).len(), 2);
        let status = house.get(&town.nora, &format!("/api/v1/statuses/{}", town.post)).await.ok();
        assert_eq!(status["account"]["limited"], true);
        // Who follows reads him at home.
        let more = house.says(&town.carl, json!({"status": "More"})).await;
        assert_eq!(ids(&house.get(&town.fay, "/api/v1/timelines/home").await.ok())[0], more);
        // All is as before when it ends.
        limit(house, &town.mona, "carl", "unlimit").await;
        for (path, id) in town.places().iter().chain(&town.searches()) {
            assert!(town.shows(&town.nora, path, id).await, "{path}: again");
        }
        assert!(house.get(None, &format!("/api/v1/accounts/{}", town.carl.id())).await.ok().get("limited").is_none());
        let records = house.app.db.read(|conn| list(conn, &Of::Everybody, &Page { limit: 10, ..Page::default() })).await.unwrap();
        let said: Vec<_> = records.iter().rev().map(|record| (record.act.as_str(), record.about.clone(), record.person_id, record.reason.as_deref())).collect();
        let about = format!("account:{}", town.carl.account);
        assert_eq!(said, [("account.limited", about.clone(), Some(town.mona.account), Some("Noise")), ("account.unlimited", about, Some(town.mona.account), Some("Noise"))]);
    }

    async fn figures_beside_what_is_shown_leave_them_out_and_those_of_the_server_do_not(database: TestDatabase) {
        let town = Town::open(database).await;
        let house = &town.house;
        let users = async || house.get(None, "/api/v1/instance").await.ok()["stats"]["user_count"].as_i64().unwrap();
        let said = async || house.get(None, "/api/v1/instance").await.ok()["stats"]["status_count"].as_i64().unwrap();
        let (people, posts) = (users().await, said().await);
        assert_eq!(house.get(None, "/nodeinfo/2.1").await.ok()["usage"]["users"]["total"], people);
        house.says(&town.nora, json!({"status": "Assam", "in_reply_to_id": town.answer})).await;
        let page = town.page("/").await;
        assert!(page.contains("3 people in this conversation"), "a control: {page}");
        limit(house, &town.mona, "carl", "limit").await;
        let page = town.page("/").await;
        assert!(page.contains("2 people in this conversation") && !page.contains("3 people"), "{page}");
        assert_eq!((users().await, said().await), (people, posts + 1), "as in Mastodon");
        let listening = async || {
            let now = house.app.db.now();
            let read = house.app.db.read(move |conn| guildhall::domain::timelines::listening(conn, now)).await;
            let read = read.unwrap();
            (read.answers, read.announcements)
        };
        assert_eq!(listening().await, (1, 2), "of carl's answer and his post nothing");
        limit(house, &town.mona, "carl", "unlimit").await;
        assert_eq!(listening().await, (2, 3));
        house.post(&town.mona, &format!("{API}/accounts/carl/suspend"), json!({"reason": "Worse"})).await.ok();
        assert_eq!(users().await, people - 1);
    }

    async fn who_is_limited_stands_neither_above_answers_nor_in_quotes(database: TestDatabase) {
        let town = Town::open(database).await;
        let house = &town.house;
        let gina = house.employee("gina").await;
        let reply = house.says(&gina, json!({"status": "Assam!", "in_reply_to_id": town.answer})).await;
        let quote = house.says(&gina, json!({"status": "As he says", "quoted_status_id": town.post})).await;
        let rows = async |who: &Person, id: &str, part: &str| ids(&house.get(who, &format!("/api/v1/statuses/{id}/context")).await.ok()[part]);
        assert_eq!(rows(&town.nora, &reply, "ancestors").await, [town.root.clone(), town.answer.clone()], "a control");
        assert_eq!(rows(&town.nora, &town.root, "descendants").await, [town.answer.clone(), reply.clone()]);
        assert!(town.page(&format!("/@gina/{reply}")).await.contains("Darjeeling"));
        assert!(town.page(&format!("/@gina/{quote}")).await.contains("Harvest of leaves"));
        limit(house, &town.mona, "carl", "limit").await;
        assert_eq!(rows(&town.nora, &reply, "ancestors").await, std::slice::from_ref(&town.root));
        assert_eq!(rows(&town.nora, &town.root, "descendants").await, std::slice::from_ref(&reply), "what others answer to him stays");
        assert_eq!(rows(&town.fay, &reply, "ancestors").await, [town.root.clone(), town.answer.clone()]);
        assert!(!town.page(&format!("/@gina/{reply}")).await.contains("Darjeeling"));
        assert!(!town.page(&format!("/@gina/{quote}")).await.contains("Harvest of leaves"));
        for (who, state) in [(&town.nora, "unauthorized"), (&town.fay, "accepted")] {
            let shown = house.get(who, &format!("/api/v1/statuses/{quote}")).await.ok();
            assert_eq!((&shown["quote"]["state"], shown["quote"]["quoted_status"].is_object()), (&json!(state), state == "accepted"));
        }
    }

    async fn streams_and_followed_hashtags_leave_out_who_is_limited(database: TestDatabase) {
        let town = Town::open(database).await;
        let house = &town.house;
        house.post(&town.nora, "/api/v1/tags/harvest/follow", json!({})).await.ok();
        let home = async || ids(&house.get(&town.nora, "/api/v1/timelines/home").await.ok());
        assert!(home().await.contains(&town.post), "a control");
        limit(house, &town.mona, "carl", "limit").await;
        let address = serve(house).await;
        let mut noras = listen(&address, &town.nora, &["public", "public:local", "user"]).await;
        let mut fays = listen(&address, &town.fay, &["public", "user"]).await;
        let unheard = house.says(&town.carl, json!({"status": "Unheard #harvest"})).await;
        let heard = house.says(&town.mona, json!({"status": "Heard"})).await;
        let id = |payload: &str| serde_json::from_str::<Value>(payload).unwrap()["id"].as_str().unwrap().to_owned();
        for stream in ["public", "public:local"] {
            let (label, _, payload) = noras.event().await;
            assert_eq!((label, id(&payload)), (json!([stream]), heard.clone()));
        }
        let (label, _, payload) = fays.event().await;
        assert_eq!((label, id(&payload)), (json!(["user"]), unheard.clone()), "at home");
        let (label, _, payload) = fays.event().await;
        assert_eq!((label, id(&payload)), (json!(["public"]), heard));
        assert!(!home().await.contains(&unheard));
        house.post(&town.nora, "/api/v1/tags/harvest/unfollow", json!({})).await.ok();
        house.post(&town.nora, "/api/v1/tags/harvest/follow", json!({})).await.ok();
        assert!(!home().await.contains(&town.post), "nor what was said before");
    }

    async fn what_who_is_limited_does_waits_but_for_who_follows_them(database: TestDatabase) {
        let town = Town::open(database).await;
        let house = &town.house;
        limit(house, &town.mona, "carl", "limit").await;
        let kinds = async |who: &Person| {
            let told = house.get(who, "/api/v1/notifications").await.ok();
            told.as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        house.says(&town.carl, json!({"status": "@fay @nora Hello"})).await;
        assert_eq!((kinds(&town.fay).await, kinds(&town.nora).await), (vec!["mention".to_owned()], Vec::new()));
        let waiting = house.get(&town.nora, "/api/v1/notifications/requests").await.ok();
        assert_eq!(waiting[0]["account"]["id"], json!(town.carl.id()));
        assert_eq!(house.get(&town.nora, "/api/v2/notifications/policy").await.ok()["for_limited_accounts"], "filter");
        // Nora says otherwise: dropped, or told.
        house.post(&town.nora, &format!("/api/v1/notifications/requests/{}/dismiss", waiting[0]["id"].as_str().unwrap()), json!({})).await.ok();
        for (wish, told) in [("drop", 0), ("accept", 1)] {
            house.call(Some(&town.nora), Method::PATCH, "/api/v2/notifications/policy", json!({"for_limited_accounts": wish})).await.ok();
            house.says(&town.carl, json!({"status": format!("@nora {wish}")})).await;
            assert_eq!(kinds(&town.nora).await.len(), told, "{wish}");
            assert_eq!(house.get(&town.nora, "/api/v1/notifications/requests").await.ok(), json!([]));
        }
        // Who is limited asks, also those who let everybody in.
        let asked = house.post(&town.carl, &format!("/api/v1/accounts/{}/follow", town.nora.id()), json!({})).await.ok();
        assert_eq!((&asked["following"], &asked["requested"]), (&json!(false), &json!(true)));
        assert_eq!(ids(&house.get(&town.nora, "/api/v1/follow_requests").await.ok()), [town.carl.id()]);
        let yes = house.post(&town.nora, &format!("/api/v1/follow_requests/{}/authorize", town.carl.id()), json!({})).await.ok();
        assert_eq!(yes["followed_by"], true);
        let open = house.post(&town.nora, &format!("/api/v1/accounts/{}/follow", town.carl.id()), json!({})).await.ok();
        assert_eq!(open["following"], true, "whom others follow decides about that as before");
    }

    async fn somebody_elsewhere_and_a_whole_server_are_limited(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = house.person("olga", AccountKind::Employee, Role::Owner).await;
        let (fay, nora) = (house.employee("fay").await, house.employee("nora").await);
        let eve = house.stranger("eve", "social.noise.example").await;
        let kim = house.stranger("kim", "calm.example").await;
        follow(&house, &fay, &eve.id.to_string()).await;
        let (actor, follower) = (eve.id, fay.actor);
        house.app.db.write(move |tx| follows::accepted_elsewhere(tx, actor, follower)).await.unwrap();
        let said = house.arrived(&eve, |_| ()).await.to_string();
        let calm = house.arrived(&kim, |_| ()).await.to_string();
        // What comes at the same moment stands in any order.
        let public = async || {
            let mut seen = ids(&house.get(&nora, "/api/v1/timelines/public").await.ok());
            seen.sort();
            seen
        };
        let limited = async |id: guildhall::domain::ActorId| house.get(None, &format!("/api/v1/accounts/{id}")).await.ok().get("limited").cloned();
        let mut both = [calm.clone(), said.clone()];
        both.sort();
        assert_eq!(public().await, both);
        let told = limit(&house, &olga, "@eve@social.noise.example", "limit").await;
        assert_eq!(told["actor"], json!(eve.id.to_string()));
        assert_eq!((public().await, limited(eve.id).await), (vec![calm.clone()], Some(json!(true))));
        assert_eq!(ids(&house.get(&fay, "/api/v1/timelines/home").await.ok()), std::slice::from_ref(&said));
        assert_eq!(limited(kim.id).await, None);
        // Her server as well, and all below its domain, now and later.
        let shown = house.post(&olga, &format!("{API}/servers/noise.example/limit"), json!({"reason": "Noise"})).await.ok();
        assert_eq!((&shown["state"], &shown["limit_reason"], shown["limited_at"].is_string()), (&json!("fine"), &json!("Noise"), true));
        limit(&house, &olga, "eve@social.noise.example", "unlimit").await;
        assert_eq!((public().await, limited(eve.id).await), (vec![calm.clone()], Some(json!(true))), "with her server still");
        let zoe = house.stranger("zoe", "noise.example").await;
        house.arrived(&zoe, |_| ()).await;
        assert_eq!((public().await, limited(zoe.id).await), (vec![calm.clone()], Some(json!(true))));
        let listed = house.get(&nora, "/api/v1/instance/domain_blocks").await.ok();
        assert_eq!((&listed[0]["domain"], &listed[0]["severity"], &listed[0]["comment"]), (&json!("noise.example"), &json!("silence"), &json!("")));
        assert!(house.get(None, "/api/v1/instance/peers").await.ok().as_array().unwrap().contains(&json!("noise.example")));
        // What one moderator decides of one person stays when the other ends.
        limit(&house, &olga, "zoe@noise.example", "limit").await;
        let free = house.post(&olga, &format!("{API}/servers/noise.example/unlimit"), json!({})).await.ok();
        assert_eq!((&free["limited_at"], &free["limit_reason"]), (&Value::Null, &Value::Null));
        assert_eq!((limited(eve.id).await, limited(zoe.id).await), (None, Some(json!(true))));
        assert_eq!(public().await, both);
        // Nothing of this is told elsewhere: there is no job but the one of the follow.
        let again = actors::RemoteActor { name: "Zoe".to_owned(), ..crate::support::people::remote("zoe", "noise.example", None) };
        house.app.db.write(move |tx| actors::upsert_remote(tx, &again)).await.unwrap();
        assert_eq!(limited(zoe.id).await, Some(json!(true)), "it stays when she changes her profile");
        // What is decided of a domain covers all below it: a star for them would stand for nobody.
        for star in ["*.noise.example", "*", "%2A.example", "a.*.example"] {
            let answer = house.post(&olga, &format!("{API}/servers/{star}/limit"), json!({})).await;
            assert_eq!(refused(&answer), (422, "server.star"), "{star}");
        }
        // Nor is anybody met below nothing.
        for empty in [".noise.example", "noise..example", "..", "noise.example.."] {
            let answer = house.post(&olga, &format!("{API}/servers/{empty}/limit"), json!({})).await;
            assert_eq!(refused(&answer), (422, "server.host"), "{empty}");
        }
        let said = house.post(&olga, &format!("{API}/servers/*.noise.example/limit"), json!({})).await;
        assert!(said.body["detail"].as_str().unwrap().contains("noise.example also holds for all below it"), "{}", said.body);
        let shuns = house.post(&nora, "/api/v1/domain_blocks", json!({"domain": "*.noise.example"})).await;
        assert!(shuns.status == 422 && shuns.body["error"].as_str().unwrap().contains("noise.example"), "{}", shuns.body);
        let us = house.post(&olga, &format!("{API}/servers/company.example/limit"), json!({})).await;
        assert_eq!(refused(&us), (422, "server.ourselves"));
        assert_eq!(refused(&house.post(&olga, &format!("{API}/servers/example/limit"), json!({})).await), (422, "server.ourselves"));
        assert_eq!(refused(&house.post(&olga, &format!("{API}/servers/test/limit"), json!({})).await), (422, "server.all_below"));
        assert_eq!(refused(&house.post(&olga, &format!("{API}/servers/unheard-of.test/unlimit"), json!({})).await), (404, "server.not_found"));
        let long = json!({"reason": "x".repeat(1001)});
        assert_eq!(refused(&house.post(&olga, &format!("{API}/servers/noise.example/limit"), long.clone()).await), (422, "server.reason"));
        assert_eq!(refused(&house.post(&olga, &format!("{API}/accounts/kim@calm.example/limit"), long).await), (422, "account.reason"));
    }

    async fn a_server_is_blocked_and_let_in_again_from_the_workroom(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = house.person("olga", AccountKind::Employee, Role::Owner).await;
        let adam = house.person("adam", AccountKind::Employee, Role::Admin).await;
        let eve = house.stranger("eve", "social.noise.example").await;
        let arrived = house.arrived(&eve, |_| ()).await;
        let seen = async || house.get(&adam, &format!("/api/v1/statuses/{arrived}")).await.status;
        assert_eq!(seen().await, 200);
        let path = |host: &str, act: &str| format!("{API}/servers/{host}/{act}");
        // A domain covers all below it, also one of which nobody has heard.
        let blocked = house.post(&adam, &path("noise.example", "block"), json!({"reason": "Spam"})).await.ok();
        assert_eq!((&blocked["state"], &blocked["block_reason"], blocked["blocked_at"].is_string()), (&json!("blocked"), &json!("Spam"), true));
        assert_eq!(seen().await, 404);
        assert!(house.app.db.read(|conn| servers::is_blocked(conn, "social.noise.example")).await.unwrap());
        let listed = house.get(&olga, &format!("{API}/servers?state=blocked")).await.ok();
        assert_eq!(listed.as_array().unwrap().len(), 1);
        let allowed = house.post(&adam, &path("noise.example", "allow"), json!({})).await.ok();
        assert_eq!((&allowed["state"], &allowed["blocked_at"], &allowed["block_reason"]), (&json!("fine"), &Value::Null, &Value::Null));
        assert_eq!(seen().await, 200);
        // Who did it and why stands in the log.
        let log = house.get(&olga, &format!("{API}/audit")).await.ok();
        let acts: Vec<(&Value, &Value)> = log.as_array().unwrap().iter().map(|entry| (&entry["act"], &entry["by"]["username"])).collect();
        assert!(acts.contains(&(&json!("server.blocked"), &json!("adam"))) && acts.contains(&(&json!("server.allowed"), &json!("adam"))), "{acts:?}");
        for (host, code) in [("company.example", "server.ourselves"), ("example", "server.ourselves"), ("test", "server.all_below"), ("*.noise.example", "server.star"), ("..", "server.host")] {
            assert_eq!(refused(&house.post(&olga, &path(host, "block"), json!({})).await), (422, code), "{host}");
        }
        assert_eq!(refused(&house.post(&olga, &path("noise.example", "block"), json!({"reason": "x".repeat(1001)})).await), (422, "server.reason"));
        assert_eq!(refused(&house.post(&olga, &path("unheard-of.test", "allow"), json!({})).await), (404, "server.not_found"));
        for (name, kind, role) in [("mona", AccountKind::Employee, Role::Moderator), ("ben", AccountKind::Employee, Role::Member), ("carl", AccountKind::Customer, Role::Member)] {
            let by = house.person(name, kind, role).await;
            for act in ["block", "allow"] {
                assert_eq!(refused(&house.post(&by, &path("noise.example", act), json!({})).await), (403, "admin.only"), "{name} {act}");
            }
        }
    }

    async fn whom_each_role_limits(database: TestDatabase) {
        let house = House::open(database).await;
        let eve = house.stranger("eve", "remote.example").await;
        brand(&house, "acme").await;
        for (name, kind, role, may) in [
            ("olga", AccountKind::Employee, Role::Owner, ["customer", "eve@remote.example", "member", "admin", "owner"].as_slice()),
            ("adam", AccountKind::Employee, Role::Admin, &["customer", "eve@remote.example", "member", "admin"]),
            ("mona", AccountKind::Employee, Role::Moderator, &["customer", "eve@remote.example"]),
            ("ben", AccountKind::Employee, Role::Member, &[]),
            ("carl", AccountKind::Customer, Role::Owner, &[]),
        ] {
            let by = house.person(name, kind, role).await;
            for (whom, kind, role) in [
                ("customer", AccountKind::Customer, Role::Member),
                ("member", AccountKind::Employee, Role::Member),
                ("admin", AccountKind::Employee, Role::Admin),
                ("owner", AccountKind::Employee, Role::Owner),
                ("eve@remote.example", AccountKind::Customer, Role::Member),
            ] {
                let other = if whom.contains('@') { whom.to_owned() } else { format!("{whom}of{name}") };
                if !whom.contains('@') {
                    house.person(&other, kind, role).await;
                }
                for act in ["limit", "unlimit"] {
                    let answer = house.post(&by, &format!("{API}/accounts/{other}/{act}"), json!({})).await;
                    assert_eq!(answer.status, if may.contains(&whom) { 200 } else { 403 }, "{name} {act} {whom}: {}", answer.body);
                }
            }
            if kind == AccountKind::Employee {
                let server = house.post(&by, &format!("{API}/servers/noise.example/limit"), json!({})).await.status;
                assert_eq!(server.is_success(), matches!(role, Role::Owner | Role::Admin), "{name}");
            }
            let nobody = house.post(&by, &format!("{API}/accounts/nobody@remote.example/limit"), json!({})).await.status;
            assert_eq!(nobody, if may.is_empty() { 403 } else { 404 }, "{name}");
        }
        let olga = house.person("other", AccountKind::Employee, Role::Owner).await;
        assert_eq!(refused(&house.post(&olga, &format!("{API}/accounts/other/limit"), json!({})).await), (403, "account.own"));
        assert_eq!(refused(&house.post(&olga, &format!("{API}/accounts/acme/limit"), json!({})).await), (422, "account.brand"));
        assert_eq!(house.call(Some(&olga), Method::POST, &format!("{API}/accounts/%00/limit"), Value::Null).await.status, 404);
        let limit = house.app.db.read(move |conn| servers::limit_of(conn, eve.id)).await.unwrap();
        assert_eq!(limit.since, None);
        assert_eq!(ids(&house.get(None, "/api/v1/timelines/public").await.ok()), NOTHING);
    }
}
