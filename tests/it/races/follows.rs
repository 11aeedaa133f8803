//! Follows, blocks and what they put into home feeds.

use guildhall::domain::{
    actors::{self, Actor},
    follows::{self, Wishes},
    posts::{self, Audience, Draft},
};
use serde_json::json;

use super::{EIGHT, ROUNDS, Race, by, fine};
use crate::races;

impl Race {
    /// One of ours follows somebody, who has accepted.
    pub async fn follow(&self, follower: &Actor, target: &Actor) {
        let (site, who, follower, target) = (self.site.clone(), by(follower), follower.id, target.id);
        self.write(move |tx| {
            follows::request(tx, &site, &who, target, &Wishes::default())?;
            follows::accepted_elsewhere(tx, target, follower).map(|_| ())
        })
        .await;
    }

    async fn unfollow(&self, follower: &Actor, target: &Actor) {
        let (who, target) = (by(follower), target.id);
        self.write(move |tx| follows::unfollow(tx, &who, target)).await;
    }

    async fn lock(&self, actor: &Actor) {
        let actor = actor.id;
        let profile = actors::Profile { locked: Some(true), ..actors::Profile::default() };
        self.write(move |tx| actors::edit_profile(tx, actor, &profile)).await;
    }
}

races! {
    async fn a_post_and_a_new_follower_meet_at_home(race: Race) {
        let (author, follower) = (race.ours[0].1.clone(), race.ours[1].1.clone());
        for round in 0..ROUNDS {
            let (site, place) = (race.site.clone(), race.site.clone());
            let (writer, asker, target) = (by(&author), by(&follower), author.id);
            let write = move |tx: &mut guildhall::db::Tx<'_>| {
                posts::create(tx, &site, &writer, &Draft::note(Audience::Public, "<p>new</p>".to_owned()))
            };
            let follow = move |tx: &mut guildhall::db::Tx<'_>| follows::request(tx, &place, &asker, target, &Wishes::default());
            let post = if round % 2 == 0 {
                let (written, followed) = race.held(write, follow).await;
                followed.unwrap();
                written.unwrap()
            } else {
                let (followed, written) = race.held(follow, write).await;
                followed.unwrap();
                written.unwrap()
            };
            let here = race.count("home_entries", &format!("owner_id = {} AND post_id = {post}", follower.id)).await;
            assert_eq!(here, 1, "round {round}");
            race.unfollow(&follower, &author).await;
        }
        race.assert_sound().await;
    }

    async fn eight_requests_with_one_id_are_one_follow(race: Race) {
        let (target, asker) = (race.ours[0].1.clone(), race.theirs[0].clone());
        for round in 0..ROUNDS {
            let follow = json!({"id": format!("{}#follow{round}", asker.uri), "type": "Follow", "actor": asker.uri, "object": target.uri});
            let follow = race.arriving(&asker, follow);
            for outcome in race.eight(move |_, tx| follow(tx)).await {
                outcome.unwrap();
            }
            assert_eq!(race.count("follows", "TRUE").await, 1);
            assert_eq!(race.count("notifications", "kind = 'follow'").await, 1);
            race.unfollow(&asker, &target).await;
        }
        race.assert_sound().await;
    }

    async fn following_eight_times_at_once_is_following_once(race: Race) {
        let (target, asker) = (race.ours[0].1.clone(), race.ours[1].1.clone());
        for _ in 0..ROUNDS {
            let (site, who, whom) = (race.site.clone(), by(&asker), target.id);
            for outcome in race.eight(move |_, tx| follows::request(tx, &site, &who, whom, &Wishes::default())).await {
                outcome.unwrap();
            }
            assert_eq!(race.number(&format!("SELECT followers_count AS count FROM actors WHERE id = {whom}")).await, 1);
            assert_eq!(race.count("notifications", &format!("owner_id = {whom}")).await, 1);
            let follower = asker.id;
            for outcome in race.eight(move |_, tx| follows::remove_follower(tx, whom, follower)).await {
                outcome.unwrap();
            }
            assert_eq!(race.number(&format!("SELECT followers_count AS count FROM actors WHERE id = {whom}")).await, 0);
        }
        race.assert_sound().await;
    }

    async fn accepting_eight_times_at_once_counts_once(race: Race) {
        let (target, asker) = (race.ours[0].1.clone(), race.theirs[0].clone());
        race.lock(&target).await;
        for round in 0..ROUNDS {
            let follow = json!({"id": format!("{}#ask{round}", asker.uri), "type": "Follow", "actor": asker.uri, "object": target.uri});
            race.write(race.arriving(&asker, follow)).await;
            let before = race.count("jobs", "kind = 'federate'").await;
            let (whom, follower) = (target.id, asker.id);
            for outcome in race.eight(move |_, tx| follows::accept(tx, whom, follower)).await {
                outcome.unwrap();
            }
            assert_eq!(race.count("jobs", "kind = 'federate'").await, before + 1, "one Accept");
            assert_eq!(race.number(&format!("SELECT followers_count AS count FROM actors WHERE id = {whom}")).await, 1);
            race.unfollow(&asker, &target).await;
        }
        race.assert_sound().await;
    }

    async fn a_yes_is_not_undone_by_a_no_of_the_same_moment(race: Race) {
        let (target, asker) = (race.ours[0].1.clone(), race.theirs[0].clone());
        race.lock(&target).await;
        let follow = json!({"id": format!("{}#ask", asker.uri), "type": "Follow", "actor": asker.uri, "object": target.uri});
        race.write(race.arriving(&asker, follow)).await;
        let (whom, follower) = (target.id, asker.id);
        let (accepted, rejected) =
            race.held(move |tx| follows::accept(tx, whom, follower), move |tx| follows::reject(tx, whom, follower)).await;
        accepted.unwrap();
        assert_eq!(rejected.unwrap_err().code(), "follow.no_request");
        assert_eq!(race.count("follows", "state = 'accepted'").await, 1);
        race.assert_sound().await;
    }

    async fn a_follow_and_its_end_agree(race: Race) {
        let (target, asker) = (race.ours[0].1.clone(), race.ours[1].1.clone());
        for round in 0..ROUNDS {
            let (site, who, also, whom) = (race.site.clone(), by(&asker), by(&asker), target.id);
            let follow = move |tx: &mut guildhall::db::Tx<'_>| follows::request(tx, &site, &who, whom, &Wishes::default()).map(|_| ());
            let unfollow = move |tx: &mut guildhall::db::Tx<'_>| follows::unfollow(tx, &also, whom);
            let (one, two) = if round % 2 == 0 { race.held(follow, unfollow).await } else { race.held(unfollow, follow).await };
            one.unwrap();
            two.unwrap();
            assert_eq!(race.count("follows", "TRUE").await, (round % 2) as i64);
            race.unfollow(&asker, &target).await;
        }
        race.assert_sound().await;
    }

    async fn a_follow_and_a_block_end_with_the_block(race: Race) {
        let (target, near, far) = (race.ours[0].1.clone(), race.ours[1].1.clone(), race.theirs[0].clone());
        for round in 0..ROUNDS {
            for asker in [&near, &far] {
                let (site, place, who, blocker, whom, them) =
                    (race.site.clone(), race.site.clone(), by(asker), by(&target), target.id, asker.id);
                let follow = move |tx: &mut guildhall::db::Tx<'_>| follows::request(tx, &site, &who, whom, &Wishes::default()).map(|_| ());
                let block = move |tx: &mut guildhall::db::Tx<'_>| follows::block(tx, &place, &blocker, them);
                if round % 2 == 0 {
                    let (followed, blocked) = race.held(follow, block).await;
                    fine(followed);
                    blocked.unwrap();
                } else {
                    let (blocked, followed) = race.held(block, follow).await;
                    blocked.unwrap();
                    fine(followed);
                }
                race.assert_sound().await;
                assert_eq!(race.count("follows", "TRUE").await, 0, "round {round}, {}", asker.uri);
                let who = by(&target);
                race.write(move |tx| follows::unblock(tx, &who, them)).await;
            }
        }
    }

    async fn blocking_eight_times_at_once_is_blocking_once(race: Race) {
        let (me, them) = (race.ours[0].1.clone(), race.theirs[0].clone());
        race.follow(&me, &them).await;
        for round in 0..ROUNDS {
            let before = race.count("jobs", "payload LIKE '%\"blocked\"%'").await;
            let (site, who, whom) = (race.site.clone(), by(&me), them.id);
            for outcome in race.eight(move |_, tx| follows::block(tx, &site, &who, whom)).await {
                outcome.unwrap();
            }
            assert_eq!(race.count("blocks", "TRUE").await, 1);
            assert_eq!(race.count("jobs", "payload LIKE '%\"blocked\"%'").await, before + 1, "one Block");
            let who = by(&me);
            for outcome in race.eight(move |_, tx| follows::unblock(tx, &who, whom)).await {
                outcome.unwrap();
            }
            assert_eq!(race.count("jobs", "payload LIKE '%\"unblocked\"%'").await, round as i64 + 1, "one Undo");
        }
        assert_eq!(race.count("blocks", "TRUE").await, 0);
        assert_eq!(race.theirs.len(), EIGHT);
        race.assert_sound().await;
    }
}
