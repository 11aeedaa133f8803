//! Everything that can happen later, as plain data. `jobs` runs it.

mod change;
mod job;
mod room;
mod told;

pub use change::Change;
pub use job::{Job, machine_in};
pub use room::Room;
pub use told::tell_of_act;
