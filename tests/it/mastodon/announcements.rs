//! What the company tells everybody who has an account here.

use guildhall::{
    db::Timestamp,
    domain::{
        AnnouncementId,
        accounts::{AccountKind, Role},
        announcements,
    },
};
use serde_json::{Value, json};

use super::{
    House, Person, ids,
    streaming::{Listener, listen, serve},
};

const PATH: &str = "/api/v1/announcements";
/// Where owners and admins make them.
const OURS: &str = "/api/guildhall/v1/announcements";

impl House {
    pub async fn announces(&self, text: &'static str, ends_at: Option<&str>) -> guildhall::error::Result<String> {
        let (site, ends_at) = (self.app.site.clone(), ends_at.map(|at| Timestamp::parse_rfc3339(at).unwrap()));
        let id = self.app.db.write(move |tx| announcements::make(tx, &site, text, ends_at)).await?;
        Ok(id.to_string())
    }

    async fn takes_back(&self, id: &str) -> guildhall::error::Result<()> {
        let id: AnnouncementId = id.parse().unwrap();
        self.app.db.write(move |tx| announcements::remove(tx, id)).await.map(drop)
    }
}

async fn told(house: &House, who: &Person) -> Vec<(String, bool)> {
    let all = house.get(who, PATH).await.ok();
    let one = |one: &Value| (one["id"].as_str().unwrap().to_owned(), one["read"].as_bool().unwrap());
    all.as_array().unwrap().iter().map(one).collect()
}

/// What is heard next: its name, and what it says.
async fn heard(listener: &mut Listener) -> (String, Value) {
    let (_, event, payload) = listener.event().await;
    (event, serde_json::from_str(&payload).unwrap())
}

