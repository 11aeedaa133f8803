//! The sender: claims what is due, sends many at a time, writes results down in batches.

use std::{collections::HashMap, sync::Arc, time::Duration};

use http::StatusCode;
use tokio::{
    sync::watch,
    task::{Id, JoinSet},
    time::Instant,
};
use url::Url;

use super::{
    host::Verdict,
    letter::{Letter, Letters},
    queue::{self, Due, Room, Standing, Tried},
    why,
};
use crate::{app::App, db::woken, domain::servers, error::Result, net::signatures::Scheme, telemetry};

/// How long results are gathered before they are written down.
const GATHER: Duration = Duration::from_millis(20);
/// How many results are written down together.
const BATCH: usize = 64;
/// How long the sender sleeps at most when it was not woken.
const LOOK_AROUND: Duration = Duration::from_secs(30);
/// A try that takes longer waits for an answer, which costs next to nothing: others are begun beside it,
const PATIENT: Duration = Duration::from_secs(1);
/// until so many times the usual number are under way.
const WAITING: usize = 4;
/// An answer that takes longer makes a server doubtful for a while.
const SLOW: Duration = Duration::from_secs(3);
/// For how long.
const SLOW_FOR: Duration = Duration::from_secs(600);
/// How soon it is looked again while something is under way or not written down yet.
const MOMENT: Duration = Duration::from_secs(1);
/// After this long a server is asked with the scheme that is usual again.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// Of how many servers it is remembered, and how many may be known as slow.
const SERVERS: u64 = 10_000;

/// Sends deliveries for as long as the server runs.
pub struct Deliverer {
    app: App,
    letters: Letters,
    schemes: moka::sync::Cache<String, Scheme>,
    /// Servers that answered slowly a moment ago.
    slow: moka::sync::Cache<String, ()>,
}

/// What is under way.
#[derive(Default)]
struct Flight {
    tasks: JoinSet<Tried>,
    /// Which server each task sends to, and since when.
    targets: HashMap<Id, (String, Standing, Instant)>,
    /// Which delivery each task tries.
    deliveries: HashMap<Id, i64>,
    /// How many tasks send to each server.
    hosts: HashMap<String, usize>,
}

impl Flight {
    fn start(&mut self, due: &Due, standing: Standing, task: impl Future<Output = Tried> + Send + 'static) {
        let id = self.tasks.spawn(task).id();
        *self.hosts.entry(due.host.clone()).or_default() += 1;
        self.targets.insert(id, (due.host.clone(), standing, Instant::now()));
        self.deliveries.insert(id, due.id);
    }

    fn land(&mut self, id: Id) {
        self.deliveries.remove(&id);
        let Some((host, ..)) = self.targets.remove(&id) else { return };
        if let Some(count) = self.hosts.get_mut(&host) {
            *count -= 1;
            if *count == 0 {
                self.hosts.remove(&host);
            }
        }
    }

    /// The next result. `None` when nothing is under way; a task that died of a bug answers nothing, and its row
    /// is tried again when its lease ends.
    async fn next(&mut self) -> Option<Option<Tried>> {
        let (id, tried) = match self.tasks.join_next_with_id().await? {
            Ok((id, tried)) => (id, Some(tried)),
            Err(error) => {
                tracing::error!(%error, "A delivery ended by a bug");
                (error.id(), None)
            }
        };
        self.land(id);
        Some(tried)
    }

    /// Waits for one result, then takes what else comes within a moment. What was taken is in `tries` even when
    /// the caller stops waiting.
    async fn gather(&mut self, tries: &mut Vec<Tried>) {
        let Some(first) = self.next().await else { return };
        tries.extend(first);
        let until = Instant::now() + GATHER;
        while tries.len() < BATCH
            && let Ok(Some(tried)) = tokio::time::timeout_at(until, self.next()).await
        {
            tries.extend(tried);
        }
    }
}

/// Room for what is remembered of servers, each for so long.
fn of_servers<V: Clone + Send + Sync + 'static>(lasting: Duration) -> moka::sync::Cache<String, V> {
    moka::sync::Cache::builder().max_capacity(SERVERS).time_to_live(lasting).build()
}

impl Deliverer {
    /// A sender for this application.
    pub fn new(app: App) -> Self {
        Self { app, letters: Letters::default(), schemes: of_servers(REMEMBERED), slow: of_servers(SLOW_FOR) }
    }

