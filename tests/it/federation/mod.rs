//! The Fediverse: between our own instances, with a foreign one, and against attackers.

mod foreign;
mod ours;
