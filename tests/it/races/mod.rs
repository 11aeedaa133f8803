//! Operations that check and then write, by several processes at once on PostgreSQL.
//!
//! [`Race::eight`] lets eight processes begin the same operation at the same moment, ten times over. [`Race::held`]
//! is exact: the first transaction has done its work and not committed when the second begins, and it commits when
//! the second waits for it or is done. After each test [`Race::assert_sound`] compares counters with rows.

mod accounts;
mod announcements;
mod arriving;
mod delivery;
mod direct;
mod drafts;
mod ends;
mod follows;
mod posts;
mod quotes;
mod telling;

use std::sync::{
    Arc, Barrier, Mutex,
    atomic::{AtomicBool, Ordering},
    mpsc,
};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use guildhall::{
    db::{Conn, Db, Tx},
    domain::{
        By, PostId, Site,
        accounts::{self as people, Account, AccountKind, NewAccount, Role},
        actors::{self, Actor, RemoteActor},
        posts::{self as writing, Audience, Draft},
        setup::{self, Company, WayIn},
    },
    error::{Kind, Result},
    federation::activities::{self, Applied},
};
use serde_json::Value;

use crate::support::{database::TestDatabase, people::remote};

/// How many processes there are.
pub const EIGHT: usize = 8;
/// How often they try.
pub const ROUNDS: usize = 10;

/// Writes each body as a test that needs PostgreSQL.
#[macro_export]
macro_rules! races {
    ($(async fn $name:ident($race:ident: Race) $body:block)*) => {$(
        async fn $name($race: $crate::races::Race) $body
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() { Box::pin(super::$name($crate::races::Race::open().await)).await; }
        }
    )*};
}

/// Eight processes on one database, with people on both sides.
pub struct Race {
    pub processes: Vec<Db>,
    pub site: Site,
    /// Eight people of ours.
    pub ours: Vec<(Account, Actor)>,
    /// Eight people on another server.
    pub theirs: Vec<Actor>,
    pub database: TestDatabase,
}

/// Somebody on another server.
pub fn stranger(name: &str) -> RemoteActor {
    RemoteActor { name: name.to_owned(), shared_inbox: None, ..remote(name, "far.example", None) }
}

pub fn person(username: &str, email: Option<&str>) -> NewAccount {
    NewAccount {
        username: username.to_owned(),
        display_name: username.to_owned(),
        email: email.map(ToOwned::to_owned),
        password_hash: None,
        kind: AccountKind::Employee,
        role: Role::Member,
    }
}

pub fn company() -> Company {
    Company {
        name: "Acme".to_owned(),
        handle: "brand".to_owned(),
        owner: "owner".to_owned(),
        email: "owner@acme.test".to_owned(),
        way_in: WayIn::Password("none".to_owned()),
    }
}

pub fn site() -> Site {
    Site {
        base_url: "https://company.example".to_owned(),
        domain: "company.example".to_owned(),
        post_characters: 5000,
        federates: true,
    }
}

/// Who acts.
pub fn by(actor: &Actor) -> By {
    if actor.is_local() {
        By::Local { actor: actor.id, account: None }
    } else {
        By::Remote { actor: actor.id, activity: None }
    }
}

impl Race {
    pub async fn open() -> Self {
        let database = TestDatabase::postgres();
        let processes: Vec<Db> = (0..EIGHT).map(|_| database.another()).collect();
        let place = site();
        let (ours, theirs) = database
            .db
            .write(move |tx| {
                setup::establish(tx, &place, &company())?;
                let mut ours = Vec::new();
                let mut theirs = Vec::new();
                for number in 0..EIGHT {
                    ours.push(people::create(tx, &place, &person(&format!("ours{number}"), None))?);
                    theirs.push(actors::upsert_remote(tx, &stranger(&format!("theirs{number}")))?.actor);
                }
                Ok((ours, theirs))
            })
            .await
            .unwrap();
        Self { processes, site: site(), ours, theirs, database }
    }

