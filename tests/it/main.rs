//! One test binary: the list of what is tested.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails loudly"
)]

#[macro_use]
mod support;

mod addressing;
mod architecture;
mod brands;
mod c2s;
mod cli;
mod clock;
mod config;
mod connections;
mod corpus;
mod costs;
mod db;
mod deliveries;
mod demo;
mod discovery;
mod docs;
mod doctor;
mod federation;
mod floods;
mod fuzz;
mod inside;
mod insiders;
mod invitations;
mod jobs;
mod lanes;
mod leak;
mod letters;
mod limits;
mod mastodon;
mod migrations;
mod net;
mod oauth;
mod peer;
mod polls;
mod profiles;
mod prune;
mod quotes;
mod races;
mod receipts;
mod reports;
mod sign_ups;
mod signatures;
mod text;
mod turns;
mod upgrade;
mod visibility;
mod web;
