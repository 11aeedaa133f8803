//! What people with rights did is written down, read by few, and not changed unnoticed.

use diesel::{RunQueryDsl, sql_query};
use guildhall::{
    domain::{
        accounts::{self, AccountKind, GrantRole, Role},
        audit::{self, Checked, Head},
        org, servers,
    },
    error::Error,
    secrets::token_hash,
};
use serde_json::{Value, json};

use super::{API, brand, give, with_role};
use crate::{
    cli::Place,
    mastodon::{House, Person, ids},
};

/// Acts with what they were done to.
fn acts(entries: &Value) -> Vec<String> {
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().split(':').next().unwrap().to_owned();
    entries.as_array().unwrap().iter().map(|entry| format!("{} {}", text(entry, "act"), text(entry, "about"))).collect()
}

/// Writes the log anew without a key: of each entry the second host is another one.
fn forge(tx: &mut guildhall::db::Tx<'_>, host: &str) -> Result<(), Error> {
    use diesel::prelude::*;
    use guildhall::db::schema::audit as table;
    let rows: Vec<audit::Record> = table::table.order(table::seq).select(audit::Record::as_select()).load(tx.conn())?;
    let mut previous = "0".repeat(64);
    for row in rows {
        let about = if row.about == "server:spam.example" { format!("server:{host}") } else { row.about.clone() };
        let said = json!({
            "seq": row.seq.to_string(), "at": row.at.0.to_string(), "person": row.person_id, "act": row.act, "about": about,
            "actor": row.actor_id, "reason": row.reason, "details": row.details, "previous": previous,
        });
        let hash = guildhall::text::fingerprint(&said)?;
        diesel::update(table::table.find(row.seq))
            .set((table::about.eq(&about), table::previous.eq(&previous), table::hash.eq(&hash)))
            .execute(tx.conn())?;
        previous = hash;
    }
    Ok(())
}

