//! Everything that can happen later, as plain data. `jobs` runs it.

mod change;
mod job;

pub use change::Change;
pub use job::{Job, machine_in};
