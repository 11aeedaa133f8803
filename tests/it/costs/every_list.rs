//! No list costs more because more of it is shown: each of those that `mastodon::attacks::numbers` knows, which are all
//! that are served.

use std::collections::BTreeSet;

use diesel::prelude::*;
use guildhall::{
    db::schema::{activities, deliveries, jobs, posts, servers, sign_ups},
    domain::{ActorId, PostId, SignUpId},
};
use http::Method;
use serde_json::json;

use super::{alone, asked, shelves::PAGES, statements::READ_BY_APPS};
use crate::{
    mastodon::attacks::{
        ids::calls_of,
        numbers::{Full, LISTS, List, WHOLE, Who, rows},
    },
    support::database::TestDatabase,
};

/// How many rows are shown at first; the other time it is as many as the list shows.
const FEW: usize = 3;

/// Lists that are read here while more and more stands in them: how they are routed, how they are asked for, and how much
/// they show at most.
const GROWING: [(&str, &str, usize); 12] = [
    ("/api/v1/statuses/{id}/history", "/api/v1/statuses/POST/history", 12),
    ("/api/v1/accounts/{id}/lists", "/api/v1/accounts/GUEST/lists", 12),
    ("/api/v1/accounts/{id}/featured_tags", "/api/v1/accounts/ANA/featured_tags", 8),
    ("/api/v2/filters/{id}/keywords", "/api/v2/filters/FILTER/keywords", 12),
    ("/api/v2/filters/{id}/statuses", "/api/v2/filters/FILTER/statuses", 12),
    ("/api/v1/custom_emojis", "/api/v1/custom_emojis", 12),
    ("/api/guildhall/v1/invitations", "/api/guildhall/v1/invitations", 12),
    ("/api/guildhall/v1/sign-ups", "/api/guildhall/v1/sign-ups", 12),
    ("/api/guildhall/v1/jobs/parked", "/api/guildhall/v1/jobs/parked", 12),
    ("/api/guildhall/v1/posts/{id}/deliveries", "/api/guildhall/v1/posts/POST/deliveries", 12),
    ("/api/guildhall/v1/servers/{host}/deliveries", "/api/guildhall/v1/servers/A.EXAMPLE/deliveries", 12),
    ("/api/guildhall/v1/servers", "/api/guildhall/v1/servers", 12),
];

/// What stands in a path, without its gaps and its query.
fn bare(path: &str) -> String {
    calls_of(&format!("GET {}", path.split('?').next().unwrap())).remove(0)
}

/// What costs the same however much of it is shown, as far as it was measured.
#[derive(Default)]
struct Measured(BTreeSet<String>);

impl Measured {
    /// Writes down what a list took when it showed little and when it showed more; answers what is wrong with it.
    fn compare(
        &mut self,
        list: &str,
        (few, some): (&[String], usize),
        (many, all): (&[String], usize),
    ) -> Option<String> {
        if all <= some {
            return Some(format!("{list} shows {some} rows, and then {all}: that says nothing of what it costs"));
        }
        self.0.insert(bare(list));
        (few.len() != many.len()).then(|| format!("{list} grows: {few:#?} {many:#?}"))
    }

    /// The lists that are served and were measured neither here nor with what apps read most and what people keep, where
    /// each name is read by a loop over them all.
    fn forgotten(&self) -> Vec<String> {
        let elsewhere: BTreeSet<String> =
            PAGES.into_iter().chain(READ_BY_APPS.into_iter().map(|(_, path, _)| path)).map(bare).collect();
        let served = LISTS.iter().map(|list| list.path).chain(WHOLE.iter().copied()).map(bare);
        served.filter(|list| !self.0.contains(list) && !elsewhere.contains(list)).collect()
    }
}

#[test]
fn a_list_that_nobody_measures_is_missed() {
    let mut measured = Measured::default();
    let all = measured.forgotten();
    for list in ["/api/v1/statuses/{id}/history", "/api/guildhall/v1/servers", "/api/v1/directory"] {
        assert!(all.contains(&bare(list)), "{list}: {all:?}");
        let one = ["SELECT 1".to_owned()];
        assert!(measured.compare(list, (&one, 3), (&one, 3)).is_some() && measured.forgotten().contains(&bare(list)));
        assert_eq!(measured.compare(list, (&one, 3), (&one, 4)), None);
        assert!(!measured.forgotten().contains(&bare(list)));
        assert!(measured.compare(list, (&one, 3), (&[], 4)).is_some_and(|wrong| wrong.contains("grows")));
    }
}

/// Statements of a read, shortened, and how many rows it showed.
async fn read(full: &Full, list: &List, limit: usize) -> (Vec<String>, usize) {
    let path = full.path(list.path, &format!("limit={limit}"));
    // What is remembered of a token is not counted.
    full.house.get(full.who(list.by), &path).await.ok();
    let mut shown = 0;
    let taken = asked(async { shown = rows(&full.house.get(full.who(list.by), &path).await.ok()) }).await;
    (taken.into_iter().map(|one| one.chars().take(120).collect()).collect(), shown)
}

