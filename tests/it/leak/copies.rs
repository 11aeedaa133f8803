//! Copies of internal posts, the requests for them, and texts that are said inside as well: who is not asked learns
//! nothing, and what is published says nothing of what is inside.

use guildhall::domain::accounts::{AccountKind, Role};
use serde_json::json;

use super::{
    doors::{Reader, answer, doors, search},
    phones::Phone,
    remote_follower,
    written::{Written, sent},
};
use crate::{
    inside::{
        API,
        copies::{agrees, asks, id},
        letters, reached,
    },
    mastodon::{House, ids},
};

on_both! {
    async fn a_copy_says_nothing_of_what_is_inside_and_nobody_hears_of_its_request(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo, dora) =
            (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await, house.customer("dora").await);
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        for (who, name) in [(&ana, "ana"), (&ben, "ben"), (&cleo, "cleo"), (&dora, "dora")] {
            reached(&house, who, name).await;
        }
        let brand = house.brand_of(&boss).await;
        let finn = remote_follower(&house, &[&ana, &ben, &brand]).await;
        let mut phones = Vec::new();
        for (whose, owner) in [("cleo", &cleo), ("dora", &dora), ("brand", &brand)] {
            phones.push(Phone::of(&house, whose, owner).await);
            house.post(owner, &format!("/api/v1/accounts/{}/follow", ben.id()), json!({"notify": true})).await.ok();
        }
        let team = house.post(&boss, "/api/guildhall/v1/teams", json!({"name": "Press", "members": ["ana", "ben"]})).await.ok();
        super::work(&house).await;
        let mut written = Vec::new();
        let mut requests = Vec::new();
        for (audience, readers) in [("company", json!({"local_only": true})), ("team", json!({"guildhall_audience": team["audience"]}))] {
            let mut body = json!({"status": format!("textcanary{audience} #tagcanary{audience}"), "guildhall_reason": "unreleased"});
            body.as_object_mut().unwrap().extend(readers.as_object().unwrap().clone());
            let source = house.says(&ana, body).await;
            let request = id(&asks(&house, &ben, &source, json!({"body": format!("copycanary{audience}")})).await.ok());
            let secrets = vec![format!("textcanary{audience}"), format!("tagcanary{audience}"), format!("copycanary{audience}"), source.clone(), request.clone()];
            requests.push(request.clone());
            written.push(Written { audience, post: source, reply: request, secrets });
        }
        super::work(&house).await;
        // Whoever is asked finds it, so that there is something to be found.
        for request in &requests {
            let (status, said) = answer(&house, Reader::Token(&ana), &format!("{API}/publish-requests/{request}"), "*/*").await;
            assert!(status == 200 && said.contains("copycanary") && said.contains("textcanary"), "{said}");
        }
        let told = answer(&house, Reader::Token(&ana), "/api/v1/notifications", "*/*").await.1;
        assert!(told.contains("guildhall.consent") && told.contains("textcanarycompany"), "{told}");
        // Nothing of it leaves: to no other server, in no letter, to no app of anybody else.
        let all: Vec<&Written> = written.iter().collect();
        let secrets: Vec<&String> = written.iter().flat_map(|one| &one.secrets).collect();
        for one in sent(&house).await.into_iter().chain(letters(&house).await) {
            for secret in &secrets {
                assert!(!one.contains(secret.as_str()), "{secret} went out: {one}");
            }
        }
        assert_eq!(letters(&house).await.iter().filter(|letter| letter.contains("ana@mail.example")).count(), 2);
        for phone in &phones {
            let heard = phone.heard(&house);
            assert!(!heard.contains("copycanary") && !heard.contains("guildhall.consent") && !heard.contains("textcanaryteam"), "{}: {heard}", phone.whose);
        }
        let paths = doors(&house, &all, &[&ana, &ben], &[]);
        assert!(paths.len() > 150 && paths.iter().any(|path| path.contains("/publish-requests/")), "{}", paths.len());
        search(&house, "nobody", Reader::Nobody, &paths, &all).await;
        search(&house, "a follower's server", Reader::Server(&finn), &paths, &all).await;
        search(&house, "a customer", Reader::Token(&dora), &paths, &all).await;
        search(&house, "the brand", Reader::Token(&brand), &paths, &all).await;
        search(&house, "somebody outside the team", Reader::Token(&cleo), &paths, &[&written[1]]).await;
        // A colleague who is not asked reads the post for the company, and nothing of the request.
        let asked = Written { audience: "company", post: written[0].post.clone(), reply: requests[0].clone(), secrets: vec!["copycanarycompany".to_owned(), requests[0].clone()] };
        search(&house, "a colleague who is not asked", Reader::Token(&cleo), &paths, &[&asked]).await;

        // Published, the copy is found everywhere, and what is inside nowhere.
        for request in &requests {
            assert_eq!(agrees(&house, &ana, request, 1).await.ok()["state"], "published");
        }
        let both = json!({"status": "copycanarytwin", "guildhall_also_internal": {"audience": "company", "text": "textcanarytwin"}});
        let public = house.post(&ben, "/api/v1/statuses", both).await.ok();
        let twin = ids(&public["guildhall"]["counterparts"]).remove(0);
        super::work(&house).await;
        let out = sent(&house).await.join("\n");
        for copy in ["copycanarycompany", "copycanaryteam", "copycanarytwin"] {
            assert!(out.contains(copy), "{copy} did not go out");
        }
        for one in &mut written {
            one.secrets.retain(|secret| !secret.starts_with("copycanary"));
        }
        written.push(Written { audience: "twin", post: twin.clone(), reply: id(&public), secrets: vec!["textcanarytwin".to_owned(), twin] });
        for secret in written.iter().flat_map(|one| &one.secrets) {
            assert!(!out.contains(secret.as_str()), "{secret} went out");
        }
        let (all, more) = (written.iter().collect::<Vec<&Written>>(), ids(&house.get(None, "/api/v1/timelines/public").await.ok()));
        assert_eq!(more.len(), 3);
        let paths = doors(&house, &all, &[&ana, &ben], &more);
        search(&house, "nobody", Reader::Nobody, &paths, &all).await;
        search(&house, "a follower's server", Reader::Server(&finn), &paths, &all).await;
        search(&house, "a customer", Reader::Token(&dora), &paths, &all).await;
        search(&house, "the brand", Reader::Token(&brand), &paths, &all).await;
        search(&house, "somebody outside the team", Reader::Token(&cleo), &paths, &[&written[1]]).await;
    }
}
