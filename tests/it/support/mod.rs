//! What tests stand on: databases, people, a running application, foreign peers.

#[macro_use]
pub mod database;
pub mod peer;
