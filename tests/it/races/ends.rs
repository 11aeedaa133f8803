//! What ends together with its author.

use guildhall::{
    db::Tx,
    domain::{
        actors::{self, Actor, Profile, RemoteKey},
        posts::{self, Audience, Draft},
    },
    error::Kind,
    net::SigningKey,
};

use super::{
    ROUNDS, Race, by,
    posts::{does, note},
    stranger,
};
use crate::races;

/// Each of these once, with its number.
fn rounds(people: &[Actor]) -> impl Iterator<Item = (usize, Actor)> {
    people.iter().cloned().enumerate()
}

/// Whether nothing is left of what an actor said of itself.
async fn is_empty(race: &Race, actor: &Actor) -> bool {
    let named = race.count("actors", &format!("id = {} AND (name <> '' OR summary <> '')", actor.id)).await;
    named == 0 && race.count("actor_keys", &format!("actor_id = {} AND private_key IS NULL", actor.id)).await == 0
}

races! {
    async fn a_delete_and_the_end_of_its_author_agree(race: Race) {
        for round in 0..ROUNDS {
            let (author, other) = (race.ours[round % 4].1.clone(), race.ours[4 + round % 4].1.clone());
            let parent = race.post(&other, None).await;
            let reply = race.post(&author, Some(parent)).await;
            race.post(&author, None).await;
            let who = by(&author);
            let delete = move |tx: &mut Tx<'_>| posts::delete(tx, &who, reply);
            let author = author.id;
            let all = move |tx: &mut Tx<'_>| posts::delete_all_of(tx, author, 100);
            if round % 2 == 0 {
                let (one, two) = race.held(delete, all).await;
                one.unwrap();
                two.unwrap();
            } else {
                let (one, two) = race.held(all, delete).await;
                one.unwrap();
                two.unwrap();
            }
            assert_eq!(race.count("posts", &format!("author_id = {author}")).await, 0);
        }
        race.assert_sound().await;
    }

    async fn nothing_comes_back_onto_an_actor_that_is_gone(race: Race) {
        let key = SigningKey::generate("ed25519").unwrap().public_key().unwrap().to_bytes();
        for (number, them) in rounds(&race.theirs) {
            let mut remote = stranger(&format!("theirs{number}"));
            remote.summary = "<p>me</p>".to_owned();
            remote.keys.push(RemoteKey { uri: format!("{}#key", remote.uri), algorithm: "ed25519".to_owned(), public_key: key.clone() });
            let read = move |tx: &mut Tx<'_>| actors::upsert_remote(tx, &remote).map(|_| ());
            let gone = race.arriving(&them, does("Delete", &them.uri, &them.uri));
            let forget = move |tx: &mut Tx<'_>| gone(tx).map(|_| ());
            let (one, two) = if number % 2 == 0 { race.held(read, forget).await } else { race.held(forget, read).await };
            one.unwrap();
            two.unwrap();
            assert!(is_empty(&race, &them).await, "round {number}");
        }
    }

    async fn a_profile_does_not_outlive_its_owner(race: Race) {
        let people: Vec<Actor> = race.ours.iter().map(|ours| ours.1.clone()).collect();
        for (number, ours) in rounds(&people) {
            let id = ours.id;
            let profile = Profile { summary: Some(("me".to_owned(), "<p>me</p>".to_owned())), ..Profile::default() };
            let edit = move |tx: &mut Tx<'_>| actors::edit_profile(tx, id, &profile);
            let delete = move |tx: &mut Tx<'_>| actors::delete(tx, id);
            if number % 2 == 0 {
                let (edited, deleted) = race.held(edit, delete).await;
                edited.unwrap();
                deleted.unwrap();
            } else {
                let (deleted, edited) = race.held(delete, edit).await;
                deleted.unwrap();
                assert_eq!(edited.unwrap_err().kind(), Kind::NotFound);
            }
            assert!(is_empty(&race, &ours).await, "round {number}");
        }
    }

    async fn who_is_deleted_leaves_no_like_boost_or_pin_behind(race: Race) {
        let author = race.ours[7].1.clone();
        let post = race.post(&author, None).await;
        let people: Vec<Actor> = race.ours.iter().take(7).map(|ours| ours.1.clone()).chain(race.theirs.clone()).collect();
        for (number, fan) in rounds(&people) {
            let own = if fan.is_local() { Some(race.post(&fan, None).await) } else { None };
            let (site, who, id) = (race.site.clone(), by(&fan), fan.id);
            let uri = format!("{}/pinned", fan.uri);
            let give = move |tx: &mut Tx<'_>| {
                match number % 3 {
                    0 => posts::like(tx, &site, &who, post),
                    1 => posts::boost(tx, &site, &who, post, Audience::Public, None).map(|_| ()),
                    _ => match own {
                        Some(own) => posts::pin(tx, &who, own).map(|_| ()),
                        None => posts::pinned_elsewhere(tx, id, &uri),
                    },
                }
            };
            let is_local = fan.is_local();
            let delete = move |tx: &mut Tx<'_>| {
                if is_local { actors::delete(tx, id)? } else { actors::forget_remote(tx, id)? }
                posts::take_back_all_of(tx, id, 100)?;
                posts::delete_all_of(tx, id, 100).map(|_| ())
            };
            let given_first = number % 2 == 0;
            let (one, two) = if given_first { race.held(give, delete).await } else { race.held(delete, give).await };
            one.unwrap();
            assert_eq!(two.err().map(|error| error.kind()), (!given_first).then_some(Kind::NotFound), "round {number}");
            for table in ["likes", "boosts", "pins"] {
                assert_eq!(race.count(table, &format!("actor_id = {id}")).await, 0, "{table}, round {number}");
            }
        }
        race.assert_sound().await;
    }

    async fn what_is_liked_and_boosted_while_it_is_deleted_is_no_fault(race: Race) {
        let (author, fan) = (race.ours[0].1.clone(), race.ours[1].1.clone());
        for round in 0..ROUNDS {
            let post = race.post(&author, None).await;
            let (site, who, owner) = (race.site.clone(), by(&fan), by(&author));
            let give = move |tx: &mut Tx<'_>| match round % 4 {
                0 | 1 => posts::like(tx, &site, &who, post),
                _ => posts::boost(tx, &site, &who, post, Audience::Public, None).map(|_| ()),
            };
            let delete = move |tx: &mut Tx<'_>| posts::delete(tx, &owner, post);
            let given_first = round % 2 == 0;
            let (one, two) = if given_first { race.held(give, delete).await } else { race.held(delete, give).await };
            one.unwrap();
            assert_eq!(two.err().map(|error| error.kind()), (!given_first).then_some(Kind::NotFound), "round {round}");
        }
        race.assert_sound().await;
    }

    async fn who_is_deleted_leaves_no_post_behind(race: Race) {
        // Whoever deletes sees what was written before, so that it is taken away afterwards.
        for (number, them) in rounds(&race.theirs) {
            race.follow(&race.ours[0].1, &them).await;
            let create = race.arriving(&them, does("Create", &them.uri, note(&them.uri, "1", None)));
            let write = move |tx: &mut Tx<'_>| create(tx).map(|_| ());
            let (gone, id) = (race.arriving(&them, does("Delete", &them.uri, &them.uri)), them.id);
            let delete = move |tx: &mut Tx<'_>| {
                gone(tx)?;
                posts::delete_all_of(tx, id, 100).map(|_| ())
            };
            let (one, two) = if number % 2 == 0 { race.held(write, delete).await } else { race.held(delete, write).await };
            one.unwrap();
            assert_eq!(two.err().map(|error| error.kind()), (number % 2 == 1).then_some(Kind::NotFound));
            assert_eq!(race.count("posts", &format!("author_id = {id}")).await, 0, "round {number}");
        }
        let people: Vec<Actor> = race.ours.iter().map(|ours| ours.1.clone()).collect();
        for (number, ours) in rounds(&people) {
            let (site, who, id) = (race.site.clone(), by(&ours), ours.id);
            let write = move |tx: &mut Tx<'_>| posts::create(tx, &site, &who, &Draft::note(Audience::Public, "<p>x</p>".to_owned())).map(|_| ());
            let delete = move |tx: &mut Tx<'_>| {
                actors::delete(tx, id)?;
                posts::delete_all_of(tx, id, 100).map(|_| ())
            };
            let (one, two) = if number % 2 == 0 { race.held(write, delete).await } else { race.held(delete, write).await };
            one.unwrap();
            assert_eq!(two.err().map(|error| error.kind()), (number % 2 == 1).then_some(Kind::NotFound));
            assert_eq!(race.count("posts", &format!("author_id = {id}")).await, 0, "round {number}");
        }
    }
}
