//! Who may invite whom, and what an invitation can be.

use guildhall::domain::accounts::{AccountKind, GrantRole, HouseRight, Role};
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{API, come_as, invite, link, owner};
use crate::{
    brands::{brand, desk::refused, give},
    mastodon::{House, Person, Reply, ids},
    oauth::{Browser, landing},
};

/// What each role may do with the server: `x` where it may.
const TABLE: &str = "
                   owner admin moderator member
invite_customer    x     x     x         .
invite_member      x     x     .         .
invite_moderator   x     x     .         .
invite_admin       x     x     .         .
invite_owner       x     .     .         .
change_registrations x   x     .         .
answer_sign_ups    x     x     x         .
suspend_customer   x     x     x         .
suspend_staff      x     x     .         .
limit_account      x     x     x         .
remove_owner       x     .     .         .
change_roles       x     x     .         .
change_owners      x     .     .         .
delete_account     x     x     .         .
handle_crisis      x     x     .         .
set_exposure       x     x     .         .
change_company     x     x     .         .
give_certificates  x     x     .         .
make_brands        x     x     .         .
";

#[test]
fn every_role_has_the_rights_of_the_table_and_no_other() {
    let mut lines = TABLE.trim_start_matches('\n').lines();
    let roles: Vec<Role> = lines.next().unwrap().split_whitespace().map(|name| name.parse().unwrap()).collect();
    assert_eq!(roles, Role::ALL);
    let mut seen = Vec::new();
    for line in lines {
        let mut cells = line.split_whitespace();
        let right: HouseRight = cells.next().unwrap().parse().unwrap();
        let cells: Vec<&str> = cells.collect();
        assert_eq!(cells.len(), roles.len(), "{right}");
        for (role, cell) in roles.iter().zip(cells) {
            assert_eq!(role.may(right), cell == "x", "{role} {right}");
        }
        seen.push(right);
    }
    assert_eq!(seen, HouseRight::ALL, "every right has a row");
}

/// Asks under a key.
async fn keyed(house: &House, who: &Person, key: &str, wish: &Value) -> Reply {
    let request = Request::builder()
        .method(Method::POST)
        .uri(API)
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key);
    house.send(request.body(wish.to_string().into()).unwrap()).await
}

