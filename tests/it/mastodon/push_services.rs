//! Push services that are in trouble: they delay nobody else, are asked seldom, and what waits for them has an end.

use std::{sync::Arc, time::Duration};

use diesel::{RunQueryDsl, prelude::*, sql_query};
use guildhall::{
    db::schema::{jobs, push_services, push_subscriptions},
    domain::{notifications, work::Room},
    jobs::{Handlers, runner::Runner},
};
use http::StatusCode;
use tokio::sync::watch;

use super::{
    House, Person,
    push::{PATH, handed, likes, places, wish},
};

const ILL: &str = "https://ill.example/1";
const WELL: &str = "https://well.example/1";

async fn told_at(house: &House, who: &Person, endpoint: &str) {
    house.post(who, PATH, wish(endpoint, &["favourite"])).await.ok();
}

async fn waiting(house: &House) -> i64 {
    house.app.db.read(|conn| Ok(jobs::table.filter(jobs::kind.eq("push")).count().get_result(conn)?)).await.unwrap()
}

on_both! {
    async fn a_service_that_does_not_answer_is_asked_with_one_message(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, eve) = (house.employee("ana").await, house.employee("ben").await, house.employee("eve").await);
        told_at(&house, &ana, ILL).await;
        told_at(&house, &eve, WELL).await;
        house.documents.put_status(ILL, StatusCode::BAD_GATEWAY);
        for _ in 0..6 {
            likes(&house, &ben, &ana).await;
        }
        likes(&house, &ben, &eve).await;
        house.work().await;
        assert_eq!((handed(&house, ILL).len(), handed(&house, WELL).len()), (1, 1));
        // What comes while it is left alone waits with the others; each time one message shows how it stands.
        likes(&house, &ben, &ana).await;
        house.work().await;
        assert_eq!((handed(&house, ILL).len(), waiting(&house).await), (1, 7));
        for tries in 2..5 {
            house.wait(3 * 3600);
            house.work().await;
            assert_eq!((handed(&house, ILL).len(), waiting(&house).await), (tries, 7));
        }
        house.documents.put_status(ILL, StatusCode::CREATED);
        house.wait(12 * 3600);
        house.work().await;
        house.wait(12 * 3600);
        house.work().await;
        assert_eq!((handed(&house, ILL).len(), waiting(&house).await, places(&house).await), (4 + 7, 0, 2));
        // It is as any other again.
        likes(&house, &ben, &ana).await;
        house.work().await;
        assert_eq!(handed(&house, ILL).len(), 12);
    }

    async fn a_service_is_left_alone_for_as_long_as_it_asks_and_one_app_alone_for_what_is_its_own(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, eve) = (house.employee("ana").await, house.employee("ben").await, house.employee("eve").await);
        told_at(&house, &ana, ILL).await;
        told_at(&house, &eve, "https://ill.example/2").await;
        house.documents.put_status(ILL, StatusCode::SERVICE_UNAVAILABLE);
        house.documents.ask_to_wait(ILL, Duration::from_secs(7200));
        likes(&house, &ben, &ana).await;
        house.work().await;
        house.wait(7100);
        likes(&house, &ben, &eve).await;
        house.work().await;
        assert_eq!(house.documents.posts().len(), 1, "it asked for two hours");
        // Too much for one app is no reason to let others wait.
        house.documents.put_status(ILL, StatusCode::TOO_MANY_REQUESTS);
        house.wait(200);
        house.work().await;
        assert_eq!((handed(&house, ILL).len(), handed(&house, "https://ill.example/2").len()), (2, 1));
        likes(&house, &ben, &eve).await;
        house.work().await;
        assert_eq!((handed(&house, ILL).len(), handed(&house, "https://ill.example/2").len()), (2, 2));
        house.documents.put_status(ILL, StatusCode::CREATED);
        house.wait(7100);
        house.work().await;
        assert_eq!(handed(&house, ILL).len(), 2);
        house.wait(200);
        house.work().await;
        assert_eq!((handed(&house, ILL).len(), waiting(&house).await), (3, 0));
        // No service can ask for more than a day.
        house.documents.put_status(ILL, StatusCode::BAD_GATEWAY);
        house.documents.ask_to_wait(ILL, Duration::MAX);
        likes(&house, &ben, &ana).await;
        house.work().await;
        house.documents.put_status(ILL, StatusCode::CREATED);
        house.wait(24 * 3600);
        house.work().await;
        assert_eq!((handed(&house, ILL).len(), waiting(&house).await), (5, 0));
    }

    async fn an_app_that_nobody_fetches_for_makes_nobody_else_wait(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, eve) = (house.employee("ana").await, house.employee("ben").await, house.employee("eve").await);
        told_at(&house, &ana, ILL).await;
        told_at(&house, &eve, "https://ill.example/2").await;
        for status in [StatusCode::INSUFFICIENT_STORAGE, StatusCode::INTERNAL_SERVER_ERROR] {
            house.documents.put_status(ILL, status);
            likes(&house, &ben, &ana).await;
            house.work().await;
            let before = handed(&house, "https://ill.example/2").len();
            likes(&house, &ben, &eve).await;
            house.work().await;
            assert_eq!(handed(&house, "https://ill.example/2").len(), before + 1, "{status}");
        }
    }

    async fn services_that_never_answered_have_a_small_part_of_the_room(database: TestDatabase) {
        let house = House::open(database).await;
        let ben = house.employee("ben").await;
        let eve = house.employee("eve").await;
        told_at(&house, &eve, WELL).await;
        likes(&house, &ben, &eve).await;
        house.work().await;
        // More of them than there are places.
        for number in 0..20 {
            let who = house.employee(&format!("one{number}")).await;
            let endpoint = format!("https://silent{number}.example/");
            house.documents.hold(&endpoint);
            told_at(&house, &who, &endpoint).await;
            likes(&house, &ben, &who).await;
            likes(&house, &ben, &who).await;
        }
        likes(&house, &ben, &eve).await;
        let (stop, stopped) = watch::channel(false);
        let handlers = Arc::new(Handlers::new(house.app.clone()));
        let runner = Runner::new(house.app.db.clone(), handlers, 16).of(&[Room::Pushes]).patient(Duration::ZERO);
        let running = tokio::spawn(runner.run(stopped));
        while handed(&house, WELL).len() < 2 {
            tokio::task::yield_now().await;
        }
        let silent = house.documents.posts().into_iter().filter(|(url, ..)| url.contains("silent")).count();
        assert!(silent <= 4, "{silent} wait for an answer");
        stop.send_replace(true);
        running.await.unwrap();
    }

    async fn so_many_messages_wait_for_one_service_and_no_more(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, eve) = (house.employee("ana").await, house.employee("ben").await, house.employee("eve").await);
        told_at(&house, &ana, ILL).await;
        told_at(&house, &eve, WELL).await;
        house.app.db.write(|tx| {
            sql_query(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
                 INSERT INTO jobs (id, kind, target, payload, state, attempts, run_at, leased_until, created_at)
                 SELECT i, 'push', 'ill.example', '{}', 'ready', 0, 0, 0, 0 FROM n",
            ).execute(tx.conn())?;
            Ok(())
        }).await.unwrap();
        for waits in [10_000, 10_000] {
            likes(&house, &ben, &ana).await;
            assert_eq!(waiting(&house).await, waits);
        }
        likes(&house, &ben, &eve).await;
        assert_eq!(waiting(&house).await, 10_001);
        // It is in the app when that is opened.
        let told = house.get(&ana, "/api/v1/notifications").await.ok();
        assert_eq!(told.as_array().unwrap().len(), 2);
    }

    async fn a_place_of_which_nothing_is_to_be_hoped_for_is_forgotten(database: TestDatabase) {
        const INSIDE: &str = "https://inside.example/1";
        const MOVED: &str = "https://moved.example/1";
        const BUSY: &str = "https://busy.example/1";
        let house = House::open(database).await;
        let ben = house.employee("ben").await;
        let mut told = Vec::new();
        for (number, endpoint) in [ILL, WELL, INSIDE, MOVED, BUSY].into_iter().enumerate() {
            let who = house.employee(&format!("one{number}")).await;
            told_at(&house, &who, endpoint).await;
            told.push(who);
        }
        let all_are_told = async || {
            for who in &told {
                likes(&house, &ben, who).await;
            }
            house.work().await;
        };
        let known = async |endpoint: &'static str| -> bool {
            let find = move |conn: &mut guildhall::db::Conn| {
                let places = push_subscriptions::table.filter(push_subscriptions::endpoint.eq(endpoint));
                Ok(places.count().get_result::<i64>(conn)?)
            };
            house.app.db.read(find).await.unwrap() == 1
        };
        // One never answers and one leads inside from the beginning; two fail after they took something, one of them
        // because its name leads inside; one asks us to wait.
        for endpoint in [ILL, BUSY] {
            house.documents.put_status(endpoint, StatusCode::BAD_GATEWAY);
        }
        house.documents.ask_to_wait(BUSY, Duration::from_secs(60));
        house.documents.lead_inside(INSIDE, true);
        likes(&house, &ben, &told[1]).await;
        likes(&house, &ben, &told[3]).await;
        house.work().await;
        house.documents.put_status(WELL, StatusCode::BAD_GATEWAY);
        house.documents.lead_inside(MOVED, true);
        for _ in 0..9 {
            all_are_told().await;
            house.wait(25 * 3600);
        }
        assert_eq!(places(&house).await, 5, "after nine failures");
        all_are_told().await;
        for (endpoint, kept) in [(ILL, false), (WELL, true), (INSIDE, false), (MOVED, false), (BUSY, true)] {
            assert_eq!(known(endpoint).await, kept, "{endpoint}");
        }
        // Whoever subscribes again is told when the service does answer.
        house.documents.lead_inside(INSIDE, false);
        told_at(&house, &told[2], INSIDE).await;
        let before = handed(&house, INSIDE).len();
        house.wait(25 * 3600);
        likes(&house, &ben, &told[2]).await;
        house.work().await;
        assert_eq!((handed(&house, INSIDE).len(), known(INSIDE).await), (before + 1, true));
    }

    async fn a_service_that_nobody_names_any_more_is_forgotten(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        told_at(&house, &ana, ILL).await;
        likes(&house, &ben, &ana).await;
        house.work().await;
        let known = async || -> i64 { house.app.db.read(|conn| Ok(push_services::table.count().get_result(conn)?)).await.unwrap() };
        assert_eq!(known().await, 1);
        house.app.db.write(|tx| notifications::prune_services(tx, tx.now().minus(Duration::from_secs(3600)), 10)).await.unwrap();
        assert_eq!(known().await, 1);
        house.wait(3601);
        house.app.db.write(|tx| notifications::prune_services(tx, tx.now().minus(Duration::from_secs(3600)), 10)).await.unwrap();
        assert_eq!(known().await, 0);
    }
}
