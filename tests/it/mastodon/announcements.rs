//! What the company tells everybody who has an account here.

use guildhall::{
    db::Timestamp,
    domain::{AnnouncementId, announcements},
};
use serde_json::{Value, json};

use super::{
    House, Person, ids,
    streaming::{listen, serve},
};

const PATH: &str = "/api/v1/announcements";

impl House {
    pub async fn announces(&self, text: &'static str, ends_at: Option<&str>) -> guildhall::error::Result<String> {
        let (site, ends_at) = (self.app.site.clone(), ends_at.map(|at| Timestamp::parse_rfc3339(at).unwrap()));
        let id = self.app.db.write(move |tx| announcements::make(tx, &site, text, ends_at)).await?;
        Ok(id.to_string())
    }

    async fn takes_back(&self, id: &str) -> guildhall::error::Result<()> {
        let id: AnnouncementId = id.parse().unwrap();
        self.app.db.write(move |tx| announcements::remove(tx, id)).await
    }
}

async fn told(house: &House, who: &Person) -> Vec<(String, bool)> {
    let all = house.get(who, PATH).await.ok();
    let one = |one: &Value| (one["id"].as_str().unwrap().to_owned(), one["read"].as_bool().unwrap());
    all.as_array().unwrap().iter().map(one).collect()
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
