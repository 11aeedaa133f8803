//! Fetches of keys that are under way: one for an address however many letters wait for it, few at a time, and
//! each goes on to its end when nobody waits any more, so that a sender who comes again finds the key.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{Semaphore, watch};

use super::{
    Budget,
    actor::{self, Described},
    document,
    key::{owner_document, slow},
};
use crate::{
    app::App,
    domain::work::{Job, machine_in},
    error::{Error, Kind, Result},
    federation::backlog,
};

/// How many keys are fetched at the same time.
const AT_ONCE: usize = 32;
/// How many more of servers that we know.
const KNOWN_AT_ONCE: usize = 16;
/// How many addresses may wait.
const WAITING: usize = 512;
/// How many more of servers that we know.
const KNOWN_WAITING: usize = 256;
/// How many keys of one server are fetched at the same time: one that hangs leaves room for the others.
const PER_HOST: usize = 4;
/// How many addresses of one server may wait for their turn: a quarter of what is free, within these bounds.
const WAITING_PER_HOST: (usize, usize) = (4, 64);
/// How many servers we know, and for how long after their last letter.
const KNOWN: (u64, Duration) = (10_000, Duration::from_secs(24 * 3600));
/// How long one may take from its turn on, and how long what is asked behind a key.
const LONGEST: Duration = Duration::from_secs(60);
/// How many documents a key may take: its own, and its owner's.
const DOCUMENTS: u8 = 4;
/// How many handles are asked about at the same time behind keys that made a signature, and how many of one server.
const SETTLING: (usize, usize) = (32, 4);
/// How many bytes of what was shown are remembered until a letter comes that it signed, and for how long.
const SHOWN: (u64, Duration) = (16 * 1024 * 1024, Duration::from_secs(600));

/// How far a fetch has come.
#[derive(Debug, Clone)]
pub(super) enum Progress {
    /// There is no answer yet.
    Asking,
    /// The owner of the key was found.
    Found(Arc<Shown>),
    /// There is no key to be had.
    Failed(Arc<Error>),
}

/// The owner of a key as its server shows it. Nothing of it is stored before a letter comes that one of its keys
/// signed: anybody can write a letter that names a key.
#[derive(Debug)]
pub struct Shown {
    /// The address of the key's document.
    pub address: String,
    /// The owner.
    pub owner: Described,
}

impl Shown {
    /// About how many bytes it takes.
    fn size(&self) -> u32 {
        let remote = &self.owner.remote;
        let fields: usize = remote.fields.iter().map(|field| field.name.len() + field.value.len()).sum();
        let keys: usize = remote.keys.iter().map(|key| key.uri.len() + key.public_key.len()).sum();
        let also: usize = remote.also_known_as.iter().map(String::len).sum();
        let all = 2048 + self.address.len() + remote.name.len() + remote.summary.len() + fields + keys + also;
        u32::try_from(all).unwrap_or(u32::MAX)
    }
}

/// Whether a server is known: then strangers who hang do not take its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// A letter of it was rightly signed lately.
    Known,
    /// Every other.
    Stranger,
}

/// The fetches that are under way.
pub struct Flights {
    board: Mutex<Board>,
    room: Semaphore,
    known_room: Semaphore,
    known: moka::sync::Cache<String, ()>,
    shown: moka::sync::Cache<String, Arc<Shown>>,
}

#[derive(Default)]
struct Board {
    /// By the address of the key's document.
    flights: HashMap<String, watch::Receiver<Progress>>,
    /// How many are to known servers.
    known: usize,
    /// How many are to others.
    strangers: usize,
    /// Those with a flight, by name: a port makes no other server.
    hosts: HashMap<String, Place>,
    /// How many handles are being asked about, by server.
    settling: HashMap<String, usize>,
}

/// One server's share.
struct Place {
    flights: usize,
    room: Arc<Semaphore>,
}

impl Board {
    /// A place for one more flight, unless there are too many. The fuller the board is, the less of it one server has.
    fn admit(&mut self, host: &str, standing: Standing) -> Option<Arc<Semaphore>> {
        let (taken, most) = match standing {
            Standing::Known => (&mut self.known, KNOWN_WAITING),
            Standing::Stranger => (&mut self.strangers, WAITING),
        };
        let free = most.saturating_sub(*taken);
        let share = (free / 4).clamp(WAITING_PER_HOST.0, WAITING_PER_HOST.1);
        if free == 0 || self.hosts.get(host).is_some_and(|place| place.flights >= share) {
            return None;
        }
        *taken += 1;
        let place = self
            .hosts
            .entry(host.to_owned())
            .or_insert_with(|| Place { flights: 0, room: Arc::new(Semaphore::new(PER_HOST)) });
        place.flights += 1;
        Some(place.room.clone())
    }

