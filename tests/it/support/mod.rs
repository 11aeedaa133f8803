//! What tests stand on: databases, people, running instances, foreign peers.

#[macro_use]
pub mod database;
pub mod peer;
pub mod server;
pub mod world;