on_both! {
    async fn everybody_invites_whom_their_role_lets_them_and_nobody_else(database: TestDatabase) {
        let house = House::open(database).await;
        let wishes = [
            (json!({"kind": "customer"}), "invite_customer"),
            (json!({"kind": "employee"}), "invite_member"),
            (json!({"kind": "employee", "role": "moderator"}), "invite_moderator"),
            (json!({"kind": "employee", "role": "admin"}), "invite_admin"),
            (json!({"kind": "employee", "role": "owner"}), "invite_owner"),
        ];
        for role in Role::ALL {
            let who = house.person(&format!("the_{role}"), AccountKind::Employee, *role).await;
            for (wish, right) in &wishes {
                let may = role.may(right.parse().unwrap());
                let reply = house.post(&who, API, wish.clone()).await;
                assert_eq!(reply.status.as_u16(), if may { 200 } else { 403 }, "{role} {right}: {}", reply.body);
                if !may {
                    assert_eq!(refused(&reply).1, "role.house_right");
                }
            }
        }
        // Who does not work here invites nobody, whatever role is written down.
        let odd = house.person("odd", AccountKind::Customer, Role::Admin).await;
        assert_eq!(refused(&house.post(&odd, API, wishes[0].0.clone()).await), (403, "role.house_right"));
        let reader = house.person_with("reader", AccountKind::Employee, Role::Owner, "read write admin:read").await;
        assert_eq!(refused(&house.post(&reader, API, wishes[0].0.clone()).await), (403, "token.scope"));
        assert_eq!(house.post(None, API, wishes[0].0.clone()).await.status, 401);
        assert_eq!(house.get(None, API).await.status, 401);
    }

    async fn each_sees_and_takes_back_what_they_may_make(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let mona = house.person("mona", AccountKind::Employee, Role::Moderator).await;
        let adam = house.person("adam", AccountKind::Employee, Role::Admin).await;
        let emil = house.employee("emil").await;
        let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
        let boss = id(&invite(&house, &olga, json!({"kind": "employee", "role": "owner"})).await);
        let staff = id(&invite(&house, &olga, json!({"kind": "employee", "email": "new@mail.example"})).await);
        let guest = id(&invite(&house, &olga, json!({"kind": "customer"})).await);
        let listed = async |who: &Person| ids(&house.get(who, API).await.ok());
        assert_eq!(listed(&olga).await, [guest.clone(), staff.clone(), boss.clone()]);
        assert_eq!(listed(&adam).await, [guest.clone(), staff.clone()]);
        assert_eq!(listed(&mona).await, std::slice::from_ref(&guest));
        assert_eq!(refused(&house.get(&emil, API).await), (403, "role.house_right"));
        for (who, other) in [(&mona, &staff), (&mona, &boss), (&adam, &boss)] {
            for method in [Method::GET, Method::DELETE] {
                let reply = house.call(Some(who), method, &format!("{API}/{other}"), Value::Null).await;
                assert_eq!(refused(&reply), (404, "invitation.not_found"));
            }
        }
        for other in [&guest, &"999".to_owned()] {
            for method in [Method::GET, Method::DELETE] {
                let reply = house.call(Some(&emil), method, &format!("{API}/{other}"), Value::Null).await;
                assert_eq!(refused(&reply), (403, "role.house_right"));
            }
        }
        let page = house.get(&olga, &format!("{API}?limit=2")).await;
        let rest = house.get(&olga, &page.link("next").unwrap()).await.ok();
        assert_eq!((ids(&page.body).len(), ids(&rest)), (2, vec![boss]));
        // The link was told once.
        let shown = house.get(&adam, &format!("{API}/{staff}")).await.ok();
        assert_eq!(shown.get("link"), None);
        assert_eq!((&shown["email"], &shown["state"], &shown["people"]), (&json!("new@mail.example"), &json!("open"), &json!(1)));
        assert_eq!((&shown["expires_at"], &shown["invited_by"]["username"]), (&json!("2026-11-08T12:00:00.000Z"), &json!("olga")));
        for _ in 0..2 {
            let revoked = house.delete(&mona, &format!("{API}/{guest}")).await.ok();
            assert_eq!((&revoked["state"], &revoked["revoked_at"]), (&json!("revoked"), &json!("2026-11-01T12:00:00.000Z")));
        }
        assert_eq!(house.delete(&olga, &format!("{API}/999")).await.status, 404);
        assert_eq!(house.delete(&olga, &format!("{API}/x")).await.status, 404);
    }

    async fn nobody_gives_what_they_do_not_have(database: TestDatabase) {
        let house = House::open(database).await;
        let (olga, acme) = (owner(&house).await, brand(&house, "acme").await);
        let wish = |role: &str| json!({"kind": "employee", "grants": [{"actor": acme, "role": role}]});
        let role = async |role| give(&house, &olga, acme, role).await.unwrap();
        assert_eq!(refused(&house.post(&olga, API, wish("contributor")).await), (404, "brand.not_found"));
        role(GrantRole::Publisher).await;
        assert_eq!(refused(&house.post(&olga, API, wish("contributor")).await), (403, "role.right"));
        role(GrantRole::Manager).await;
        let made = invite(&house, &olga, wish("publisher")).await;
        assert_eq!(made["grants"], json!([{"actor": acme, "role": "publisher"}]));
        // With an invitation of one's own one would be the second person that rules ask for.
        role(GrantRole::Owner).await;
        for second in ["approver", "manager", "owner"] {
            assert_eq!(refused(&house.post(&olga, API, wish(second)).await), (403, "role.second_person"), "{second}");
        }
        for other in ["contributor", "responder", "analyst", "auditor"] {
            invite(&house, &olga, wish(other)).await;
        }
    }

    async fn what_can_be_no_invitation_is_refused(database: TestDatabase) {
        let house = House::open(database).await;
        let (olga, acme) = (owner(&house).await, brand(&house, "acme").await);
        give(&house, &olga, acme, GrantRole::Owner).await.unwrap();
        let team = house.post(&olga, "/api/guildhall/v1/teams", json!({"name": "Welders"})).await.ok();
        let grant = json!({"actor": acme, "role": "analyst"});
        for (wish, status, code) in [
            (json!({}), 400, "parameter.missing"),
            (json!({"kind": "king"}), 422, "invitation.kind"),
            (json!({"kind": "employee", "role": "king"}), 422, "invitation.role"),
            (json!({"kind": "customer", "role": "moderator"}), 422, "invitation.customer"),
            (json!({"kind": "customer", "grants": [grant]}), 422, "invitation.customer"),
            (json!({"kind": "customer", "team": team["id"]}), 422, "invitation.customer"),
            (json!({"kind": "partner", "grants": [grant]}), 422, "invitation.customer"),
            (json!({"kind": "press", "role": "owner"}), 422, "invitation.customer"),
            (json!({"kind": "press", "team": team["id"]}), 422, "invitation.customer"),
            (json!({"kind": "employee", "team": "1"}), 404, "team.not_found"),
            (json!({"kind": "employee", "people": 2}), 422, "invitation.people"),
            (json!({"kind": "customer", "people": 0}), 422, "invitation.people"),
            (json!({"kind": "customer", "people": 101}), 422, "invitation.people"),
            (json!({"kind": "customer", "people": 2, "email": "a@mail.example"}), 422, "invitation.people"),
            (json!({"kind": "customer", "days": 0}), 422, "invitation.days"),
            (json!({"kind": "customer", "days": 31}), 422, "invitation.days"),
            (json!({"kind": "customer", "days": 9_000_000_000_000_000_000_u64}), 422, "invitation.days"),
            (json!({"kind": "customer", "email": "nobody"}), 422, "account.email"),
            (json!({"kind": "employee", "grants": [grant, grant]}), 422, "invitation.grants"),
            (json!({"kind": "employee", "grants": vec![&grant; 21]}), 422, "invitation.grants"),
            (json!({"kind": "employee", "grants": [{"actor": acme, "role": "king"}]}), 422, "grant.role"),
            (json!({"kind": "employee", "grants": [{"actor": olga.actor, "role": "analyst"}]}), 404, "brand.not_found"),
        ] {
            let reply = house.post(&olga, API, wish.clone()).await;
            assert_eq!(refused(&reply), (status, code), "{wish}");
            assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json");
        }
        assert_eq!(ids(&house.get(&olga, API).await.ok()), [""; 0]);
        for fine in [json!({"kind": "customer", "days": 30, "people": 100}), json!({"kind": "customer", "days": 1})] {
            invite(&house, &olga, fine).await;
        }
    }

    async fn what_is_asked_twice_under_one_key_is_one_invitation(database: TestDatabase) {
        let house = House::open(database).await;
        let (olga, wish) = (owner(&house).await, json!({"kind": "employee", "email": "new@mail.example"}));
        let first = keyed(&house, &olga, "one", &wish).await.ok();
        let again = keyed(&house, &olga, "one", &wish).await.ok();
        assert_eq!(first["id"], again["id"]);
        assert_ne!(first["link"], again["link"], "whoever asks again did not get the first one");
        assert_eq!(refused(&keyed(&house, &olga, "one", &json!({"kind": "customer"})).await), (422, "request.idempotency_key_reused"));
        assert_eq!(refused(&keyed(&house, &olga, &"k".repeat(256), &wish).await), (400, "request.idempotency_key"));
        assert_eq!(ids(&house.get(&olga, API).await.ok()).len(), 1);
        assert_eq!(super::letters::all(&house).await.len(), 1);
        // Either link leads there, and one person comes.
        assert_eq!(come_as(&mut Browser::default(), &house, &link(&again), "nina").await.location(), landing());
        assert_eq!(Browser::default().get(&house, &link(&first)).await.status, 410);
    }

    async fn nobody_has_more_open_invitations_than_the_guide_says(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = owner(&house).await;
        let account = olga.account;
        let many = house.app.db.write(move |tx| {
            use guildhall::domain::invitations::{NewInvitation, OPEN, USUAL, make};
            let new = NewInvitation { by: Some(account), kind: AccountKind::Customer, role: Role::Member, grants: Vec::new(), team: None, email: None, lasts: USUAL, most: 1 };
            (0..OPEN).try_for_each(|number| {
                let mut hash = [0; 32];
                hash[..8].copy_from_slice(&number.to_be_bytes());
                make(tx, &new, &hash, None).map(drop)
            })
        });
        many.await.unwrap();
        assert_eq!(refused(&house.post(&olga, API, json!({"kind": "customer"})).await), (422, "invitation.limit"));
        house.wait(8 * 24 * 3600);
        invite(&house, &olga, json!({"kind": "customer"})).await;
    }
}