    /// Gives a place back.
    fn leave(&mut self, host: &str, standing: Standing) {
        let taken = if standing == Standing::Known { &mut self.known } else { &mut self.strangers };
        *taken = taken.saturating_sub(1);
        if let Some(place) = self.hosts.get_mut(host) {
            place.flights = place.flights.saturating_sub(1);
            if place.flights == 0 {
                self.hosts.remove(host);
            }
        }
    }
}

impl Default for Flights {
    fn default() -> Self {
        let (most, lasting) = KNOWN;
        let (bytes, kept) = SHOWN;
        let shown = moka::sync::Cache::builder().weigher(|_: &String, shown: &Arc<Shown>| shown.size());
        Self {
            board: Mutex::default(),
            room: Semaphore::new(AT_ONCE),
            known_room: Semaphore::new(KNOWN_AT_ONCE),
            known: moka::sync::Cache::builder().max_capacity(most).time_to_idle(lasting).build(),
            shown: shown.max_capacity(bytes).time_to_live(kept).build(),
        }
    }
}

impl Flights {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A letter was rightly signed by this actor: its server is known from now on.
    pub fn heard_from(&self, actor: &str) {
        // Looking is what keeps it known.
        if let Some(host) = machine_in(actor)
            && self.known.get(&host).is_none()
        {
            self.known.insert(host, ());
        }
    }

    /// What was shown lately at the address of a key.
    pub(super) fn shown(&self, address: &str) -> Option<Arc<Shown>> {
        self.shown.get(address)
    }

    /// What was shown at an address is stored by now.
    pub(super) fn forget_shown(&self, address: &str) {
        self.shown.invalidate(address);
    }

    fn standing(&self, host: &str) -> Standing {
        if self.known.contains_key(host) { Standing::Known } else { Standing::Stranger }
    }

    fn room(&self, standing: Standing) -> &Semaphore {
        if standing == Standing::Known { &self.known_room } else { &self.room }
    }
}

/// The fetch of the key's document at this address: the one that is under way, else a new one. It runs in a task of
/// its own and not in the request, which may give up: what it finds is in the database all the same.
pub(super) fn board(app: &App, address: &str) -> Result<watch::Receiver<Progress>> {
    let host = machine_in(address).unwrap_or_default();
    let standing = app.key_fetches.standing(&host);
    let mut board = app.key_fetches.board();
    if let Some(flight) = board.flights.get(address) {
        return Ok(flight.clone());
    }
    let room = board.admit(&host, standing).ok_or_else(|| slow().because("too many keys are being fetched"))?;
    let (progress, flight) = watch::channel(Progress::Asking);
    board.flights.insert(address.to_owned(), flight.clone());
    drop(board);
    let landing = Landing { app: app.clone(), address: address.to_owned(), host, standing };
    tokio::spawn(async move {
        // Both are open for as long as the application is there.
        let (_host, _all) = (room.acquire().await, landing.app.key_fetches.room(standing).acquire().await);
        let work = fly(&landing.app, &landing.address, &progress);
        let ended = tokio::time::timeout(LONGEST, work).await;
        if let Ok(Err(error)) = ended {
            progress.send_replace(Progress::Failed(Arc::new(error)));
        } else if ended.is_err() && matches!(*progress.borrow(), Progress::Asking) {
            if let Ok(url) = document::address(&landing.app, &landing.address) {
                landing.app.fetches.failed(&url, Kind::Unavailable);
            }
            progress.send_replace(Progress::Failed(Arc::new(slow())));
        }
    });
    Ok(flight)
}

/// Fetches the owner of a key.
async fn fly(app: &App, address: &str, progress: &watch::Sender<Progress>) -> Result<()> {
    let document = owner_document(app, address, &mut Budget::of(DOCUMENTS)).await?;
    let shown = Arc::new(Shown { address: address.to_owned(), owner: Described::read(&document)? });
    app.key_fetches.shown.insert(address.to_owned(), shown.clone());
    progress.send_replace(Progress::Found(shown));
    Ok(())
}

