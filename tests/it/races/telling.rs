//! How people are told and let in: links in letters, places of apps, conversations, requests, and the words of posts.

use guildhall::{
    db::Tx,
    domain::{
        ActorId, ConversationId, NotificationRequestId, PostId,
        accounts::{self, AccountKind, NewAccount, Role, Session},
        actors::Actor,
        conversations,
        notifications::{self, NewSubscription, PushPolicy, Wants},
        posts::{self, Audience, Draft, ReplyTo},
    },
    error::{Kind, Result},
};

use super::{EIGHT, ROUNDS, Race, by, fine};
use crate::races;

/// A direct post by `author` to these people.
fn direct(
    race: &Race,
    author: &Actor,
    to: Vec<ActorId>,
    parent: Option<PostId>,
) -> impl Fn(&mut Tx<'_>) -> Result<PostId> + Clone + Send + 'static {
    let (site, author) = (race.site.clone(), author.clone());
    move |tx| {
        let mut draft = Draft::note(Audience::Direct, "<p>for you</p>".to_owned());
        draft.mentions = to.iter().copied().filter(|named| *named != author.id).collect();
        draft.reply_to = parent.map(|parent| ReplyTo { post: Some(parent), uri: None });
        draft.uri = (!author.is_local()).then(|| format!("{}/{}", author.uri, tx.new_id()));
        posts::create(tx, &site, &by(&author), &draft)
    }
}

/// A token of one of ours for another app.
async fn app(race: &Race, number: usize) -> Session {
    let (account, actor) = (race.ours[0].0.id, race.ours[0].1.id);
    race.write(move |tx| {
        let hash = guildhall::secrets::token_hash(&format!("app {number}"));
        accounts::issue_token(tx, account, actor, "push", "app", &hash)?;
        Ok(accounts::session(tx.conn(), &hash)?.unwrap())
    })
    .await
}

fn place(number: usize) -> NewSubscription {
    NewSubscription {
        endpoint: format!("https://push.example/{number}"),
        public_key: vec![4; 65],
        auth: vec![1; 16],
        standard: true,
        sealed_token: vec![0],
        wants: Wants { alerts: Vec::new(), policy: PushPolicy::All },
    }
}

async fn requests(race: &Race, owner: ActorId) -> Vec<NotificationRequestId> {
    let page = guildhall::domain::Page::default();
    let listed = race.read(move |conn| notifications::list_requests(conn, owner, &page)).await;
    listed.into_iter().map(|request| request.id).collect()
}

races! {
    async fn three_links_are_sent_in_an_hour_and_each_works_once(race: Race) {
        for round in 0..ROUNDS {
            let site = race.site.clone();
            let who = race.write(move |tx| {
                let new = NewAccount {
                    username: format!("forgets{round}"), display_name: String::new(), email: Some(format!("f{round}@acme.test")),
                    password_hash: None, kind: AccountKind::Employee, role: Role::Member,
                };
                Ok(accounts::create(tx, &site, &new)?.0.id)
            }).await;
            let secret = move |number: usize| guildhall::secrets::token_hash(&format!("{round} {number}"));
            let opened = race.eight(move |number, tx| accounts::open_reset(tx, who, &secret(number))).await;
            let opened: Vec<usize> = opened.into_iter().enumerate().filter(|(_, one)| one.as_ref().unwrap().is_some()).map(|(number, _)| number).collect();
            assert_eq!(opened.len(), 3, "round {round}");
            let (first, second) = (secret(opened[0]), secret(opened[1]));
            // By any of the links once: the others end with it.
            let taken = race.eight(move |number, tx| {
                accounts::take_reset(tx, if number % 2 == 0 { &first } else { &second }, &format!("hash {number}"))
            }).await;
            let (won, lost): (Vec<_>, Vec<_>) = taken.into_iter().partition(Result::is_ok);
            assert_eq!((won.len(), lost.len()), (1, EIGHT - 1));
            assert!(lost.into_iter().all(|one| one.unwrap_err().kind() == Kind::NotFound));
        }
    }

    async fn an_app_has_one_place_and_an_account_so_many(race: Race) {
        let one = app(&race, 0).await;
        for _ in 0..ROUNDS {
            let one = one.clone();
            for outcome in race.eight(move |number, tx| notifications::subscribe(tx, &one, &place(number))).await {
                outcome.unwrap();
            }
            assert_eq!(race.count("push_subscriptions", "1 = 1").await, 1);
        }
        let mut apps = Vec::new();
        for number in 1..=48 + EIGHT {
            apps.push(app(&race, number).await);
        }
        for (number, app) in apps.drain(..48).enumerate() {
            race.write(move |tx| notifications::subscribe(tx, &app, &place(number))).await;
        }
        for outcome in race.eight(move |number, tx| notifications::subscribe(tx, &apps[number], &place(number))).await {
            outcome.unwrap();
        }
        assert_eq!(race.count("push_subscriptions", "1 = 1").await, 50);
    }

    async fn what_the_same_people_say_in_a_thread_is_one_conversation(race: Race) {
        let ours = race.ours[0].1.clone();
        let people: Vec<ActorId> = race.theirs.iter().map(|them| them.id).chain([ours.id]).collect();
        let owner = ours.id;
        let talks = format!("owner_id = {owner}");
        for round in 0..ROUNDS {
            let mut said: Vec<PostId> = Vec::new();
            for _ in 0..EIGHT {
                said.push(race.write(direct(&race, &ours, people.clone(), said.last().copied())).await);
            }
            assert_eq!(race.count("conversations", &talks).await, 1, "round {round}");
            let talk = ConversationId(race.number("SELECT MAX(id) AS count FROM conversations").await);
            let delete = move |tx: &mut Tx<'_>| conversations::delete(tx, owner, talk);
            if round % 3 == 0 {
                // It goes while somebody answers.
                let answer = direct(&race, &race.theirs[0], people.clone(), Some(said[0]));
                let (one, two) = if round % 2 == 0 { race.held(delete, answer).await } else {
                    let (answered, deleted) = race.held(answer, delete).await;
                    (deleted, answered)
                };
                fine(one);
                two.unwrap();
            } else {
                race.write(delete).await;
                let answers: Vec<_> = (0..EIGHT).map(|number| direct(&race, &race.theirs[number], people.clone(), Some(said[number]))).collect();
                for outcome in race.eight(move |number, tx| answers[number](tx)).await {
                    outcome.unwrap();
                }
                assert_eq!(race.count("conversations", &talks).await, 1, "round {round}");
                assert_eq!(race.count("conversation_posts", &talks).await, EIGHT as i64);
            }
            race.write(move |tx| conversations::forget_all_of(tx, owner)).await;
        }
    }

    async fn what_was_said_before_is_the_last_word_when_all_after_it_go_at_once(race: Race) {
        let ours = race.ours[0].1.clone();
        let people: Vec<ActorId> = race.theirs.iter().map(|them| them.id).chain([ours.id]).collect();
        for round in 0..ROUNDS {
            let first = race.write(direct(&race, &ours, people.clone(), None)).await;
            let mut after = Vec::new();
            for _ in 0..EIGHT {
                after.push(race.write(direct(&race, &ours, people.clone(), Some(first))).await);
            }
            let author = by(&ours);
            for outcome in race.eight(move |number, tx| posts::delete(tx, &author, after[number])).await {
                outcome.unwrap();
            }
            assert_eq!(race.count("conversations", &format!("last_post = {first}")).await, 1, "round {round}");
            race.write(move |tx| conversations::forget_all_of(tx, ours.id)).await;
        }
    }

    async fn who_write_to_each_other_at_once_do_not_wait_for_each_other_for_ever(race: Race) {
        for _ in 0..ROUNDS {
            let everybody: Vec<ActorId> = race.ours.iter().map(|ours| ours.1.id).collect();
            let said: Vec<_> = race.ours.iter().map(|ours| direct(&race, &ours.1, everybody.clone(), None)).collect();
            for outcome in race.eight(move |number, tx| said[number](tx)).await {
                outcome.unwrap();
            }
        }
        assert_eq!(race.count("conversation_posts", "1 = 1").await, (ROUNDS * EIGHT * EIGHT) as i64);
    }

    async fn nothing_goes_on_waiting_by_who_was_let_in(race: Race) {
        let (owner, me) = (race.ours[0].1.id, race.ours[0].1.clone());
        for (number, them) in race.theirs.clone().into_iter().enumerate() {
            race.write(direct(&race, &them, vec![me.id], None)).await;
            let ids = requests(&race, owner).await;
            assert_eq!(ids.len(), 1);
            let accept = move |tx: &mut Tx<'_>| notifications::accept_requests(tx, owner, &ids);
            let write = direct(&race, &them, vec![me.id], None);
            if number % 2 == 0 {
                let (one, two) = race.held(accept, write).await;
                one.unwrap();
                two.unwrap();
            } else {
                let (one, two) = race.held(write, accept).await;
                one.unwrap();
                two.unwrap();
            }
            assert_eq!(race.count("notifications", "filtered").await, 0, "{number}");
            assert_eq!(race.count("notification_requests", "1 = 1").await, 0, "{number}");
        }
        assert_eq!(race.count("notifications", "1 = 1").await, 2 * EIGHT as i64);
    }

    async fn what_waits_has_a_request_whatever_is_dismissed(race: Race) {
        let (owner, me) = (race.ours[0].1.id, race.ours[0].1.clone());
        for (number, them) in race.theirs.clone().into_iter().enumerate() {
            race.write(direct(&race, &them, vec![me.id], None)).await;
            let ids = requests(&race, owner).await;
            let dismiss = move |tx: &mut Tx<'_>| notifications::dismiss_requests(tx, owner, &ids);
            let write = direct(&race, &them, vec![me.id], None);
            let waits = if number % 2 == 0 {
                let (one, two) = race.held(dismiss, write).await;
                one.unwrap();
                two.unwrap();
                1
            } else {
                let (one, two) = race.held(write, dismiss).await;
                one.unwrap();
                two.unwrap();
                0
            };
            let theirs = format!("from_id = {}", them.id);
            assert_eq!(race.count("notifications", &theirs).await, waits, "{number}");
            assert_eq!(race.count("notification_requests", &theirs).await, waits, "{number}");
            let left = requests(&race, owner).await;
            race.write(move |tx| notifications::dismiss_requests(tx, owner, &left)).await;
        }
    }

    async fn everybody_who_keeps_a_post_finds_it_by_that(race: Race) {
        let author = race.ours[0].1.clone();
        let readers: Vec<ActorId> = race.ours.iter().map(|ours| ours.1.id).collect();
        for round in 0..ROUNDS {
            let post = race.post(&author, None).await;
            let kept = format!("SELECT COUNT(*) AS count FROM post_words, unnest(words) WHERE post_id = {post} AND lexeme LIKE ':kept:%'");
            let keep = { let readers = readers.clone(); move |number: usize, tx: &mut Tx<'_>| posts::bookmark(tx, readers[number], post) };
            for outcome in race.eight(keep.clone()).await {
                outcome.unwrap();
            }
            assert_eq!(race.number(&kept).await, EIGHT as i64);
            // One more or one less while all posts are read again.
            let read = move |tx: &mut Tx<'_>| posts::index_stored(tx, PostId(i64::MAX), 100);
            let less = { let reader = readers[1]; move |tx: &mut Tx<'_>| posts::unbookmark(tx, reader, post) };
            let more = move |tx: &mut Tx<'_>| keep(1, tx);
            if round % 2 == 0 {
                let (one, two) = race.held(read, less).await;
                one.unwrap();
                two.unwrap();
                assert_eq!(race.number(&kept).await, EIGHT as i64 - 1);
                race.held(more, read).await.1.unwrap();
            } else {
                let (one, two) = race.held(less, read).await;
                one.unwrap();
                two.unwrap();
                assert_eq!(race.number(&kept).await, EIGHT as i64 - 1);
                race.held(read, more).await.1.unwrap();
            }
            assert_eq!(race.number(&kept).await, EIGHT as i64);
        }
    }
}
