//! In which languages one reads somebody at home, and who is shown whom one follows.

use guildhall::domain::posts::Draft;
use http::Method;
use serde_json::{Value, json};

use super::{BASE, House, Person, follow, ids};

/// What is answered to another server.
async fn document(house: &House, path: &str) -> super::Reply {
    let request = http::Request::get(path).header(http::header::ACCEPT, "application/activity+json");
    house.send(request.body(axum::body::Body::empty()).unwrap()).await
}

async fn reads(house: &House, who: &Person, whom: &str, languages: Value) -> Value {
    house.post(who, &format!("/api/v1/accounts/{whom}/follow"), json!({ "languages": languages })).await.ok()
}

on_both! {
    async fn home_has_the_languages_that_one_reads(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        follow(&house, &cleo, &ben.id()).await;
        let says = async |language: Value| house.says(&ben, json!({"status": format!("In {language}"), "language": language})).await;
        let (german, english, silent) = (says(json!("de")).await, says(json!("en-GB")).await, says(Value::Null).await);
        let home = async |who: &Person| ids(&house.get(who, "/api/v1/timelines/home").await.ok());
        // Those of before, and those of later.
        let told = reads(&house, &ana, &ben.id(), json!(["en", "fr", "en"])).await;
        assert_eq!((&told["languages"], &told["following"]), (&json!(["en", "fr"]), &json!(true)));
        assert_eq!(home(&ana).await, [silent.clone(), english.clone()]);
        let more = [says(json!("de")).await, says(json!("fr")).await];
        assert_eq!(home(&ana).await, [more[1].clone(), silent.clone(), english.clone()]);
        assert_eq!(home(&cleo).await.len(), 5, "others read all of them");
        // What one follows otherwise stays; other languages come and go.
        let kept = house.post(&ana, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({"reblogs": false})).await.ok();
        assert_eq!((&kept["languages"], &kept["showing_reblogs"]), (&json!(["en", "fr"]), &json!(false)));
        assert_eq!(reads(&house, &ana, &ben.id(), json!(["de"])).await["languages"], json!(["de"]));
        assert_eq!(home(&ana).await, [more[0].clone(), silent.clone(), german.clone()]);
        // None in particular is all.
        for none in [json!([]), json!([""])] {
            reads(&house, &ana, &ben.id(), json!(["de"])).await;
            assert_eq!(reads(&house, &ana, &ben.id(), none).await["languages"], Value::Null);
            assert_eq!(home(&ana).await.len(), 5);
        }
        // What somebody else wrote is boosted in its language.
        house.post(&ana, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({"reblogs": true, "languages": ["en"]})).await.ok();
        let eve = house.stranger("eve", "remote.example").await;
        for language in ["de", "en"] {
            let theirs = house.arrived(&eve, move |draft: &mut Draft| draft.language = Some(language.to_owned())).await;
            house.post(&ben, &format!("/api/v1/statuses/{theirs}/reblog"), json!({})).await.ok();
        }
        let boosts = house.get(&ana, "/api/v1/timelines/home").await.ok();
        let boosted: Vec<&Value> = boosts.as_array().unwrap().iter().filter(|one| one["reblog"].is_object()).map(|one| &one["reblog"]["language"]).collect();
        assert_eq!(boosted, [&json!("en")]);
        for wrong in [json!(["x"]), json!(["no language"]), json!(vec!["en-GB-oed-1"; 51])] {
            let refused = house.post(&ana, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({"languages": wrong})).await;
            assert_eq!(refused.status, 422, "{wrong}");
        }
        assert_eq!(house.get(&ana, &format!("/api/v1/accounts/relationships?id[]={}", ben.id())).await.ok()[0]["languages"], json!(["en"]));
        // Who answers later is asked for the same.
        house.call(Some(&cleo), Method::PATCH, "/api/v1/accounts/update_credentials", json!({"locked": true})).await.ok();
        let asked = reads(&house, &ana, &cleo.id(), json!(["de"])).await;
        assert_eq!((&asked["requested"], &asked["languages"]), (&json!(true), &json!(["de"])));
        house.says(&cleo, json!({"status": "Tea", "language": "en"})).await;
        let tee = house.says(&cleo, json!({"status": "Tee", "language": "de"})).await;
        house.post(&cleo, &format!("/api/v1/follow_requests/{}/authorize", ana.id()), json!({})).await.ok();
        let of_cleo: Vec<Value> = house.get(&ana, "/api/v1/timelines/home").await.ok().as_array().unwrap().iter().filter(|one| one["account"]["id"] == json!(cleo.id())).map(|one| one["id"].clone()).collect();
        assert_eq!(of_cleo, [json!(tee)]);
    }

    async fn who_hides_their_people_shows_numbers_alone(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await);
        follow(&house, &ana, &ben.id()).await;
        follow(&house, &cleo, &ana.id()).await;
        follow(&house, &ben, &cleo.id()).await;
        let lists = ["followers", "following"];
        let uri = format!("/ap/actors/{}", ana.id());
        let familiar = format!("/api/v1/accounts/familiar_followers?id[]={}", ana.id());
        let knows = async || house.get(&ben, &familiar).await.ok()[0]["accounts"].as_array().unwrap().len();
        assert_eq!(knows().await, 1, "cleo, whom ben follows");
        for hidden in [false, true, false] {
            let wish = json!({ "hide_collections": hidden });
            let own = house.call(Some(&ana), Method::PATCH, "/api/v1/accounts/update_credentials", wish).await.ok();
            assert_eq!((&own["hide_collections"], &own["source"]["hide_collections"]), (&json!(hidden), &json!(hidden)));
            for list in lists {
                for who in [None, Some(&ben), Some(&ana)] {
                    let shown = house.get(who, &format!("/api/v1/accounts/{}/{list}", ana.id())).await.ok();
                    let her_own = who.is_some_and(|who| who.id() == ana.id());
                    assert_eq!(shown.as_array().unwrap().len(), usize::from(!hidden || her_own), "{hidden} {list}");
                }
                let whole = document(&house, &format!("{uri}/{list}")).await.ok();
                assert_eq!((&whole["totalItems"], whole.get("first").is_some()), (&json!(1), !hidden), "{whole}");
                let page = document(&house, &format!("{uri}/{list}?page=true")).await;
                assert_eq!(page.status, if hidden { 403 } else { 200 }, "{list}: {}", page.body);
                assert!(!hidden || !page.body.to_string().contains(&format!("{BASE}/ap/actors/{}", cleo.id())));
            }
            let account = house.get(None, &format!("/api/v1/accounts/{}", ana.id())).await.ok();
            assert_eq!((&account["followers_count"], &account["following_count"]), (&json!(1), &json!(1)));
            assert_eq!(knows().await, usize::from(!hidden));
            // Another change of the profile leaves it as it is.
            house.call(Some(&ana), Method::PATCH, "/api/v1/accounts/update_credentials", json!({"bot": false})).await.ok();
            assert_eq!(house.get(None, &format!("/api/v1/accounts/{}", ana.id())).await.ok()["hide_collections"], hidden);
        }
    }
}
