//! What reality does to a server: its process is killed, its database goes away, its disk fills, its clock jumps, and
//! it is copied while it works. Nothing acknowledged is lost, nothing has its effect twice, and it recovers by
//! itself. With the real binary, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails loudly"
)]

#[path = "../rig/mod.rs"]
mod rig;

mod database;
mod errands;
mod load;
mod others;
mod postbox;
mod process;
mod readers;
mod scene;

mod backup;
mod clock;
mod disk;
mod minute;
mod postgres_away;
mod rounds;