    /// The same operation by eight processes at once, each with its number; all have begun before any goes on.
    pub async fn eight<T, F>(&self, operation: F) -> Vec<Result<T>>
    where
        T: Send + 'static,
        F: Fn(usize, &mut Tx<'_>) -> Result<T> + Clone + Send + 'static,
    {
        let start = Arc::new(Barrier::new(EIGHT));
        let runs = self.processes.iter().cloned().enumerate().map(|(number, db)| {
            let (operation, start, first) = (operation.clone(), start.clone(), AtomicBool::new(true));
            tokio::spawn(async move {
                db.write(move |tx| {
                    // A transaction that is tried again is alone.
                    if first.swap(false, Ordering::SeqCst) {
                        start.wait();
                    }
                    operation(number, tx)
                })
                .await
            })
        });
        let runs: Vec<_> = runs.collect();
        let mut outcomes = Vec::new();
        for run in runs {
            outcomes.push(run.await.unwrap());
        }
        outcomes
    }

    /// The first has done its work when the second begins, and commits when the second waits for it or is done.
    pub async fn held<A, B>(
        &self,
        first: impl Fn(&mut Tx<'_>) -> Result<A> + Send + 'static,
        second: impl Fn(&mut Tx<'_>) -> Result<B> + Send + 'static,
    ) -> (Result<A>, Result<B>)
    where
        A: Send + 'static,
        B: Send + 'static,
    {
        let (done, worked) = mpsc::channel();
        let (commit, may_commit) = mpsc::channel::<()>();
        let may_commit = Mutex::new(may_commit);
        let (one, two) = (self.processes[0].clone(), self.processes[1].clone());
        let one = tokio::spawn(async move {
            one.write(move |tx| {
                let outcome = first(tx)?;
                let _ = done.send(());
                let _ = may_commit.lock().unwrap().recv();
                Ok(outcome)
            })
            .await
        });
        // An error means that the first has failed, and holds nothing.
        let _ = tokio::task::spawn_blocking(move || worked.recv()).await.unwrap();
        let two = tokio::spawn(async move { two.write(second).await });
        while !two.is_finished() && !self.somebody_waits().await {
            tokio::task::yield_now().await;
        }
        let _ = commit.send(());
        drop(commit);
        (one.await.unwrap(), two.await.unwrap())
    }

    async fn somebody_waits(&self) -> bool {
        let waiting = "SELECT COUNT(*) AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        self.number(waiting).await > 0
    }

    /// A query that answers one number as `count`.
    pub async fn number(&self, query: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Number {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        let query = query.to_owned();
        self.database.db.read(move |conn| Ok(sql_query(query).get_result::<Number>(conn)?.count)).await.unwrap()
    }

    /// How many rows of a table meet a condition.
    pub async fn count(&self, table: &str, condition: &str) -> i64 {
        self.number(&format!("SELECT COUNT(*) AS count FROM {table} WHERE {condition}")).await
    }

    pub async fn read<T: Send + 'static>(&self, work: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static) -> T {
        self.database.db.read(work).await.unwrap()
    }

    pub async fn write<T: Send + 'static>(&self, work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static) -> T {
        self.database.db.write(work).await.unwrap()
    }

    /// One of ours writes a public post.
    pub async fn post(&self, author: &Actor, reply_to: Option<PostId>) -> PostId {
        let (site, by) = (self.site.clone(), by(author));
        self.write(move |tx| {
            let mut draft = Draft::note(Audience::Public, "<p>text</p>".to_owned());
            draft.reply_to = reply_to.map(|post| writing::ReplyTo { post: Some(post), uri: None });
            writing::create(tx, &site, &by, &draft)
        })
        .await
    }

    /// What others read in the inbox: an activity of somebody elsewhere, applied in a transaction.
    pub fn arriving(
        &self,
        who: &Actor,
        activity: Value,
    ) -> impl Fn(&mut Tx<'_>) -> Result<Applied> + Clone + Send + 'static {
        let (site, who) = (self.site.clone(), who.clone());
        let activity = Arc::new(activities::parse(activity).unwrap().with_carried());
        move |tx| activities::apply(tx, &site, &who, &activity)
    }

    /// Every counter equals the rows that it counts, and nothing speaks of what is gone.
    pub async fn assert_sound(&self) {
        for (what, condition) in [
            ("likes_count", "posts WHERE likes_count <> (SELECT COUNT(*) FROM likes WHERE post_id = posts.id)"),
            ("boosts_count", "posts WHERE boosts_count <> (SELECT COUNT(*) FROM boosts WHERE post_id = posts.id)"),
            (
                "quotes_count",
                "posts WHERE quotes_count <> (SELECT COUNT(*) FROM quotes WHERE quoted_id = posts.id AND state = 'accepted' AND open)",
            ),
            (
                "replies_count",
                "posts WHERE replies_count <> (SELECT COUNT(*) FROM posts AS reply WHERE reply.reply_to_id = posts.id AND reply.audience IN ('public', 'unlisted'))",
            ),
            (
                "posts_count",
                "actors WHERE posts_count <> (SELECT COUNT(*) FROM posts WHERE author_id = actors.id AND audience IN ('public', 'unlisted'))",
            ),
            (
                "followers_count",
                "actors WHERE deleted_at IS NULL AND followers_count <> (SELECT COUNT(*) FROM follows WHERE target_id = actors.id AND state = 'accepted')",
            ),
            (
                "following_count",
                "actors WHERE deleted_at IS NULL AND following_count <> (SELECT COUNT(*) FROM follows WHERE follower_id = actors.id AND state = 'accepted')",
            ),
            (
                "a reply to a post that is not there",
                "posts WHERE reply_to_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM posts AS parent WHERE parent.id = posts.reply_to_id)",
            ),
            (
                "a reply that has not found its post",
                "posts WHERE reply_to_id IS NULL AND EXISTS (SELECT 1 FROM posts AS parent WHERE parent.uri = posts.reply_to_uri)",
            ),
            (
                "a thread apart from its parent",
                "posts WHERE reply_to_id IS NOT NULL AND thread_id <> (SELECT thread_id FROM posts AS parent WHERE parent.id = posts.reply_to_id)",
            ),
            (
                "a deleted post that is there",
                "posts JOIN tombstones ON tombstones.uri = posts.uri AND tombstones.actor_id = posts.author_id",
            ),
            (
                "a notification of a like that is not there",
                "notifications WHERE kind = 'favourite' AND NOT EXISTS (SELECT 1 FROM likes WHERE likes.post_id = notifications.post_id AND likes.actor_id = from_id)",
            ),
            (
                "a notification of a boost that is not there",
                "notifications WHERE kind = 'reblog' AND NOT EXISTS (SELECT 1 FROM boosts WHERE boosts.post_id = notifications.post_id AND boosts.actor_id = from_id)",
            ),
            (
                "a boost at home that is not there",
                "home_entries WHERE boost_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM boosts WHERE boosts.id = boost_id)",
            ),
            (
                "a conversation whose last post is another",
                "conversations WHERE last_post <> COALESCE((SELECT MAX(post_id) FROM conversation_posts WHERE conversation_id = conversations.id), 0)",
            ),
            (
                "a follow between two who are blocked",
                "follows JOIN blocks ON (blocks.actor_id, blocks.target_id) IN ((follower_id, follows.target_id), (follows.target_id, follower_id))",
            ),
        ] {
            let wrong = self.number(&format!("SELECT COUNT(*) AS count FROM {condition}")).await;
            assert_eq!(wrong, 0, "{what}");
        }
    }
}

/// Fails when an outcome is a fault of ours: a race may be lost, but not with an internal error.
#[track_caller]
pub fn fine<T>(outcome: Result<T>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(error) => {
            let lost = matches!(error.kind(), Kind::NotFound | Kind::Gone | Kind::Conflict | Kind::Forbidden);
            assert!(lost, "{error}: {:?}", std::error::Error::source(&error));
            None
        }
    }
}

/// One wins, seven hear of a conflict.
#[track_caller]
pub fn one_of_eight<T>(outcomes: Vec<Result<T>>) {
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, EIGHT - 1));
    for outcome in lost {
        let error = outcome.err().unwrap();
        assert_eq!(error.kind(), Kind::Conflict, "{error}: {:?}", std::error::Error::source(&error));
    }
}
