//! Work that happens later: rows in the table `jobs`, written in the transaction that wants them done.

mod claim;
mod clock;
mod erase;
mod handlers;
mod prune;
mod rows;
pub mod runner;

pub use clock::{move_back, watch as watch_the_clock};
pub use handlers::Handlers;
pub use prune::ensure as ensure_pruning;
