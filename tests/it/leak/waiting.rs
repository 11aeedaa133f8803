//! What waits for approval is seen by the people of its brand, and found by nobody else.

use guildhall::domain::accounts::{self, AccountKind, GrantRole, Role};
use serde_json::json;

use super::{
    doors::{Reader, doors, search},
    remote_follower,
    written::{Written, sent},
};
use crate::{
    brands::{API, brand, give},
    mastodon::{House, Person},
};

on_both! {
    async fn what_waits_for_approval_is_found_by_the_team_alone(database: TestDatabase) {
        let house = House::open(database).await;
        let (boss, pat, abe) = (
            house.person("boss", AccountKind::Employee, Role::Owner).await,
            house.employee("pat").await,
            house.employee("abe").await,
        );
        // Its name is one that is asked for at every door.
        let ana = brand(&house, "ana").await;
        for (who, role) in [(&boss, GrantRole::Manager), (&pat, GrantRole::Publisher), (&abe, GrantRole::Approver)] {
            give(&house, who, ana, role).await.unwrap();
        }
        house.put(&boss, &format!("{API}/actors/{ana}/policy"), json!({"min_approvals": 1})).await.ok();
        let account = pat.account;
        house.app.db.write(move |tx| {
            accounts::issue_token(tx, account, ana, "read write follow push", "app", &guildhall::secrets::token_hash("app"))
        }).await.unwrap();
        let app = Person { actor: ana, account, token: "app".to_owned() };
        let (dora, cleo, rival) = (house.customer("dora").await, house.employee("cleo").await, house.brand_of(&boss).await);
        let finn = remote_follower(&house, &[&app]).await;
        for who in [&dora, &cleo, &rival] {
            house.post(who, &format!("/api/v1/accounts/{ana}/follow"), json!({"notify": true})).await.ok();
        }
        super::work(&house).await;
        let said = json!({"status": "textcanarywaits #tagcanarywaits @dora", "spoiler_text": "warningcanarywaits"});
        let waits = house.post(&app, "/api/v1/statuses", said).await.ok();
        let (seen, draft) = (waits["id"].as_str().unwrap().to_owned(), waits["guildhall"]["approval"]["id"].as_str().unwrap().to_owned());
        super::work(&house).await;
        let secrets = ["textcanarywaits", "tagcanarywaits", "warningcanarywaits", &seen, &draft].map(ToOwned::to_owned).to_vec();
        let written = Written { audience: "waits", post: seen.clone(), reply: draft, secrets };
        for one in sent(&house).await {
            assert!(written.secrets.iter().all(|secret| !one.contains(secret.as_str())), "it went out: {one}");
        }
        // The team finds it, so that there is something to be found.
        for who in [&app, &pat, &abe, &boss] {
            let status = house.get(who, &format!("/api/v1/statuses/{seen}")).await.ok();
            assert!(status["content"].as_str().unwrap().contains("textcanarywaits"), "{status}");
        }
        assert!(house.get(&app, "/api/v1/timelines/home").await.ok().to_string().contains("textcanarywaits"));
        let doors = doors(&house, &[&written], &[&app, &pat], &[]);
        assert!(doors.len() > 150, "{}", doors.len());
        let all = [&written];
        search(&house, "nobody", Reader::Nobody, &doors, &all).await;
        search(&house, "a follower's server", Reader::Server(&finn), &doors, &all).await;
        search(&house, "a customer who is named", Reader::Token(&dora), &doors, &all).await;
        search(&house, "a colleague without a role", Reader::Token(&cleo), &doors, &all).await;
        search(&house, "another brand", Reader::Token(&rival), &doors, &all).await;
    }
}
