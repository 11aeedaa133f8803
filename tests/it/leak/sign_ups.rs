//! Who signed up and has no account yet is found by those who answer, and by nobody else.

use guildhall::domain::{
    accounts::{AccountKind, Role},
    org::{self, Registrations},
    sign_ups::{self, NewSignUp},
};

use super::{
    doors::{Reader, doors, search},
    remote_follower,
    written::{Written, sent},
};
use crate::mastodon::House;

on_both! {
    async fn who_waits_for_an_account_is_found_by_those_who_answer_alone(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let (ana, ben) = (house.employee("ana").await, house.customer("ben").await);
        let finn = remote_follower(&house, &[&ana]).await;
        let site = house.app.site.clone();
        let asked = house.app.db.write(move |tx| {
            org::set_registrations(tx, None, Registrations::Approval)?;
            for (number, name, confirms) in [(1, "handlecanarynever", false), (2, "handlecanarywaits", true)] {
                let new = NewSignUp {
                    username: name.to_owned(),
                    display_name: "textcanarywaits".to_owned(),
                    email: format!("{name}@mail.example"),
                    reason: "warningcanarywaits".to_owned(),
                    agrees: true,
                    listed: true,
                    ..NewSignUp::default()
                };
                let id = sign_ups::ask(tx, &new, "none", &[number; 32])?;
                sign_ups::open_link(tx, id, &[number; 32])?;
                if confirms {
                    sign_ups::confirm(tx, &site, &[number; 32])?;
                    return Ok(id);
                }
            }
            Err(guildhall::error::Error::internal("nobody confirmed"))
        });
        let id = asked.await.unwrap().to_string();
        super::work(&house).await;
        let secrets = ["handlecanarywaits", "handlecanarynever", "textcanarywaits", "warningcanarywaits"].map(ToOwned::to_owned).to_vec();
        let written = Written { audience: "waits", post: id.clone(), reply: id.clone(), secrets };
        for one in sent(&house).await {
            assert!(written.secrets.iter().all(|secret| !one.contains(secret.as_str())), "it went out: {one}");
        }
        // Those who answer find it, so that there is something to be found.
        let one = house.get(&boss, &format!("/api/guildhall/v1/sign-ups/{id}")).await.ok();
        assert_eq!(one["reason"], "warningcanarywaits");
        let mut doors = doors(&house, &[&written], &[&ana, &ben], &[id]);
        for name in ["handlecanarywaits", "handlecanarynever"] {
            doors.push(format!("/.well-known/webfinger?resource=acct:{name}@company.example"));
            doors.push(format!("/@{name}"));
            doors.push(format!("/api/v1/accounts/lookup?acct={name}"));
            doors.push(format!("/api/v1/accounts/search?q={name}"));
        }
        assert!(doors.len() > 150, "{}", doors.len());
        let all = [&written];
        search(&house, "nobody", Reader::Nobody, &doors, &all).await;
        search(&house, "a follower's server", Reader::Server(&finn), &doors, &all).await;
        search(&house, "an employee", Reader::Token(&ana), &doors, &all).await;
        search(&house, "a customer", Reader::Token(&ben), &doors, &all).await;
    }
}