on_both! {
    async fn every_act_of_somebody_with_rights_is_written_down(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let ana = house.employee("ana").await;
        let (acme, account) = (brand(&house, "acme").await, ana.account);
        give(&house, &ana, acme, GrantRole::Contributor).await.unwrap();
        give(&house, &ana, acme, GrantRole::Publisher).await.unwrap();
        house.app.db.write(move |tx| accounts::issue_token(tx, account, acme, "read", "app", &token_hash("app"))).await.unwrap();
        house.app.db.write(|tx| servers::block(tx, "spam.example", Some("Spam"))).await.unwrap();
        house.app.db.write(|tx| servers::allow(tx, "spam.example")).await.unwrap();
        assert!(!house.app.db.write(|tx| servers::allow(tx, "spam.example")).await.unwrap());
        house.app.db.write(|tx| {
            org::edit_company(tx, &org::Edit { name: Some("Acme".to_owned()), legal: vec![(org::LegalText::Rules, "Be kind".to_owned())], ..Default::default() })
        }).await.unwrap();
        house.app.db.write(move |tx| accounts::set_suspended(tx, account, true)).await.unwrap();
        house.app.db.write(move |tx| accounts::set_suspended(tx, account, false)).await.unwrap();
        let team = house.post(&boss, &format!("{API}/teams"), json!({"name": "Press", "members": ["ana"]})).await.ok();
        house.delete(&boss, &format!("{API}/teams/{}/members/ana", team["id"].as_str().unwrap())).await.ok();
        house.app.db.write(move |tx| accounts::set_role(tx, account, AccountKind::Customer, Role::Member)).await.unwrap();
        house.app.db.write(move |tx| accounts::delete(tx, account)).await.unwrap();

        let mut entries = house.get(&boss, &format!("{API}/audit")).await.ok();
        entries.as_array_mut().unwrap().reverse();
        assert_eq!(acts(&entries), [
            "grant.given account", "grant.given account", "token.issued account", "server.blocked server", "server.allowed server",
            "company.changed company", "account.suspended account", "account.restored account", "team.created team",
            "team.joined account", "team.left account", "grant.taken account", "account.role account", "account.deleted account",
        ]);
        assert_eq!(entries[1]["details"], json!({"role": "publisher", "before": "contributor"}));
        assert_eq!((&entries[1]["about"], &entries[1]["actor"]), (&json!(format!("account:{account}")), &json!(acme.to_string())));
        assert_eq!((&entries[3]["about"], &entries[3]["reason"], &entries[3]["by"]), (&json!("server:spam.example"), &json!("Spam"), &Value::Null));
        assert_eq!((&entries[2]["details"]["holder"], &entries[2]["details"]["name"]), (&json!("command_line"), &json!("app")));
        assert_eq!(entries[5]["details"], json!({"changed": ["name", "rules"]}));
        assert_eq!(entries[9]["by"], json!({"account": boss.account.to_string(), "username": "boss"}), "people are named");
        assert!(entries[9]["people"].as_array().unwrap().iter().any(|one| one["username"] == "boss"), "{}", entries[9]["people"]);
        assert_eq!((&entries[9]["details"]["name"], &entries[10]["details"]["name"]), (&json!("Press"), &json!("Press")));
        assert_eq!((&entries[1]["actor_name"], &entries[3]["actor_name"]), (&json!("ACME"), &Value::Null));
        assert_eq!(entries[12]["details"]["before"], json!({"kind": "employee", "role": "member"}));
        assert_eq!((&entries[0]["id"], &entries[0]["at"]), (&json!("1"), &json!("2026-11-01T12:00:00.000Z")));
        for pair in entries.as_array().unwrap().windows(2) {
            assert_eq!(pair[1]["previous"], pair[0]["hash"]);
        }
    }

    async fn an_act_that_fails_leaves_no_entry(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let (owner, carl) = (boss.account, house.customer("carl").await);
        let acme = brand(&house, "acme").await;
        assert!(give(&house, &carl, acme, GrantRole::Owner).await.is_err());
        house.app.db.write(move |tx| accounts::delete(tx, owner)).await.unwrap_err();
        let failed = house.app.db.write(|tx| {
            servers::block(tx, "spam.example", None)?;
            Err::<(), Error>(Error::internal("the process dies"))
        });
        failed.await.unwrap_err();
        house.post(&boss, &format!("{API}/teams"), json!({"name": "Press", "members": ["nobody"]})).await;
        assert_eq!(house.get(&boss, &format!("{API}/audit")).await.ok(), json!([]));
    }

    async fn owners_read_all_and_auditors_what_concerns_their_brand(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let admin = house.person("adam", AccountKind::Employee, Role::Admin).await;
        let (acme, other) = (brand(&house, "acme").await, brand(&house, "other").await);
        let path = format!("{API}/audit");
        let auditor = with_role(&house, acme, GrantRole::Auditor).await;
        let manager = with_role(&house, acme, GrantRole::Manager).await;
        let elsewhere = with_role(&house, other, GrantRole::Owner).await;
        house.app.db.write(|tx| servers::block(tx, "spam.example", None)).await.unwrap();
        assert_eq!(house.get(&boss, &path).await.ok().as_array().unwrap().len(), 4);
        assert_eq!(ids(&house.get(&auditor, &path).await.ok()), ["2", "1"]);
        assert_eq!(ids(&house.get(&elsewhere, &path).await.ok()), ["3"]);
        for who in [&admin, &manager] {
            let refused = house.get(who, &path).await;
            assert_eq!((refused.status.as_u16(), &refused.body["code"]), (403, &json!("audit.readers_only")));
        }
        assert_eq!(house.get(None, &path).await.status, 401);
        let phone = house.person_with("phone", AccountKind::Employee, Role::Owner, "read write follow").await;
        assert_eq!(house.get(&phone, &path).await.status, 403, "an app that only reads posts");
        // Who is an auditor no more reads no more.
        give(&house, &auditor, acme, GrantRole::Analyst).await.unwrap();
        assert_eq!(house.get(&auditor, &path).await.status, 403);
    }

    async fn a_token_that_acts_as_a_brand_reads_of_that_alone(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let (acme, other) = (brand(&house, "acme").await, brand(&house, "other").await);
        for brand in [acme, other] {
            give(&house, &boss, brand, GrantRole::Owner).await.unwrap();
        }
        let account = boss.account;
        let hash = token_hash("as acme");
        house.app.db.write(move |tx| accounts::issue_token(tx, account, acme, "admin:read", "app", &hash)).await.unwrap();
        let as_acme = Person { actor: acme, account, token: "as acme".to_owned() };
        let brands = async |who: &Person| {
            let read = house.get(who, &format!("{API}/audit")).await.ok();
            read.as_array().unwrap().iter().map(|entry| entry["actor"].clone()).collect::<Vec<Value>>()
        };
        let (acme, other) = (json!(acme.to_string()), json!(other.to_string()));
        assert!(brands(&boss).await.contains(&other));
        let read = brands(&as_acme).await;
        assert!(!read.is_empty() && read.iter().all(|brand| *brand == acme), "{read:?}");
    }

    async fn pages_lead_through_all_entries(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        for number in 0..7 {
            house.app.db.write(move |tx| servers::block(tx, &format!("spam{number}.example"), None)).await.unwrap();
        }
        let (down, up) = crate::mastodon::walk(&house, &boss, &format!("{API}/audit?limit=3")).await;
        assert_eq!(down, ["7", "6", "5", "4", "3", "2", "1"]);
        assert_eq!(up, down);
    }

    async fn whatever_is_changed_in_one_row_is_found(database: TestDatabase) {
        let house = House::open(database).await;
        for number in 0..5 {
            house.app.db.write(move |tx| servers::block(tx, &format!("spam{number}.example"), Some("Spam"))).await.unwrap();
        }
        let postgres = house.app.db.engine() == guildhall::db::Engine::Postgres;
        let seal = house.app.db.seal().unwrap();
        let forged = |change: &'static str| {
            let seal = seal.clone();
            house.app.db.write(move |tx| {
                sql_query(change).execute(tx.conn())?;
                let mut head = Head::beginning();
                loop {
                    // Two at a time, so that batches meet.
                    match audit::check(tx.conn(), &seal, &head, 2)? {
                        Checked::Sound(next) => head = next,
                        Checked::End => return Err(Error::invalid("whole", head.seq.to_string())),
                        Checked::Broken { seq, why } => return Err(Error::invalid("broken", format!("{seq} {why}"))),
                    }
                }
            })
        };
        let told = async |change| -> String {
            let outcome: Result<(), Error> = forged(change).await;
            let error = outcome.unwrap_err();
            format!("{} {}", error.code(), error.safe())
        };
        assert_eq!(told("UPDATE audit SET act = act").await, "whole 5", "nothing was changed");
        for (change, seq) in [
            ("UPDATE audit SET at = at + 1 WHERE seq = 3", 3),
            ("UPDATE audit SET person_id = 7 WHERE seq = 1", 1),
            ("UPDATE audit SET act = 'server.allowed' WHERE seq = 5", 5),
            ("UPDATE audit SET about = 'server:friend.example' WHERE seq = 2", 2),
            ("UPDATE audit SET actor_id = 1 WHERE seq = 4", 4),
            ("UPDATE audit SET reason = NULL WHERE seq = 3", 3),
            ("UPDATE audit SET details = '{ }' WHERE seq = 3", 3),
            ("UPDATE audit SET previous = hash WHERE seq = 3", 3),
            ("UPDATE audit SET hash = previous WHERE seq = 3", 3),
            ("UPDATE audit SET seq = 9 WHERE seq = 5", 5),
            ("DELETE FROM audit WHERE seq = 3", 3),
            ("DELETE FROM audit WHERE seq = 1", 1),
            ("INSERT INTO audit SELECT 0, at, person_id, act, about, actor_id, reason, details, previous, hash FROM audit WHERE seq = 1", 0),
            ("INSERT INTO audit SELECT 6, at, person_id, act, about, actor_id, reason, details, previous, hash FROM audit WHERE seq = 5", 6),
        ] {
            let told = told(change).await;
            assert!(told.starts_with(&format!("broken {seq} ")), "{change} ({postgres}): {told}");
        }
    }

    async fn the_log_is_written_when_all_else_is_done(database: TestDatabase) {
        let house = House::open(database).await;
        let before = house.app.db.read(Head::last).await.unwrap();
        let during = house.app.db.write(|tx| {
            servers::block(tx, "spam.example", None)?;
            Head::last(tx.conn())
        });
        assert_eq!(during.await.unwrap(), before);
        let refused: Result<(), Error> = house.app.db.write(|tx| {
            servers::block(tx, "worse.example", None)?;
            Err(Error::invalid("test", "no"))
        }).await;
        assert!(refused.is_err());
        assert_eq!(house.app.db.read(Head::last).await.unwrap().seq, before.seq + 1);
        let blocked = house.app.db.read(|conn| { let seq = Head::last(conn)?.seq; audit::find(conn, seq) }).await.unwrap().unwrap();
        assert_eq!(blocked.about, "server:spam.example");
    }

    async fn who_can_only_write_to_the_database_does_not_make_the_chain_anew(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        for host in ["spam.example", "worse.example"] {
            place.run(&["server", "block", host]).fine();
        }
        place.run(&["audit", "verify"]).fine();
        // All of it again with another host and hashes that anybody can work out, as an earlier version made them.
        let db = &place.database.as_ref().unwrap().db;
        let forge = |host: &'static str| db.write(move |tx| forge(tx, host));
        forge("friend.example").await.unwrap();
        place.run(&["audit", "verify"]).refused(&["Entry 1", "was changed"]);
        // Writing goes on behind it, and what was forged stays found.
        place.run(&["server", "allow", "worse.example"]).fine();
        place.run(&["audit", "verify"]).refused(&["Entry 1", "was changed"]);
    }

    async fn the_command_line_checks_the_log_and_notices_a_missing_end(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let fine = place.run(&["audit", "verify"]).fine();
        assert!(fine.out.contains("1 entry: nothing was changed."), "{fine:?}");
        for host in ["spam.example", "worse.example"] {
            place.run(&["server", "block", host]).fine();
        }
        let fine = place.run(&["audit", "verify"]).fine();
        let noted = fine.out.trim_end().rsplit(' ').next().unwrap().to_owned();
        assert!(noted.starts_with("3:") && fine.out.contains("3 entries"), "{fine:?}");
        place.run(&["server", "allow", "spam.example"]).fine();
        assert!(place.run(&["audit", "verify", "--noted", &noted]).fine().out.contains("4 entries"));
        let db = &place.database.as_ref().unwrap().db;
        let other = format!("3:{}", "a".repeat(64));
        place.run(&["audit", "verify", "--noted", &other]).refused(&["Entry 3", "changed"]);
        db.write(|tx| Ok(sql_query("DELETE FROM audit WHERE seq > 2").execute(tx.conn())?)).await.unwrap();
        place.run(&["audit", "verify"]).fine();
        place.run(&["audit", "verify", "--noted", &noted]).refused(&["ends at entry 2", "entry 3", "cut off"]);
        db.write(|tx| Ok(sql_query("UPDATE audit SET about = 'server:friend.example' WHERE seq = 2").execute(tx.conn())?)).await.unwrap();
        place.run(&["audit", "verify"]).refused(&["Entry 2", "was changed"]);
    }
}