    /// Runs until told to stop; what is under way is finished and written down.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut signals = self.app.db.signals();
        let mut flight = Flight::default();
        let (mut tries, mut look) = (Vec::new(), true);
        while !*stop.borrow() {
            if look || !tries.is_empty() {
                self.turn(&mut flight, &mut tries).await;
                look = false;
            }
            // Results that could not be written down stay and are written with the next ones.
            let sleep = if tries.is_empty() { self.until_next_due().await } else { MOMENT };
            // What hangs makes room for others after a while.
            let sleep = if flight.tasks.is_empty() { sleep } else { sleep.min(MOMENT) };
            tokio::select! {
                _ = stop.changed() => break,
                () = flight.gather(&mut tries), if !flight.tasks.is_empty() => {}
                forget = woken(&mut signals, &["deliveries", "jobs"]) => {
                    if forget {
                        self.letters.forget();
                    }
                    look = true;
                }
                () = tokio::time::sleep(sleep) => look = true,
            }
        }
        while !flight.tasks.is_empty() {
            flight.gather(&mut tries).await;
        }
        self.settle(tries).await;
    }

    /// Sends everything that is due, and what becomes due by it. For tests and the command line.
    pub async fn run_until_idle(&self) {
        let mut flight = Flight::default();
        let mut tries = Vec::new();
        loop {
            self.turn(&mut flight, &mut tries).await;
            if flight.tasks.is_empty() {
                return;
            }
            flight.gather(&mut tries).await;
        }
    }

    /// Writes results down, claims what is due, and starts sending it.
    async fn turn(&self, flight: &mut Flight, tries: &mut Vec<Tried>) {
        match self.claim(flight, tries).await {
            Ok(due) => {
                tries.clear();
                if let Err(error) = self.start(flight, due).await {
                    // The leases end, and the rows are tried again.
                    tracing::error!(%error, "Could not prepare deliveries");
                }
            }
            Err(error) => tracing::error!(%error, "Could not look for deliveries"),
        }
    }

    /// What there is room for. Servers that may not answer get half of it at most. Tries that wait for an answer take
    /// a quarter at most, and others are begun beside them, so that servers which stop answering all at once hold
    /// nobody else up.
    fn room(&self, flight: &Flight) -> Room {
        let settings = &self.app.config.federation;
        let (all, half) = (settings.delivery_concurrency, (settings.delivery_concurrency / 2).max(1));
        let counted = |standing: Option<Standing>, waiting: bool| {
            let meant = |(_, own, since): &&(String, Standing, Instant)| {
                standing.is_none_or(|standing| standing == *own) && (since.elapsed() >= PATIENT) == waiting
            };
            flight.targets.values().filter(meant).count()
        };
        for (host, _, since) in flight.targets.values() {
            if since.elapsed() >= SLOW {
                self.slow.insert(host.clone(), ());
            }
        }
        let doubtful = Some(Standing::Doubtful);
        Room {
            all: all
                .saturating_sub(counted(None, false) + counted(None, true).min(half / 2))
                .min((WAITING * all).saturating_sub(flight.tasks.len())),
            doubtful: half.saturating_sub(counted(doubtful, false) + counted(doubtful, true).min(half / 2)),
            per_host: settings.deliveries_per_host,
            busy: flight.hosts.clone(),
            slow: self.slow.iter().map(|(host, ())| (*host).clone()).collect(),
            under_way: flight.deliveries.values().copied().collect(),
        }
    }

    async fn claim(&self, flight: &Flight, tries: &[Tried]) -> Result<Vec<(Due, Standing)>> {
        let days = self.app.config.federation.delivery_days;
        let room = self.room(flight);
        let now = self.app.db.now();
        if tries.is_empty() && (room.all == 0 || !self.app.db.read(move |conn| queue::anything_due(conn, now)).await?) {
            return Ok(Vec::new());
        }
        let tries = tries.to_vec();
        self.app
            .db
            .write(move |tx| {
                queue::settle(tx, &tries, days)?;
                queue::claim(tx, &room)
            })
            .await
    }

    /// Writes results down and nothing else.
    async fn settle(&self, tries: Vec<Tried>) {
        let days = self.app.config.federation.delivery_days;
        if let Err(error) = self.app.db.write(move |tx| queue::settle(tx, &tries, days)).await {
            tracing::error!(%error, "Could not write down what became of deliveries");
        }
    }

    async fn start(&self, flight: &mut Flight, claimed: Vec<(Due, Standing)>) -> Result<()> {
        if claimed.is_empty() {
            return Ok(());
        }
        let due: Vec<Due> = claimed.iter().map(|(due, _)| due.clone()).collect();
        let letters = self.letters.of(&self.app, &due).await?;
        self.learn_schemes(&due).await?;
        for (due, standing) in claimed {
            let letter = letters.get(&due.activity_id).cloned();
            let (app, schemes, slow) = (self.app.clone(), self.schemes.clone(), self.slow.clone());
            flight.start(&due.clone(), standing, async move {
                let started = Instant::now();
                let verdict = deliver(&app, &schemes, &due, letter).await;
                if started.elapsed() >= SLOW {
                    slow.insert(due.host.clone(), ());
                } else {
                    slow.invalidate(&due.host);
                }
                Tried { due, verdict }
            });
        }
        Ok(())
    }

    /// Reads which signature scheme servers accepted last, for those that we have not asked lately.
    async fn learn_schemes(&self, due: &[Due]) -> Result<()> {
        let mut hosts: Vec<String> =
            due.iter().map(|due| due.host.clone()).filter(|host| !self.schemes.contains_key(host)).collect();
        if hosts.is_empty() {
            return Ok(());
        }
        hosts.sort();
        hosts.dedup();
        let asked = hosts.clone();
        let known = self.app.db.read(move |conn| servers::signature_schemes(conn, &asked)).await?;
        for host in hosts {
            let newer = known.iter().any(|(server, scheme)| *server == host && scheme == Scheme::Rfc9421.as_str());
            self.schemes.insert(host, if newer { Scheme::Rfc9421 } else { Scheme::Cavage });
        }
        Ok(())
    }

    async fn until_next_due(&self) -> Duration {
        let now = self.app.db.now();
        match self.app.db.read(move |conn| queue::next_due(conn, now)).await {
            Ok(Some(next)) => next.since(now).clamp(Duration::from_millis(10), LOOK_AROUND),
            Ok(None) => LOOK_AROUND,
            Err(_) => Duration::from_secs(1),
        }
    }
}

