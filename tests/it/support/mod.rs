//! What tests stand on: databases, people, running instances, foreign peers.

pub mod browser;
pub mod calls;
pub mod contract;
#[macro_use]
pub mod database;
pub mod device;
pub mod dice;
pub mod keys;
pub mod peer;
pub mod people;
pub mod ports;
pub mod server;
pub mod trees;
pub mod world;
