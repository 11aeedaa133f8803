//! Work that happens later: rows in the table `jobs`, written in the transaction that wants them done.

mod claim;
mod erase;
mod handlers;
mod prune;
mod rows;
pub mod runner;

pub use handlers::Handlers;
pub use prune::ensure as ensure_pruning;