/// Asks about the handle of somebody whose letter was rightly signed, and where they moved: a WebFinger that hangs keeps
/// nobody out whose key is known. Ends when that is done, and goes on when nobody waits for it any more. Where too much
/// is asked at the same time, a job does it.
pub(super) async fn settle(app: &App, owner: Described) -> Result<()> {
    let uri = owner.remote.uri.clone();
    let Some(place) = Settling::take(app, &machine_in(&uri).unwrap_or_default()) else {
        let job = Job::RefreshActor { uri };
        return app.db.write(move |tx| backlog::store_lookup(tx, &job)).await;
    };
    let task = tokio::spawn(async move {
        let mut budget = Budget::of(DOCUMENTS);
        let settled = actor::settle(&place.app, owner, &mut budget);
        match tokio::time::timeout(LONGEST, settled).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::info!(%error, actor.uri = uri, "Could not settle the handle of an actor"),
            Err(_) => tracing::info!(actor.uri = uri, "Settling the handle of an actor took too long"),
        }
    });
    task.await.map_err(Error::internal)
}

/// A place among those whose handle is being asked about.
struct Settling {
    app: App,
    host: String,
}

impl Settling {
    fn take(app: &App, host: &str) -> Option<Self> {
        let (most, of_one) = SETTLING;
        let mut board = app.key_fetches.board();
        let all: usize = board.settling.values().sum();
        let own = board.settling.get(host).copied().unwrap_or(0);
        if all >= most || own >= of_one {
            return None;
        }
        board.settling.insert(host.to_owned(), own + 1);
        Some(Self { app: app.clone(), host: host.to_owned() })
    }
}

impl Drop for Settling {
    fn drop(&mut self) {
        let mut board = self.app.key_fetches.board();
        let left = board.settling.get(&self.host).map_or(0, |own| own.saturating_sub(1));
        if left == 0 {
            board.settling.remove(&self.host);
        } else {
            board.settling.insert(self.host.clone(), left);
        }
    }
}

/// Takes a fetch off the board, however it ends.
struct Landing {
    app: App,
    address: String,
    host: String,
    standing: Standing,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut board = self.app.key_fetches.board();
        board.flights.remove(&self.address);
        board.leave(&self.host, self.standing);
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, Board, Described, Flights, KNOWN, SHOWN, Shown, Standing, WAITING};

    #[test]
    fn the_board_is_bounded_and_remembers_nobody_who_was_refused() {
        let mut board = Board::default();
        let admitted: Vec<String> = (0..2_000)
            .map(|number| format!("s{number}.example"))
            .filter(|host| board.admit(host, Standing::Stranger).is_some())
            .collect();
        assert_eq!((admitted.len(), board.hosts.len()), (WAITING, WAITING));
        assert!(board.admit("friend.example", Standing::Known).is_some(), "strangers do not fill its place");
        for host in &admitted {
            board.leave(host, Standing::Stranger);
        }
        board.leave("friend.example", Standing::Known);
        assert!(board.hosts.is_empty() && (board.known, board.strangers) == (0, 0));
    }

    #[test]
    fn no_more_servers_are_known_than_the_guide_says() {
        let flights = Flights::default();
        for number in 0..KNOWN.0 + 2_000 {
            flights.heard_from(&format!("https://h{number}.example/users/a"));
        }
        flights.known.run_pending_tasks();
        assert!((1..=KNOWN.0).contains(&flights.known.entry_count()), "{}", flights.known.entry_count());
    }

    #[test]
    fn what_was_shown_at_addresses_of_keys_takes_no_more_memory_than_the_guide_says() {
        let flights = Flights::default();
        let ana = serde_json::json!({
            "type": "Person", "id": "https://remote.example/users/ana", "preferredUsername": "ana",
            "inbox": "https://remote.example/users/ana/inbox", "summary": "Tea. ".repeat(2_000),
        });
        let owner = Described::read(&ana).unwrap();
        assert!(owner.remote.summary.len() >= 9_000);
        for number in 0..2_500 {
            let address = format!("https://remote.example/users/ana#key{number}");
            let shown = Arc::new(Shown { address: address.clone(), owner: owner.clone() });
            flights.shown.insert(address, shown);
        }
        flights.shown.run_pending_tasks();
        assert!((1..=SHOWN.0).contains(&flights.shown.weighted_size()), "{}", flights.shown.weighted_size());
        assert!((1..2_000).contains(&flights.shown.entry_count()), "{}", flights.shown.entry_count());
    }

    #[test]
    fn the_fuller_the_board_is_the_less_of_it_one_server_has() {
        let mut board = Board::default();
        let mut fill = |host: &str| (0..WAITING).filter(|_| board.admit(host, Standing::Stranger).is_some()).count();
        let shares: Vec<usize> = (0..16).map(|number| fill(&format!("s{number}.example"))).collect();
        assert_eq!(shares[0], 64);
        assert!(shares.is_sorted_by(|one, other| one >= other) && shares[15] < 16, "{shares:?}");
        assert!(fill("late.example") >= 4, "and whoever comes late has some");
    }
}
