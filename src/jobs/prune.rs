//! What is deleted by age, once a day. The table in docs/guide/operator.md says the same.

use std::time::Duration;

use super::runner;
use crate::{
    app::App,
    db::{Db, Tx},
    domain::{
        ActorId, PostId, accounts, actors, apps, cards, conversations, copies, drafts, home, invitations, media,
        notifications, posts, prune_acts, reports, servers, sign_ups, work::Job,
    },
    error::Result,
    federation::{self, delivery},
};

const DAY: u64 = 24 * 3600;
/// How long the ids of received activities are remembered: longer than anybody retries.
const RECEIVED: Duration = Duration::from_secs(30 * DAY);
/// How long we remember what was deleted elsewhere.
const TOMBSTONES: Duration = Duration::from_secs(90 * DAY);
/// How long the ids that clients were told can be looked up, beside what was sent.
const SUBMISSIONS: Duration = Duration::from_secs(90 * DAY);
/// How long a client that asks again is answered with what it made before.
const KEYS: Duration = Duration::from_secs(DAY);
/// How long an upload waits to be hung on a post.
const UPLOADS: Duration = Duration::from_secs(DAY);
/// How long files of other servers are kept that nobody looks at.
const ELSEWHERE: Duration = Duration::from_secs(30 * DAY);
/// How long parked jobs wait for an operator.
const PARKED: Duration = Duration::from_secs(90 * DAY);
/// How long people find what they were told, and how much of it at most.
const NOTIFICATIONS: (Duration, i64) = (Duration::from_secs(180 * DAY), 10_000);
/// How long moderators find reports that they were done with.
const REPORTS: Duration = Duration::from_secs(180 * DAY);
/// How long a draft can be found that was thrown away, and a copy of which nothing came.
const DISCARDED: Duration = Duration::from_secs(30 * DAY);
/// How many entries a home has at most.
const HOME: i64 = 10_000;
/// How long we remember servers with whom we have nothing to do.
const SERVERS: Duration = Duration::from_secs(90 * DAY);
/// How long we remember push services that nobody's app names any more.
const SERVICES: Duration = Duration::from_secs(90 * DAY);
/// About how many rows one transaction deletes or looks at: other writers wait for one of them at most.
const PORTION: i64 = 1000;
/// The same of posts: of each two locks are held meanwhile, and PostgreSQL has room for some thousands altogether.
const HELD: i64 = 100;

/// Makes sure that pruning goes on, whatever happened to its job.
pub async fn ensure(db: &Db) -> Result<()> {
    runner::free_stranded(db).await?;
    runner::ensure(db, Job::Prune).await
}

