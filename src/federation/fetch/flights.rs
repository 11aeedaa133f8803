//! Fetches of keys that are under way: one for an address however many letters wait for it, few at a time, and
//! each goes on to its end when nobody waits any more, so that a sender who comes again finds the key.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{Semaphore, watch};

use super::{
    Budget, actor, document,
    failures::host_in,
    key::{owner_document, slow},
};
use crate::{
    app::App,
    error::{Error, Kind, Result},
};

/// How many keys are fetched at the same time.
const AT_ONCE: usize = 32;
/// How many of them from one server: one that hangs leaves room for the others.
const PER_HOST: usize = 4;
/// How many addresses of one server may wait for their turn.
const WAITING_PER_HOST: usize = 64;
/// How many addresses may wait altogether.
const WAITING: usize = 512;
/// How long one may take from its turn on, with the handle and the move that are settled behind the key.
const LONGEST: Duration = Duration::from_secs(60);
/// How many documents one may take: key, owner, WebFinger twice, the new address of a move.
const DOCUMENTS: u8 = 8;

/// How far a fetch has come.
#[derive(Debug, Clone)]
pub(super) enum Progress {
    /// There is no answer yet.
    Asking,
    /// The keys of this actor are stored.
    Found(String),
    /// So are its handle and where it moved.
    Settled(String),
    /// There is no key to be had.
    Failed(Arc<Error>),
}

/// The fetches that are under way.
pub struct Flights {
    board: Mutex<Board>,
    room: Semaphore,
}

#[derive(Default)]
struct Board {
    /// By the address of the key's document.
    flights: HashMap<String, watch::Receiver<Progress>>,
    hosts: HashMap<String, Place>,
}

/// One server's share.
struct Place {
    flights: usize,
    room: Arc<Semaphore>,
}

impl Default for Flights {
    fn default() -> Self {
        Self { board: Mutex::default(), room: Semaphore::new(AT_ONCE) }
    }
}

impl Flights {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The fetch of the key's document at this address: the one that is under way, else a new one. It runs in a task of
/// its own and not in the request, which may give up: what it finds is in the database all the same.
pub(super) fn board(app: &App, address: &str) -> Result<watch::Receiver<Progress>> {
    let host = host_in(address);
    let mut board = app.key_fetches.board();
    if let Some(flight) = board.flights.get(address) {
        return Ok(flight.clone());
    }
    let full = board.flights.len() >= WAITING;
    let place = board
        .hosts
        .entry(host.clone())
        .or_insert_with(|| Place { flights: 0, room: Arc::new(Semaphore::new(PER_HOST)) });
    if full || place.flights >= WAITING_PER_HOST {
        return Err(slow().because("too many keys are being fetched"));
    }
    place.flights += 1;
    let room = place.room.clone();
    let (progress, flight) = watch::channel(Progress::Asking);
    board.flights.insert(address.to_owned(), flight.clone());
    drop(board);
    let landing = Landing { app: app.clone(), address: address.to_owned(), host };
    tokio::spawn(async move {
        // Both are open for as long as the application is there.
        let (_host, _all) = (room.acquire().await, landing.app.key_fetches.room.acquire().await);
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

/// Fetches and stores the owner of a key, and then what else is to be asked about it: a WebFinger that hangs keeps
/// nobody out whose key is known.
async fn fly(app: &App, address: &str, progress: &watch::Sender<Progress>) -> Result<()> {
    let mut budget = Budget::of(DOCUMENTS);
    let document = owner_document(app, address, &mut budget).await?;
    let owner = actor::keep(app, &document).await?.uri;
    progress.send_replace(Progress::Found(owner.clone()));
    if let Err(error) = actor::store(app, &document, &mut budget).await {
        tracing::info!(%error, actor.uri = owner, "Could not settle the handle of an actor");
    }
    progress.send_replace(Progress::Settled(owner));
    Ok(())
}

/// Takes a fetch off the board, however it ends.
struct Landing {
    app: App,
    address: String,
    host: String,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut board = self.app.key_fetches.board();
        board.flights.remove(&self.address);
        if let Some(place) = board.hosts.get_mut(&self.host) {
            place.flights = place.flights.saturating_sub(1);
            if place.flights == 0 {
                board.hosts.remove(&self.host);
            }
        }
    }
}
