//! One test binary: the list of what is tested.

#[macro_use]
mod support;

mod config;
mod corpus;
mod db;
mod federation;
mod mastodon;
mod peer;
mod signatures;
mod text;