/// Deletes what has outlived its use.
pub async fn run(app: &App) -> Result<()> {
    let db = &app.db;
    // What ends is told by a job of its own; it begins here for who may sign in again, and for what was there before.
    db.write(accounts::tell_of_endings).await?;
    let received = portions(db, |tx| federation::received::prune(tx, RECEIVED, PORTION)).await?;
    let early = portions(db, |tx| federation::early::prune(tx, PORTION)).await?;
    let submissions = portions(db, |tx| federation::clients::prune(tx, SUBMISSIONS, PORTION)).await?;
    let deliveries = portions(db, |tx| delivery::prune(tx, PORTION)).await?;
    let activities = portions(db, |tx| delivery::prune_activities(tx, PORTION)).await?;
    let base_url = app.site.base_url.clone();
    let tombstones = portions(db, move |tx| posts::prune_tombstones(tx, &base_url, TOMBSTONES, PORTION)).await?;
    let uploads = portions(db, |tx| media::forget_unused(tx, UPLOADS, PORTION)).await?;
    let mut elsewhere = 0;
    loop {
        let gone = db.write(|tx| media::forget_kept(tx, ELSEWHERE, PORTION)).await?;
        elsewhere += gone.len();
        for name in &gone {
            app.files.forget(&federation::fetch::folder(name)).await?;
        }
        if gone.is_empty() {
            break;
        }
    }
    let keys = portions(db, |tx| posts::prune_keys(tx, KEYS, PORTION)).await?;
    let discarded = portions(db, |tx| drafts::prune(tx, DISCARDED, PORTION)).await?;
    let copies = portions(db, |tx| copies::prune(tx, DISCARDED, PORTION)).await?;
    let acts = portions(db, |tx| prune_acts(tx, KEYS, PORTION)).await?;
    let reports = portions(db, |tx| reports::prune(tx, REPORTS, PORTION)).await?;
    runner::free_stranded(db).await?;
    let mut jobs = 0;
    while let pruned @ 1.. = runner::prune(db, PARKED, PORTION).await? {
        jobs += pruned;
    }
    let browsers = portions(db, |tx| accounts::prune_browsers(tx, PORTION)).await?;
    let resets = portions(db, |tx| accounts::prune_resets(tx, PORTION)).await?;
    let certificates = portions(db, |tx| accounts::prune_certificates(tx, PORTION)).await?;
    let invited = portions(db, |tx| invitations::prune(tx, PORTION)).await?;
    let signed_up = portions(db, |tx| sign_ups::prune(tx, PORTION)).await?;
    let challenges = portions(db, |tx| accounts::prune_challenges(tx, PORTION)).await?;
    let pushes = portions(db, |tx| notifications::prune_subscriptions(tx, PORTION)).await?;
    // What they were told on goes first.
    let browser_tokens = portions(db, |tx| accounts::prune_browser_tokens(tx, PORTION)).await?;
    let services = portions(db, |tx| notifications::prune_services(tx, tx.now().minus(SERVICES), PORTION)).await?;
    let codes = portions(db, |tx| apps::prune_codes(tx, PORTION)).await?;
    let apps = portions(db, |tx| apps::prune(tx, PORTION)).await?;
    let days = app.config.retention.remote_posts_days;
    let (entries, posts) = if days == 0 { (0, 0) } else { remote_posts(app, days).await? };
    let cards = portions(db, |tx| cards::prune(tx, cards::CARDS, PORTION)).await?;
    let strangers = strangers(app).await?;
    let servers = portions(db, |tx| servers::prune(tx, tx.now().minus(SERVERS), PORTION)).await?;
    app.mailer.prune().await?;
    federation::keys::fill_spares(app).await?;
    tracing::info!(
        received,
        early,
        submissions,
        deliveries,
        activities,
        tombstones,
        uploads,
        elsewhere,
        keys,
        discarded,
        copies,
        acts,
        reports,
        jobs,
        browsers,
        browser_tokens,
        resets,
        certificates,
        invited,
        signed_up,
        challenges,
        pushes,
        services,
        codes,
        apps,
        servers,
        entries,
        posts,
        cards,
        strangers,
        "Pruned what has outlived its use"
    );
    Ok(())
}

/// Does one portion after the other until one comes back empty; answers how many rows that were.
async fn portions(db: &Db, portion: impl Fn(&mut Tx<'_>) -> Result<usize> + Clone + Send + 'static) -> Result<usize> {
    let mut all = 0;
    loop {
        match db.write(portion.clone()).await? {
            0 => return Ok(all),
            some => all += some,
        }
    }
}

/// Homes and notifications first: what stands in them is kept.
async fn remote_posts(app: &App, days: u32) -> Result<(usize, usize)> {
    let (db, age) = (&app.db, Duration::from_secs(u64::from(days) * DAY));
    let mut entries = 0;
    for owner in db.read(actors::list_local_ids).await? {
        entries += portions(db, move |tx| prune_owner(tx, owner, age)).await?;
    }
    let (mut forgotten, mut after) = (0, PostId(0));
    loop {
        let window = db.write(move |tx| posts::prune_stale(tx, after, tx.now().minus(age), HELD)).await?;
        forgotten += window.forgotten;
        match window.next {
            Some(next) => after = next,
            None => return Ok((entries, forgotten)),
        }
    }
}

/// Whoever wrote a post that was kept is kept.
async fn strangers(app: &App) -> Result<usize> {
    let days = app.config.retention.remote_actors_days;
    let age = Duration::from_secs(u64::from(days) * DAY);
    let (mut forgotten, mut after) = (0, (days > 0).then_some(ActorId(0)));
    while let Some(from) = after {
        let window = app.db.write(move |tx| actors::prune_strangers(tx, from, tx.now().minus(age), PORTION)).await?;
        forgotten += window.forgotten;
        after = window.next;
    }
    Ok(forgotten)
}

fn prune_owner(tx: &mut Tx<'_>, owner: ActorId, age: Duration) -> Result<usize> {
    let (lasting, most) = NOTIFICATIONS;
    let (old, older) = (tx.now().minus(age), tx.now().minus(lasting));
    let empty = conversations::prune(tx, owner, PORTION)?;
    Ok(empty + home::prune(tx, owner, old, HOME, PORTION)? + notifications::prune(tx, owner, older, most, PORTION)?)
}
