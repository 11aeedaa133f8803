//! Work that happens later: rows in the table `jobs`, written in the transaction that wants them done.

mod claim;
mod clock;
mod endings;
mod erase;
mod handlers;
mod inside;
mod letters;
mod look;
mod media;
mod prune;
mod pushes;
mod reviews;
mod rows;
pub mod runner;
mod sign_ups;

use std::sync::Arc;

pub use clock::{catch_up, move_back, watch as watch_the_clock};
pub use handlers::Handlers;
pub use prune::ensure as ensure_pruning;
use runner::{Handler, Runner};

use crate::{app::App, domain::work::Room};

/// How many jobs of our own run at the same time.
const OWN_AT_ONCE: usize = 8;
/// How many that arrived and wait for other servers.
const ARRIVED_AT_ONCE: usize = 16;
/// How many that look something up at other servers.
const LOOKED_UP_AT_ONCE: usize = 8;
/// How many letters are sent at the same time.
const LETTERS_AT_ONCE: usize = 2;
/// How many messages are handed to push services at the same time.
const PUSHES_AT_ONCE: usize = 16;

/// What does every job. What leaves does not wait for other servers, nor does what arrived wait for what is only
/// looked up, nor anything for the mail server or for push services.
pub fn runners(app: &App) -> [Runner; 5] {
    let handlers: Arc<dyn Handler> = Arc::new(Handlers::new(app.clone()));
    [
        (&[Room::Own] as &[Room], OWN_AT_ONCE),
        (&[Room::Arrived], ARRIVED_AT_ONCE),
        (&[Room::LookedUp], LOOKED_UP_AT_ONCE),
        (&[Room::Letters], LETTERS_AT_ONCE),
        (&[Room::Pushes], PUSHES_AT_ONCE),
    ]
    .map(|(rooms, at_once)| Runner::new(app.db.clone(), handlers.clone(), at_once).of(rooms))
}