/// One more row in each of the lists that grow.
async fn grow(full: &Full, from: usize, to: usize, filter: &str) {
    let (house, ana) = (&full.house, full.who(Who::Ana));
    let path = |list: &str| full.path(list, "").trim_end_matches('?').to_owned();
    for number in from..to {
        house.wait(61);
        let text = json!({"status": format!("Who has tea? {number} times")});
        house.put(ana, &path("/api/v1/statuses/POST"), text).await.ok();
        let list = house.post(ana, "/api/v1/lists", json!({"title": format!("List {number}")})).await.ok();
        let members = format!("/api/v1/lists/{}/accounts", list["id"].as_str().unwrap());
        house.post(ana, &members, json!({"account_ids": [full.word("GUEST")]})).await.ok();
        if number < 8 {
            house.says(ana, json!({"status": format!("#own{number}")})).await;
            house.post(ana, &format!("/api/v1/tags/own{number}/feature"), json!({})).await.ok();
        }
        let keywords = format!("/api/v2/filters/{filter}/keywords");
        house.post(ana, &keywords, json!({"keyword": format!("word{number}")})).await.ok();
        let said = house.says(ana, json!({"status": "Noise"})).await;
        house.post(ana, &format!("/api/v2/filters/{filter}/statuses"), json!({"status_id": said})).await.ok();
        house.emoji(&format!("tea{number}")).await;
        let invited = house.post(ana, "/api/guildhall/v1/invitations", json!({"kind": "customer"})).await;
        assert!(invited.status.is_success(), "{}", invited.body);
        owe(full, i64::try_from(number).unwrap()).await;
    }
}

/// One more who waits at the door, job that was given up, server, and letter to one about the post: rows as they are
/// stored, since what makes them has tests of its own.
async fn owe(full: &Full, number: i64) {
    let post: i64 = full.word("POST").parse().unwrap();
    let stored = full.house.app.db.write(move |tx| {
        let (id, now) = (tx.new_id(), tx.now());
        let (uri, author): (Option<String>, ActorId) =
            posts::table.find(PostId(post)).select((posts::uri, posts::author_id)).first(tx.conn())?;
        let name = format!("waits{number}");
        diesel::insert_into(sign_ups::table)
            .values((
                (sign_ups::id.eq(SignUpId(id)), sign_ups::username.eq(&name), sign_ups::username_key.eq(&name)),
                (sign_ups::display_name.eq(""), sign_ups::email.eq(&name), sign_ups::email_key.eq(&name)),
                (sign_ups::password_hash.eq(""), sign_ups::reason.eq(""), sign_ups::listed.eq(true)),
                (sign_ups::secret_hash.eq(number.to_be_bytes().to_vec()), sign_ups::scopes.eq("")),
                (sign_ups::created_at.eq(now), sign_ups::confirmed_at.eq(now)),
            ))
            .execute(tx.conn())?;
        diesel::insert_into(jobs::table)
            .values((
                (jobs::id.eq(id), jobs::kind.eq("prune"), jobs::payload.eq("{}"), jobs::state.eq("parked")),
                (jobs::attempts.eq(10), jobs::run_at.eq(now), jobs::created_at.eq(now), jobs::room.eq("own")),
            ))
            .execute(tx.conn())?;
        diesel::insert_into(servers::table)
            .values((servers::host.eq(format!("server{number}.example")), servers::seen_at.eq(now)))
            .execute(tx.conn())?;
        diesel::insert_into(activities::table)
            .values((
                (activities::id.eq(id), activities::uri.eq(format!("https://company.example/a/{number}"))),
                (activities::kind.eq("Update"), activities::actor_id.eq(author), activities::object_uri.eq(uri)),
                (activities::body.eq("{}"), activities::created_at.eq(now)),
            ))
            .execute(tx.conn())?;
        diesel::insert_into(deliveries::table)
            .values((
                (deliveries::id.eq(id), deliveries::activity_id.eq(id), deliveries::actor_id.eq(author)),
                (deliveries::host.eq("a.example"), deliveries::inbox.eq("https://a.example/inbox")),
                (deliveries::state.eq("failed"), deliveries::next_at.eq(now), deliveries::created_at.eq(now)),
            ))
            .execute(tx.conn())?;
        Ok(())
    });
    stored.await.unwrap();
}

pub(super) async fn costs(database: TestDatabase) {
    let full = Full::open(database).await;
    let (mut measured, mut wrong) = (Measured::default(), Vec::new());
    for list in LISTS.iter().filter(|list| list.by != Who::Few) {
        let ((few, some), (many, all)) = (read(&full, list, FEW).await, read(&full, list, list.most).await);
        if (some, all) != (FEW, list.most) {
            wrong.push(format!("{} shows {some} and {all}, and not {FEW} and {}", list.path, list.most));
        }
        wrong.extend(measured.compare(list.path, (&few, some), (&many, all)));
    }
    let ana = full.who(Who::Ana);
    let filter = json!({"title": "Noise", "context": ["home"]});
    let filter = full.house.call(Some(ana), Method::POST, "/api/v2/filters", filter).await.ok();
    let filter = filter["id"].as_str().unwrap().to_owned();
    let mut taken = [Vec::new(), Vec::new()];
    for ((from, to), taken) in [(0, 2), (2, 12)].into_iter().zip(&mut taken) {
        grow(&full, from, to, &filter).await;
        for (_, path, most) in GROWING {
            let path = full.path(path, "").trim_end_matches('?').replace("FILTER", &filter);
            full.house.get(ana, &path).await.ok();
            let mut shown = 0;
            let asked = asked(async { shown = rows(&full.house.get(ana, &path).await.ok()) }).await;
            assert!(shown >= to.min(most), "{path}: {shown} rows");
            taken.push((asked, shown));
        }
    }
    let [few, many] = taken;
    for ((routed, ..), ((few, some), (many, all))) in GROWING.into_iter().zip(few.iter().zip(&many)) {
        wrong.extend(measured.compare(routed, (few, *some), (many, *all)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(measured.forgotten(), Vec::<String>::new(), "a list is served, and nobody measures what it costs");
}

#[test]
fn every_list_costs_the_same_however_much_of_it_is_shown_sqlite() {
    alone("every_list_on_sqlite");
}

#[test]
fn every_list_costs_the_same_however_much_of_it_is_shown_postgres() {
    alone("every_list_on_postgres");
}