/// Tries one delivery, with the other signature scheme too where the first is refused.
async fn deliver(
    app: &App,
    schemes: &moka::sync::Cache<String, Scheme>,
    due: &Due,
    letter: Option<Arc<Letter>>,
) -> Verdict {
    let started = Instant::now();
    let verdict = match (letter, Url::parse(&due.inbox)) {
        _ if app.refuses(&due.host) => Verdict::Final { status: None, error: why::BLOCKED.to_owned() },
        (Some(letter), Ok(inbox)) => knock(app, schemes, due, &letter, &inbox).await,
        (None, _) => Verdict::Final { status: None, error: why::UNSIGNED.to_owned() },
        (_, Err(_)) => Verdict::Final { status: None, error: why::NO_INBOX.to_owned() },
    };
    metrics::counter!(telemetry::DELIVERIES, "outcome" => verdict.label()).increment(1);
    metrics::histogram!(telemetry::DELIVERY_SECONDS).record(started.elapsed().as_secs_f64());
    if !matches!(verdict, Verdict::Delivered { .. }) {
        tracing::debug!(
            delivery.id = due.id,
            delivery.attempts = due.attempts,
            host = due.host,
            ?verdict,
            "A delivery failed"
        );
    }
    verdict
}

async fn knock(
    app: &App,
    schemes: &moka::sync::Cache<String, Scheme>,
    due: &Due,
    letter: &Letter,
    inbox: &Url,
) -> Verdict {
    let first = schemes.get(&due.host).unwrap_or(Scheme::Cavage);
    let (status, verdict) = post(app, letter, inbox, first).await;
    if !matches!(status, Some(StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED)) {
        return verdict;
    }
    let other = match first {
        Scheme::Cavage => Scheme::Rfc9421,
        Scheme::Rfc9421 => Scheme::Cavage,
    };
    let (_, second) = post(app, letter, inbox, other).await;
    if matches!(second, Verdict::Delivered { .. }) {
        schemes.insert(due.host.clone(), other);
    }
    second
}

/// Signs and sends once. Signing takes 0.4 ms of one core, less than handing it to another thread would save.
async fn post(app: &App, letter: &Letter, inbox: &Url, scheme: Scheme) -> (Option<StatusCode>, Verdict) {
    let headers = match letter.headers(inbox, scheme, app.db.now()) {
        Ok(headers) => headers,
        Err(error) => return (None, Verdict::of_error(&error)),
    };
    match app.transport.post(inbox, headers, letter.body()).await {
        Ok(answer) => (Some(answer.status), Verdict::of(&answer, scheme)),
        Err(error) => (None, Verdict::of_error(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_servers_are_remembered_than_the_guide_says() {
        let slow = of_servers(SLOW_FOR);
        for number in 0..SERVERS + 3_000 {
            slow.insert(format!("s{number}.example"), ());
        }
        slow.run_pending_tasks();
        assert!((1..=SERVERS).contains(&slow.entry_count()), "{}", slow.entry_count());
    }
}
