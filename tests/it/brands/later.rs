//! Drafts that wait for their time.

use guildhall::{
    db::Engine,
    domain::{
        accounts::{self, GrantRole},
        drafts,
    },
    error::Error,
};
use http::Method;
use serde_json::json;

use super::{
    API, audit_acts,
    desk::{Desk, refused},
    give,
};
use crate::mastodon::{House, Person};

const TIME: &str = "2026-11-01T13:00:00Z";

/// Schedules an approved draft for an hour later; answers its id.
async fn scheduled(desk: &Desk, text: &str) -> String {
    let id = desk.approved(text).await;
    let waits = desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": TIME})).await.ok();
    assert_eq!((&waits["state"], &waits["scheduled_at"]), (&json!("scheduled"), &json!("2026-11-01T13:00:00.000Z")));
    id
}

fn sorted(mut said: Vec<String>) -> Vec<String> {
    said.sort();
    said
}

async fn passes(house: &House, seconds: u64) {
    house.wait(seconds);
    house.work().await;
}

on_both! {
    async fn a_scheduled_draft_is_published_at_its_time_once(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let unready = desk.handed_in("Not yet").await;
        assert_eq!(refused(&desk.acts(&desk.publisher, &unready, "schedule", json!({"scheduled_at": TIME})).await), (403, "draft.approvals_missing"));
        let id = desk.approved("On time").await;
        for (when, code) in [("2026-11-01T12:00:00Z", "draft.time_over"), ("2020-01-01T00:00:00Z", "draft.time_over"), ("soon", "draft.time"), ("", "draft.time")] {
            assert_eq!(refused(&desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": when})).await), (422, code), "{when}");
        }
        assert_eq!(refused(&desk.acts(&desk.contributor, &id, "schedule", json!({"scheduled_at": TIME})).await), (403, "role.right"));
        desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": TIME})).await.ok();
        passes(&desk.house, 3599).await;
        assert_eq!(desk.said().await.len(), 0);
        // An earlier time replaces the later one, and a later one the earlier.
        desk.acts(&desk.manager, &id, "schedule", json!({"scheduled_at": "2026-11-01T14:00:00Z"})).await.ok();
        passes(&desk.house, 1).await;
        assert_eq!(desk.said().await.len(), 0);
        for seconds in [3600, 3600] {
            passes(&desk.house, seconds).await;
            assert_eq!(desk.said().await, ["<p>On time</p>"]);
        }
        let published = desk.reads(&desk.manager, &id).await;
        assert_eq!((&published["state"], &published["post"]["by"]["username"]), (&json!("published"), &json!("the_manager")));
    }

    async fn a_time_is_taken_back_and_the_draft_stays_approved(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let id = scheduled(&desk, "On second thought").await;
        let path = format!("{API}/drafts/{id}/schedule");
        assert_eq!(refused(&desk.house.delete(&desk.contributor, &path).await), (403, "role.right"));
        assert_eq!(refused(&desk.house.delete(&desk.house.employee("eve").await, &path).await), (404, "draft.not_found"));
        let stale = desk.with(&desk.publisher, Method::DELETE, &format!("{id}/schedule"), 7, json!({})).await;
        assert_eq!((refused(&stale), &stale.body["current"]["state"]), ((409, "draft.stale"), &json!("scheduled")));
        // Twice is once.
        for _ in 0..2 {
            let taken = desk.house.delete(&desk.publisher, &path).await.ok();
            assert_eq!((&taken["state"], &taken["scheduled_at"], &taken["scheduled_by"]), (&json!("approved"), &json!(null), &json!(null)));
        }
        passes(&desk.house, 3600).await;
        assert_eq!(desk.said().await.len(), 0);
        assert_eq!(audit_acts(&desk).await.iter().filter(|act| *act == "draft.unscheduled").count(), 1);
        // It gets another time, and is published by hand as any other.
        desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": "2026-11-01T15:00:00Z"})).await.ok();
        desk.house.delete(&desk.manager, &path).await.ok();
        desk.publishes(&desk.publisher, &id).await.ok();
        assert_eq!(desk.said().await, ["<p>On second thought</p>"]);
        assert_eq!(refused(&desk.house.delete(&desk.publisher, &path).await), (409, "draft.state"));
        // Where the approvals ended meanwhile, it waits for them again.
        let old = desk.approved("Old").await;
        desk.acts(&desk.publisher, &old, "schedule", json!({"scheduled_at": "2026-11-01T16:00:00Z"})).await.ok();
        desk.rules(json!({"min_approvals": 2})).await;
        assert_eq!(desk.house.delete(&desk.publisher, &format!("{API}/drafts/{old}/schedule")).await.ok()["state"], "in_review");
    }

    async fn what_may_not_be_published_when_its_time_comes_is_held_with_the_reason(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let house = &desk.house;
        // One whose author, one whose approver and one whose scheduler loses the role meanwhile, each with people of its own.
        let author = desk.also("ann", GrantRole::Contributor).await;
        let scheduler = desk.also("sue", GrantRole::Publisher).await;
        let approver = desk.also("abe", GrantRole::Approver).await;
        let mut waiting = Vec::new();
        for (who, yes, at) in [(&author, &desk.approver, &desk.publisher), (&desk.contributor, &approver, &desk.publisher), (&desk.contributor, &desk.approver, &scheduler)] {
            let draft = desk.begins(who, json!({"body": format!("By {}", who.actor)})).await.ok();
            let id = draft["id"].as_str().unwrap().to_owned();
            desk.acts(who, &id, "submit", json!({})).await.ok();
            desk.approves(yes, &id).await.ok();
            desk.acts(at, &id, "schedule", json!({"scheduled_at": TIME})).await.ok();
            waiting.push(id);
        }
        let fine = scheduled(&desk, "Fine").await;
        let (brand, gone) = (desk.brand, author.account);
        house.app.db.write(move |tx| accounts::set_suspended(tx, gone, true)).await.unwrap();
        let taken = scheduler.account;
        house.app.db.write(move |tx| accounts::revoke_grant(tx, taken, brand)).await.unwrap();
        give(house, &approver, brand, GrantRole::Publisher).await.unwrap();
        passes(house, 3600).await;
        assert_eq!(desk.said().await, ["<p>Fine</p>"]);
        assert_eq!(desk.reads(&desk.manager, &fine).await["state"], "published");
        for (id, word) in waiting.iter().zip(["wrote", "approvals", "scheduled"]) {
            let held = desk.reads(&desk.manager, id).await;
            assert_eq!(held["state"], "held");
            assert!(held["held"].as_str().unwrap().contains(word), "{held}");
        }
        assert_eq!(audit_acts(&desk).await.iter().filter(|act| *act == "draft.held").count(), 3);
        // It is handed in again, approved and published like any other.
        let id = &waiting[1];
        desk.acts(&desk.contributor, id, "submit", json!({})).await.ok();
        desk.approves(&desk.manager, id).await.ok();
        let out = desk.publishes(&desk.publisher, id).await.ok();
        assert_eq!((&out["held"], &out["held_code"]), (&json!(null), &json!(null)));
    }

    async fn an_approval_that_is_too_old_when_the_time_comes_does_not_count(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let id = desk.approved("In three days").await;
        let path = |at: &str| json!({"scheduled_at": at});
        assert_eq!(desk.reads(&desk.manager, &id).await["approvals"]["until"], "2026-11-04T12:00:00.000Z");
        let late = desk.acts(&desk.publisher, &id, "schedule", path("2026-11-04T12:00:00Z")).await;
        assert_eq!(refused(&late), (422, "draft.time_approvals"));
        assert!(late.body.to_string().contains("2026-11-04T12:00:00.000Z"), "it says until when: {}", late.body);
        desk.acts(&desk.publisher, &id, "schedule", path("2026-11-04T11:59:59Z")).await.ok();
        // Rules that became stricter meanwhile count.
        desk.rules(json!({"approval_hours": 24})).await;
        passes(&desk.house, 3 * 24 * 3600).await;
        let held = desk.reads(&desk.manager, &id).await;
        assert!(held["state"] == "held" && held["held"].as_str().unwrap().contains("0 of the 1"), "{held}");
        assert_eq!(held["held_code"], "draft.approvals_missing");
        assert_eq!(desk.said().await.len(), 0);
        // Of two that are needed the older one ends first, and one more makes it longer.
        desk.rules(json!({"min_approvals": 2})).await;
        let id = desk.handed_in("Twice").await;
        desk.approves(&desk.approver, &id).await.ok();
        desk.house.wait(3600);
        desk.approves(&desk.manager, &id).await.ok();
        assert_eq!(desk.reads(&desk.manager, &id).await["approvals"]["until"], "2026-11-05T12:00:00.000Z");
        desk.house.wait(3600);
        let third = desk.also("third", GrantRole::Approver).await;
        desk.approves(&third, &id).await.ok();
        assert_eq!(desk.reads(&desk.manager, &id).await["approvals"]["until"], "2026-11-05T13:00:00.000Z");
    }

    async fn the_calendar_asks_for_what_is_due_in_a_time(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let mut ids = Vec::new();
        for time in ["2026-11-01T13:00:00Z", "2026-11-01T14:00:00Z", "2026-11-01T15:00:00Z"] {
            let id = desk.approved(time).await;
            desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": time})).await.ok();
            ids.push(id);
        }
        desk.approved("Without a time").await;
        let due = async |query: &str| {
            let found = desk.house.get(&desk.auditor, &format!("{API}/drafts?{query}")).await.ok();
            found.as_array().unwrap().iter().rev().map(|draft| draft["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(due("due_from=2026-11-01T14:00:00Z").await, ids[1..]);
        assert_eq!(due("due_until=2026-11-01T14:00:00Z").await, ids[..1]);
        assert_eq!(due("due_from=2026-11-01T15:00:00%2B01:00&due_until=2026-11-01T15:00:00Z&state=scheduled").await, ids[1..2]);
        assert!(due("due_from=2026-11-02T00:00:00Z").await.is_empty());
        for query in ["due_from=tomorrow", "due_until=2026-11-01", "due_from=%00"] {
            assert_eq!(refused(&desk.house.get(&desk.auditor, &format!("{API}/drafts?{query}")).await), (400, "draft.range"), "{query}");
        }
    }

    async fn what_waits_is_held_as_soon_as_somebody_on_whom_it_hangs_is_gone(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (author, scheduler) = (desk.also("ann", GrantRole::Contributor).await, desk.also("sue", GrantRole::Publisher).await);
        desk.house.work().await;
        let by = async |author: &Person, scheduler: &Person| {
            let draft = desk.begins(author, json!({"body": "Later"})).await.ok();
            let id = draft["id"].as_str().unwrap().to_owned();
            desk.acts(author, &id, "submit", json!({})).await.ok();
            desk.approves(&desk.approver, &id).await.ok();
            desk.acts(scheduler, &id, "schedule", json!({"scheduled_at": TIME})).await.ok();
            id
        };
        let state = async |id: &str| desk.reads(&desk.manager, id).await["state"].clone();
        let (hers, theirs, ours) = (by(&author, &desk.publisher).await, by(&desk.contributor, &scheduler).await, by(&desk.contributor, &desk.publisher).await);
        // A role is taken from one, the other is locked out; an hour before the time, both are held.
        let (ann, sue, brand) = (author.account, scheduler.account, desk.brand);
        desk.house.app.db.write(move |tx| accounts::revoke_grant(tx, ann, brand)).await.unwrap();
        desk.house.app.db.write(move |tx| accounts::set_suspended(tx, sue, true)).await.unwrap();
        assert_eq!(state(&hers).await, "scheduled", "nothing is done before the job");
        desk.house.work().await;
        assert_eq!((state(&hers).await, state(&theirs).await, state(&ours).await), (json!("held"), json!("held"), json!("scheduled")));
        let held = desk.reads(&desk.manager, &hers).await;
        assert!(held["held"].as_str().unwrap().contains("may not do so any more") && held["scheduled_at"].is_null(), "{held}");
        // What was approved by somebody who may not approve any more has too few approvals.
        give(&desk.house, &desk.approver, desk.brand, GrantRole::Contributor).await.unwrap();
        desk.house.work().await;
        let held = desk.reads(&desk.manager, &ours).await;
        assert!(held["state"] == "held" && held["held"].as_str().unwrap().contains("0 of the 1"), "{held}");
        passes(&desk.house, 7200).await;
        assert_eq!(desk.said().await.len(), 0);
        assert_eq!(audit_acts(&desk).await.iter().filter(|act| *act == "draft.held").count(), 3);
    }

    async fn a_role_that_changes_while_what_is_due_goes_out_loses_nothing_and_sends_nothing_of_who_lost_it(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (ann, bob) = (desk.also("ann", GrantRole::Contributor).await, desk.also("bob", GrantRole::Contributor).await);
        desk.house.work().await;
        let later = async |author: &Person, text: String| {
            let id = desk.begins(author, json!({"body": text})).await.ok()["id"].as_str().unwrap().to_owned();
            desk.acts(author, &id, "submit", json!({})).await.ok();
            desk.approves(&desk.approver, &id).await.ok();
            desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": TIME})).await.ok();
            id
        };
        let (mut hers, mut his) = (Vec::new(), Vec::new());
        for number in 0..5 {
            hers.push(later(&ann, format!("Ann {number}")).await);
            his.push(later(&bob, format!("Bob {number}")).await);
        }
        // Their time comes. While it all goes out one loses the role and the other gets a higher one.
        desk.house.wait(7200);
        let (lost, higher, brand) = (ann.account, bob.account, desk.brand);
        let changed = desk.house.app.db.write(move |tx| {
            accounts::grant(tx, higher, brand, GrantRole::Publisher)?;
            accounts::revoke_grant(tx, lost, brand)
        });
        let ((), changed) = tokio::join!(desk.house.work(), changed);
        assert!(changed.unwrap());
        passes(&desk.house, 120).await;
        let mut published = 0;
        for id in &hers {
            let draft = desk.reads(&desk.manager, id).await;
            match draft["state"].as_str().unwrap() {
                // Before the role was lost.
                "published" => published += 1,
                state => assert!(state == "held" && draft["held"].as_str().unwrap().contains("may not do so any more"), "{draft}"),
            }
        }
        for id in &his {
            assert_eq!(desk.reads(&desk.manager, id).await["state"], "published");
        }
        assert_eq!(desk.said().await.len(), published + his.len(), "each once");
    }

    async fn of_many_that_wait_all_are_looked_at_each_on_its_own(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ann = desk.also("ann", GrantRole::Contributor).await;
        desk.house.work().await;
        let mut all = Vec::new();
        for number in 0..4 {
            let author = if number % 2 == 0 { &ann } else { &desk.contributor };
            let id = desk.begins(author, json!({"body": format!("Later {number}")})).await.ok()["id"].as_str().unwrap().to_owned();
            desk.acts(author, &id, "submit", json!({})).await.ok();
            desk.approves(&desk.approver, &id).await.ok();
            desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": TIME})).await.ok();
            all.push(id);
        }
        let (lost, brand) = (ann.account, desk.brand);
        desk.house.app.db.write(move |tx| accounts::revoke_grant(tx, lost, brand)).await.unwrap();
        // One that is broken keeps nobody back.
        let spoil = format!("UPDATE drafts SET wish = 'no JSON' WHERE id = {}", all[1]);
        desk.house.app.db.write(move |tx| Ok(diesel::RunQueryDsl::execute(diesel::sql_query(&spoil), tx.conn())?)).await.unwrap();
        // One for each transaction, the oldest first, and then nothing.
        let mut seen = Vec::new();
        while let Some((id, looked)) = desk.house.app.db.write({
            let after = seen.last().copied();
            move |tx| drafts::hold_unready(tx, brand, after)
        }).await.unwrap() {
            let fault = looked.err().map(|error| error.kind());
            assert_eq!(fault, (seen.len() == 1).then_some(guildhall::error::Kind::Internal));
            seen.push(id);
        }
        let mend = format!("UPDATE drafts SET wish = (SELECT wish FROM drafts WHERE id = {}) WHERE id = {}", all[3], all[1]);
        desk.house.app.db.write(move |tx| Ok(diesel::RunQueryDsl::execute(diesel::sql_query(&mend), tx.conn())?)).await.unwrap();
        assert_eq!(seen.iter().map(ToString::to_string).collect::<Vec<_>>(), all);
        for (number, id) in all.iter().enumerate() {
            let state = if number % 2 == 0 { "held" } else { "scheduled" };
            assert_eq!(desk.reads(&desk.manager, id).await["state"], state);
        }
    }

    async fn who_wrote_it_and_who_gave_it_its_time_hear_that_it_is_held(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (author, scheduler) = (desk.also("ann", GrantRole::Contributor).await, desk.also("sue", GrantRole::Publisher).await);
        for (who, name) in [(&author, "ann"), (&scheduler, "sue"), (&desk.approver, "abe")] {
            desk.reached(who, name).await;
        }
        let draft = desk.begins(&author, json!({"body": "textcanary"})).await.ok();
        let id = draft["id"].as_str().unwrap();
        desk.acts(&author, id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, id).await.ok();
        desk.acts(&scheduler, id, "schedule", json!({"scheduled_at": TIME})).await.ok();
        give(&desk.house, &desk.approver, desk.brand, GrantRole::Publisher).await.unwrap();
        desk.house.wait(3600);
        let mut letters = desk.letters().await;
        letters.retain(|letter| letter.contains("was not published"));
        assert_eq!(letters.len(), 2, "{letters:?}");
        for to in ["To: ann@mail.example\r\n", "To: sue@mail.example\r\n"] {
            let letter = letters.iter().find(|letter| letter.contains(to)).unwrap();
            for said in ["Subject: A post of @acme was not published", "0 of the 1 approvals", id] {
                assert!(letter.contains(said), "should say “{said}”: {letter}");
            }
            assert!(!letter.contains("textcanary"), "{letter}");
        }
        // Who may not read drafts any more when the letter is written gets none.
        give(&desk.house, &desk.approver, desk.brand, GrantRole::Approver).await.unwrap();
        let id = desk.approved("Another").await;
        desk.acts(&desk.publisher, &id, "schedule", json!({"scheduled_at": "2026-11-01T14:00:00Z"})).await.ok();
        desk.reached(&desk.contributor, "carla").await;
        desk.reached(&desk.publisher, "pat").await;
        let spoil = format!("UPDATE drafts SET wish = 'no JSON' WHERE id = {id}");
        desk.house.app.db.write(move |tx| Ok(diesel::RunQueryDsl::execute(diesel::sql_query(&spoil), tx.conn())?)).await.unwrap();
        desk.house.wait(3600);
        let (site, brand) = (desk.house.app.site.clone(), desk.brand);
        let broken: i64 = id.parse().unwrap();
        let broken = guildhall::domain::DraftId(broken);
        let failed = desk.house.app.db.write(move |tx| drafts::publish_due(tx, &site, broken)).await;
        assert_eq!(failed.unwrap_err().kind(), guildhall::error::Kind::Internal);
        desk.house.app.db.write(move |tx| drafts::hold_broken(tx, brand, broken)).await.unwrap();
        give(&desk.house, &desk.contributor, desk.brand, GrantRole::Analyst).await.unwrap();
        let letters = desk.letters().await;
        let new: Vec<&String> = letters.iter().filter(|letter| letter.contains("A fault of this server")).collect();
        assert!(new.len() == 1 && new[0].contains("To: pat@mail.example\r\n"), "{new:?}");
    }

    async fn what_breaks_in_the_middle_leaves_nothing_behind_and_keeps_nobody_back(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let spoiled = scheduled(&desk, "Spoiled").await;
        scheduled(&desk, "Fine").await;
        // That the draft is published is written when the post is there already.
        let spoil = match desk.house.app.db.engine() {
            Engine::Sqlite => "CREATE TRIGGER spoil BEFORE UPDATE OF state ON drafts WHEN NEW.state = 'published' AND NEW.id = DRAFT BEGIN SELECT RAISE(ABORT, 'spoiled'); END",
            Engine::Postgres => "CREATE FUNCTION spoil() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'spoiled'; END $$ LANGUAGE plpgsql; \
                CREATE TRIGGER spoil BEFORE UPDATE OF state ON drafts FOR EACH ROW WHEN (NEW.state = 'published' AND NEW.id = DRAFT) EXECUTE FUNCTION spoil()",
        };
        let spoil = spoil.replace("DRAFT", &spoiled);
        desk.house.app.db.write(move |tx| Ok(diesel::connection::SimpleConnection::batch_execute(tx.conn(), &spoil)?)).await.unwrap();
        passes(&desk.house, 3600).await;
        assert_eq!(desk.said().await, ["<p>Fine</p>"], "no half of the other");
        let held = desk.reads(&desk.manager, &spoiled).await;
        assert!(held["state"] == "held" && held["held"].as_str().unwrap().starts_with("A fault of this server"), "{held}");
        assert_eq!(held["held_code"], "held.broken");
    }

    async fn what_is_changed_given_back_or_thrown_away_waits_no_more(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (changed, back, gone) = (scheduled(&desk, "One").await, scheduled(&desk, "Two").await, scheduled(&desk, "Three").await);
        assert_eq!(desk.saves(&desk.contributor, &changed, json!({"body": "Another"})).await.ok()["scheduled_at"], json!(null));
        desk.acts(&desk.approver, &back, "request-changes", json!({"comment": "Wait"})).await.ok();
        desk.house.delete(&desk.publisher, &format!("{API}/drafts/{gone}")).await.ok();
        passes(&desk.house, 3600).await;
        assert_eq!(desk.said().await.len(), 0);
        for (id, state) in [(&changed, "draft"), (&back, "changes_requested"), (&gone, "discarded")] {
            assert_eq!(desk.reads(&desk.manager, id).await["state"], state);
        }
    }

    async fn a_death_in_the_middle_publishes_nothing_twice_and_loses_nothing(database: TestDatabase) {
        let desk = Desk::open(database).await;
        for text in ["One", "Two", "Three"] {
            scheduled(&desk, text).await;
        }
        desk.house.wait(3600);
        // Everything is done and then lost, as when the process dies before the commit.
        let (site, brand) = (desk.house.app.site.clone(), desk.brand);
        let lost = desk.house.app.db.write(move |tx| {
            let next = drafts::next_due(tx, brand)?.unwrap();
            drafts::publish_due(tx, &site, next)?;
            Err::<(), Error>(Error::internal("the process dies"))
        });
        lost.await.unwrap_err();
        assert_eq!(desk.said().await.len(), 0);
        // Several at the same moment, as when a lease ran out and another process took the job.
        let at_once = (0..4).map(|_| {
            let app = desk.house.app.clone();
            async move {
                while let Some(next) = app.db.write(move |tx| drafts::next_due(tx, brand)).await.unwrap() {
                    let site = app.site.clone();
                    app.db.write(move |tx| drafts::publish_due(tx, &site, next)).await.unwrap();
                }
            }
        });
        futures_util::future::join_all(at_once).await;
        desk.house.work().await;
        assert_eq!(sorted(desk.said().await), ["<p>One</p>", "<p>Three</p>", "<p>Two</p>"]);
    }

    async fn a_draft_that_breaks_something_keeps_no_other_one_back(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let poison = scheduled(&desk, "Poison").await;
        scheduled(&desk, "Fine").await;
        let spoil = format!("UPDATE drafts SET wish = 'no JSON' WHERE id = {poison}");
        desk.house.app.db.write(move |tx| Ok(diesel::RunQueryDsl::execute(diesel::sql_query(&spoil), tx.conn())?)).await.unwrap();
        passes(&desk.house, 3600).await;
        assert_eq!(desk.said().await, ["<p>Fine</p>"]);
        let state = format!("UPDATE drafts SET state = state WHERE id = {poison} AND state = 'held' AND held LIKE 'A fault of this server%'");
        let held = desk.house.app.db.write(move |tx| Ok(diesel::RunQueryDsl::execute(diesel::sql_query(&state), tx.conn())?));
        assert_eq!(held.await.unwrap(), 1);
        assert_eq!(audit_acts(&desk).await.iter().filter(|act| *act == "draft.held").count(), 1);
    }

    async fn a_draft_during_which_the_server_dies_again_and_again_keeps_no_other_one_back(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let deadly = scheduled(&desk, "Deadly").await;
        for text in ["Fine", "Fine too"] {
            scheduled(&desk, text).await;
        }
        desk.house.wait(3600);
        // Twice may be chance. Three times in a row is what one of them does.
        let died = |times: i32| {
            let app = desk.house.app.clone();
            let died = format!("UPDATE jobs SET attempts = {} WHERE kind = 'publish_drafts'", times * 4);
            async move { app.db.write(move |tx| Ok(diesel::RunQueryDsl::execute(diesel::sql_query(&died), tx.conn())?)).await.unwrap() }
        };
        assert_eq!(died(3).await, 1);
        desk.house.work().await;
        let held = desk.reads(&desk.manager, &deadly).await;
        assert!(held["state"] == "held" && held["held"].as_str().unwrap().starts_with("A fault of this server"), "{held}");
        assert_eq!(sorted(desk.said().await), ["<p>Fine too</p>", "<p>Fine</p>"]);
        let chance = desk.approved("Chance").await;
        desk.acts(&desk.publisher, &chance, "schedule", json!({"scheduled_at": "2026-11-01T14:00:00Z"})).await.ok();
        desk.house.wait(3600);
        assert_eq!(died(2).await, 1);
        desk.house.work().await;
        assert_eq!(desk.said().await.len(), 3);
        assert_eq!(guildhall::jobs::runner::count_parked(&desk.house.app.db).await.unwrap(), 0);
    }

    async fn two_who_approve_and_publish_at_once_make_one_post(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"min_approvals": 2})).await;
        let id = desk.handed_in("At once").await;
        let both: Vec<&Person> = vec![&desk.approver, &desk.manager];
        let said = futures_util::future::join_all(both.iter().map(|who| desk.approves(who, &id))).await;
        assert!(said.into_iter().all(|reply| reply.status == 200));
        assert_eq!(desk.reads(&desk.manager, &id).await["approvals"]["by"].as_array().unwrap().len(), 2);
        let many = (0..8).map(|number| desk.publishes(if number % 2 == 0 { &desk.publisher } else { &desk.manager }, &id));
        let posts: Vec<_> = futures_util::future::join_all(many).await.into_iter().map(|reply| reply.ok()["post"]["id"].clone()).collect();
        assert!(posts.iter().all(|post| *post == posts[0]), "{posts:?}");
        assert_eq!(desk.said().await.len(), 1);
    }
}