on_both! {
    async fn what_the_company_announces_is_read_and_put_away(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, carl) = (house.employee("ana").await, house.customer("carl").await);
        let brand = house.brand_of(&ana).await;
        assert_eq!(house.get(&ana, PATH).await.ok(), json!([]));
        assert_eq!(house.get(None, PATH).await.status, 401);
        house.emoji("tea").await;
        let first = house.announces("We are *closed* <script>alert(1)</script> :tea:", None).await.unwrap();
        let second = house.announces("Soon", Some("2026-11-01T13:00:00Z")).await.unwrap();
        let all = house.get(&carl, PATH).await.ok();
        assert_eq!(ids(&all), [first.clone(), second.clone()]);
        assert!(all[0]["content"].as_str().unwrap().contains("<em>closed</em> &lt;script&gt;"), "{all}");
        assert_eq!((&all[0]["read"], &all[0]["emojis"][0]["shortcode"], &all[0]["reactions"]), (&json!(false), &json!("tea"), &json!([])));
        assert_eq!((&all[1]["ends_at"], &all[0]["ends_at"], &all[0]["published_at"]), (&json!("2026-11-01T13:00:00.000Z"), &Value::Null, &json!("2026-11-01T12:00:00.000Z")));
        // Each puts it away for themselves, and twice is once.
        for _ in 0..2 {
            assert_eq!(house.post(&ana, &format!("{PATH}/{first}/dismiss"), json!({})).await.ok(), json!({}));
        }
        assert_eq!(told(&house, &ana).await, [(first.clone(), true), (second.clone(), false)]);
        assert_eq!(ids(&house.get(&ana, &format!("{PATH}?with_dismissed=false")).await.ok()), std::slice::from_ref(&second));
        for other in [&carl, &brand] {
            assert_eq!(told(&house, other).await, [(first.clone(), false), (second.clone(), false)]);
        }
        for path in ["999", "x"] {
            assert_eq!(house.post(&ana, &format!("{PATH}/{path}/dismiss"), json!({})).await.status, 404);
        }
        house.wait(3600);
        assert_eq!(told(&house, &carl).await, [(first.clone(), false)], "its time is over");
        assert_eq!(house.post(&ana, &format!("{PATH}/{second}/dismiss"), json!({})).await.status, 404);
        house.takes_back(&first).await.unwrap();
        assert_eq!(told(&house, &carl).await, []);
        assert!(house.takes_back(&first).await.is_err());
    }

    async fn owners_and_admins_announce_change_and_take_back(database: TestDatabase) {
        let house = House::open(database).await;
        let (boss, ana) = (house.person("boss", AccountKind::Employee, Role::Admin).await, house.employee("ana").await);
        house.emoji("tea").await;
        let made = house.post(&boss, OURS, json!({"text": " We are *closed* :tea: ", "ends_at": "2026-11-01T14:00:00Z"})).await.ok();
        let one = format!("{OURS}/{}", made["id"].as_str().unwrap());
        assert_eq!((&made["text"], &made["ends_at"], &made["updated_at"]), (&json!("We are *closed* :tea:"), &json!("2026-11-01T14:00:00.000Z"), &json!("2026-11-01T12:00:00.000Z")));
        assert_eq!((house.get(&boss, &one).await.ok(), house.get(&boss, OURS).await.ok()), (made.clone(), json!([made])));
        house.post(&ana, &format!("{PATH}/{}/dismiss", made["id"].as_str().unwrap()), json!({})).await.ok();
        house.wait(60);
        let changed = house.put(&boss, &one, json!({"text": "We are *open*"})).await.ok();
        assert_eq!((&changed["ends_at"], &changed["published_at"], &changed["updated_at"]), (&made["ends_at"], &made["published_at"], &json!("2026-11-01T12:01:00.000Z")));
        let seen = house.get(&ana, PATH).await.ok();
        assert_eq!((&seen[0]["content"], &seen[0]["updated_at"], &seen[0]["read"]), (&changed["content"], &changed["updated_at"], &json!(true)));
        // What is empty ends its time; what says the same changes nothing.
        let lasting = house.call(Some(&boss), http::Method::PATCH, &one, json!({"ends_at": ""})).await.ok();
        assert_eq!((&lasting["ends_at"], &lasting["text"]), (&Value::Null, &json!("We are *open*")));
        house.wait(60);
        assert_eq!(house.put(&boss, &one, json!({"text": "We are *open*", "ends_at": null})).await.ok(), lasting);
        for (body, code) in [
            (json!({"text": ""}), "announcement.length"), (json!({"text": "x".repeat(5_001)}), "announcement.length"),
            (json!({"text": "x", "ends_at": "soon"}), "announcement.ends_at"), (json!({"text": "x", "ends_at": "2026-11-01T12:00:00Z"}), "announcement.over"),
        ] {
            for answer in [house.post(&boss, OURS, body.clone()).await, house.put(&boss, &one, body).await] {
                assert_eq!((answer.status.as_u16(), &answer.body["code"]), (422, &json!(code)), "{}", answer.body);
            }
        }
        assert_eq!(house.post(&boss, OURS, json!({})).await.body["code"], "announcement.length");
        // Nobody else, nor with less of a token.
        let narrow = house.person_with("narrow", AccountKind::Employee, Role::Owner, "read write").await;
        let moderator = house.person("mod", AccountKind::Employee, Role::Moderator).await;
        for who in [&ana, &narrow, &moderator] {
            for path in [OURS, &one] {
                assert_eq!(house.get(who, path).await.status, 403);
            }
            for answer in [house.post(who, OURS, json!({"text": "x"})).await, house.put(who, &one, json!({"text": "x"})).await, house.delete(who, &one).await] {
                assert_eq!(answer.status, 403, "{}", answer.body);
            }
        }
        assert_eq!(house.delete(&boss, &one).await.ok(), lasting);
        for (answer, what) in [(house.delete(&boss, &one).await, "delete"), (house.put(&boss, &one, json!({"text": "x"})).await, "put"), (house.get(&boss, &one).await, "get")] {
            assert_eq!(answer.status, 404, "{what}");
        }
        assert_eq!(told(&house, &ana).await, []);
        let acts = house.get(&house.person("chief", AccountKind::Employee, Role::Owner).await, "/api/guildhall/v1/audit").await.ok();
        let acts: Vec<_> = acts.as_array().unwrap().iter().map(|entry| (entry["act"].as_str().unwrap(), entry["by"]["username"].as_str())).collect();
        assert_eq!(acts[..4], [
            ("announcement.removed", Some("boss")), ("announcement.changed", Some("boss")), ("announcement.changed", Some("boss")), ("announcement.made", Some("boss")),
        ]);
    }

    async fn what_another_process_announces_is_heard(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let before = house.announces("Known", None).await.unwrap();
        tokio::spawn(house.app.clone().keep_fresh());
        let mut hers = listen(&serve(&house).await, &ana, &["user"]).await;
        // As the command line does while the server runs. Whether the server listens already cannot be seen, so it is
        // told until it hears.
        let other = house.database.another();
        let mut made = Vec::new();
        let (event, payload) = loop {
            assert!(made.len() < 40, "nothing was heard");
            let site = house.app.site.clone();
            made.push(other.write(move |tx| announcements::make(tx, &site, "Tea", None)).await.unwrap());
            let soon = tokio::time::timeout(std::time::Duration::from_secs(1), heard(&mut hers));
            if let Ok(event) = soon.await {
                break event;
            }
        };
        let id = *made.last().unwrap();
        assert_eq!((event.as_str(), &payload["id"]), ("announcement", &json!(id.to_string())), "and not {before}, which was there");
        let (site, change) = (house.app.site.clone(), announcements::Change { source: Some("Coffee".to_owned()), ends_at: None });
        house.wait(1);
        other.write(move |tx| announcements::change(tx, &site, id, &change)).await.unwrap();
        let (event, payload) = heard(&mut hers).await;
        assert!(event == "announcement" && payload["content"].as_str().unwrap().contains("Coffee"), "{payload}");
        other.write(move |tx| announcements::remove(tx, id)).await.unwrap();
        let (event, payload) = heard(&mut hers).await;
        assert_eq!((event.as_str(), payload), ("announcement.delete", json!(id.0)));
    }

    async fn announcements_are_bounded(database: TestDatabase) {
        let house = House::open(database).await;
        for wrong in ["", "  ", "\u{200b}"] {
            assert_eq!(house.announces(wrong, None).await.unwrap_err().code(), "announcement.length");
        }
        let long: &'static str = "x".repeat(5_001).leak();
        assert_eq!(house.announces(long, None).await.unwrap_err().code(), "announcement.length");
        assert_eq!(house.announces("Past", Some("2026-11-01T12:00:00Z")).await.unwrap_err().code(), "announcement.over");
        for number in 0..announcements::ANNOUNCEMENTS {
            house.announces("Hello", (number == 0).then_some("2026-11-01T12:30:00Z")).await.unwrap();
        }
        assert_eq!(house.announces("One more", None).await.unwrap_err().code(), "announcement.too_many");
        house.wait(3600);
        house.announces("In the place of one that is over", None).await.unwrap();
    }

    async fn announcements_are_heard_and_what_is_read_goes_with_its_reader(database: TestDatabase) {
        use diesel::prelude::*;
        use guildhall::{db::schema::announcement_reads, domain::accounts};
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let address = serve(&house).await;
        let (mut hers, mut other) = (listen(&address, &ana, &["user"]).await, listen(&address, &ana, &["public"]).await);
        let id = house.announces("Tea is ready", None).await.unwrap();
        let (stream, event, payload) = hers.event().await;
        assert_eq!((stream, event.as_str()), (json!(["user"]), "announcement"));
        let payload: Value = serde_json::from_str(&payload).unwrap();
        assert_eq!((&payload["id"], payload.get("read")), (&json!(id), None));
        house.post(&ana, &format!("{PATH}/{id}/dismiss"), json!({})).await.ok();
        let second = house.announces("Coffee too", None).await.unwrap();
        hers.event().await;
        house.takes_back(&second).await.unwrap();
        let (_, event, payload) = hers.event().await;
        assert_eq!((event.as_str(), payload), ("announcement.delete", second));
        // On another channel it is not heard.
        house.says(&ana, json!({"status": "Hello"})).await;
        assert_eq!(other.event().await.1, "update");
        let account = ana.account;
        house.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();
        house.work().await;
        let left = house.app.db.read(|conn| Ok(announcement_reads::table.count().get_result::<i64>(conn)?)).await.unwrap();
        assert_eq!(left, 0);
    }
}
