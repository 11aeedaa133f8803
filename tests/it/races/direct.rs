//! Direct posts, and all posts of somebody who goes.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
    mpsc,
};

use guildhall::{
    db::Tx,
    domain::{
        ActorId, PostId, Site,
        actors::{self, Actor},
        posts::{self, Audience, Draft, ReplyTo},
    },
    error::Result,
};
use serde_json::json;

use super::{
    ROUNDS, Race, by, fine,
    posts::{does, note},
};
use crate::races;

/// How many posts go in one transaction.
const ALL: i64 = 100;

/// One of ours writes to these people alone.
fn says(
    site: &Site,
    who: &Actor,
    to: &[ActorId],
    answers: Option<PostId>,
) -> impl Fn(&mut Tx<'_>) -> Result<PostId> + Clone + Send + 'static {
    let (site, who, to) = (site.clone(), by(who), to.to_vec());
    move |tx| {
        let mut draft = Draft::note(Audience::Direct, "<p>psst</p>".to_owned());
        draft.mentions.clone_from(&to);
        draft.reply_to = answers.map(|post| ReplyTo { post: Some(post), uri: None });
        posts::create(tx, &site, &who, &draft)
    }
}

type Half = Box<dyn Fn(&mut Tx<'_>) -> Result<PostId> + Send>;

/// The first stops between its halves until the second waits for it or is done. Answers how often each was begun: a
/// transaction that PostgreSQL ends because two wait for each other begins again.
async fn in_halves(
    race: &Race,
    [one, other]: [Half; 2],
    second: impl Fn(&mut Tx<'_>) -> Result<bool> + Send + 'static,
) -> [usize; 2] {
    let begun: Arc<[AtomicUsize; 2]> = Arc::default();
    let (done, worked) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let may_go_on = Mutex::new(may_go_on);
    let (db, count) = (race.processes[0].clone(), begun.clone());
    let first = tokio::spawn(async move {
        db.write(move |tx| {
            count[0].fetch_add(1, Ordering::SeqCst);
            one(tx)?;
            let _ = done.send(());
            // Whoever begins again waits for nobody: the other end is gone then.
            let _ = may_go_on.lock().unwrap().recv();
            other(tx)
        })
        .await
    });
    tokio::task::spawn_blocking(move || worked.recv()).await.unwrap().unwrap();
    let (db, count) = (race.processes[1].clone(), begun.clone());
    let second = tokio::spawn(async move {
        db.write(move |tx| {
            count[1].fetch_add(1, Ordering::SeqCst);
            second(tx)
        })
        .await
    });
    while !second.is_finished() && !race.somebody_waits().await {
        tokio::task::yield_now().await;
    }
    drop(go_on);
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    [&begun[0], &begun[1]].map(|count| count.load(Ordering::SeqCst))
}

races! {
    async fn who_writes_to_several_and_who_takes_all_back_do_not_wait_for_each_other(race: Race) {
        let [leaver, first, second, writer] = [0, 1, 2, 3].map(|number: usize| race.ours[number].1.clone());
        for round in 0..3 {
            // The other way round than whoever writes to both.
            race.write(says(&race.site, &leaver, &[second.id], None)).await;
            race.write(says(&race.site, &leaver, &[first.id], None)).await;
            let halves = [&first, &second].map(|to| Box::new(says(&race.site, &writer, &[to.id], None)) as Half);
            let author = leaver.id;
            let begun = in_halves(&race, halves, move |tx| posts::delete_all_of(tx, author, ALL)).await;
            assert_eq!(begun, [1, 1], "round {round}: nobody had to begin again");
            assert_eq!(race.count("posts", &format!("author_id = {author}")).await, 0);
        }
        race.assert_sound().await;
    }

    async fn an_answer_that_arrives_while_all_is_taken_back_is_the_last_that_was_said(race: Race) {
        for round in 0..ROUNDS {
            let (leaver, other) = (race.ours[round % 4].1.clone(), race.ours[4 + round % 4].1.clone());
            let elsewhere = race.theirs[round % 8].clone();
            let asked = race.write(says(&race.site, &leaver, &[other.id, elsewhere.id], None)).await;
            let uri = race.read(move |conn| posts::get(conn, asked)).await.uri;
            let answer = says(&race.site, &other, &[leaver.id], Some(asked));
            let mut letter = note(&elsewhere.uri, &format!("answer{round}"), uri.as_deref());
            letter["to"] = json!([leaver.uri, other.uri]);
            letter["tag"] = json!([&leaver, &other].map(|actor| json!({"type": "Mention", "href": actor.uri, "name": "@x"})));
            let mut create = does("Create", &elsewhere.uri, &letter);
            create["to"] = letter["to"].clone();
            let arrives = race.arriving(&elsewhere, create);
            let is_ours = round % 4 < 2;
            let say = move |tx: &mut Tx<'_>| if is_ours { answer(tx).map(|_| ()) } else { arrives(tx).map(|_| ()) };
            let author = leaver.id;
            let leave = move |tx: &mut Tx<'_>| posts::delete_all_of(tx, author, ALL);
            let said = if round % 2 == 0 {
                let (said, left) = race.held(say, leave).await;
                left.unwrap();
                said
            } else {
                let (left, said) = race.held(leave, say).await;
                left.unwrap();
                said
            };
            // Whoever answers what is gone may be told so.
            assert!(fine(said).is_some() || round % 2 == 1, "round {round}");
            assert_eq!(race.count("posts", &format!("author_id = {author}")).await, 0, "round {round}");
            race.assert_sound().await;
        }
    }

    async fn who_is_deleted_leaves_no_direct_post_behind(race: Race) {
        for number in 0..8_usize {
            let (leaver, other) = (race.ours[number].1.clone(), race.ours[(number + 1) % 8].1.clone());
            let to = if number == 7 { race.theirs[0].id } else { other.id };
            race.write(says(&race.site, &leaver, &[to], None)).await;
            let (write, author) = (says(&race.site, &leaver, &[to], None), leaver.id);
            let leave = move |tx: &mut Tx<'_>| {
                actors::delete(tx, author)?;
                posts::delete_all_of(tx, author, ALL)
            };
            if number % 2 == 0 {
                let (written, left) = race.held(write, leave).await;
                written.unwrap();
                left.unwrap();
            } else {
                let (left, written) = race.held(leave, write).await;
                left.unwrap();
                assert!(fine(written).is_none(), "round {number}");
            }
            assert_eq!(race.count("posts", &format!("author_id = {author}")).await, 0, "round {number}");
        }
        race.assert_sound().await;
    }

    async fn four_who_leave_while_four_write_to_the_same_people_lose_nothing(race: Race) {
        let people: Vec<Actor> = race.ours.iter().map(|ours| ours.1.clone()).collect();
        for round in 0..ROUNDS {
            for (number, leaver) in people.iter().take(4).enumerate() {
                for step in 0..3 {
                    let to = [people[4 + (number + round + 3 - step) % 4].id, people[(number + step + 1) % 4].id];
                    race.write(says(&race.site, leaver, &to, None)).await;
                }
            }
            let everybody: Vec<ActorId> = people.iter().map(|person| person.id).collect();
            let (site, writers) = (race.site.clone(), people.clone());
            let outcomes = race.eight(move |number, tx| match number {
                0..4 => posts::delete_all_of(tx, writers[number].id, ALL).map(|_| ()),
                _ => says(&site, &writers[number], &everybody, None)(tx).map(|_| ()),
            }).await;
            for outcome in outcomes {
                outcome.unwrap();
            }
            let leavers = everybody_of(&people[..4]);
            assert_eq!(race.count("posts", &format!("author_id IN ({leavers})")).await, 0, "round {round}");
            let writers = everybody_of(&people[4..]);
            let written = race.count("posts", &format!("author_id IN ({writers})")).await;
            assert_eq!(usize::try_from(written).unwrap(), 4 * (round + 1));
            race.assert_sound().await;
        }
    }
}

fn everybody_of(people: &[Actor]) -> String {
    let ids: Vec<String> = people.iter().map(|person| person.id.to_string()).collect();
    ids.join(", ")
}
