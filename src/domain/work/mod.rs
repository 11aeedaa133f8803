//! Everything that can happen later, as plain data. `jobs` runs it.

mod change;
mod job;
mod room;

pub use change::Change;
pub use job::{Job, machine_in};
pub use room::Room;
