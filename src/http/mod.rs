//! Requests in, responses out: one folder per protocol, one table of contents in `router`.

pub mod activitypub;
mod bodies;
pub mod company;
mod connections;
mod elsewhere;
pub mod emojis;
pub mod extract;
mod faces;
mod files;
pub mod health;
pub mod mastodon;
mod nul;
pub mod oauth;
mod observe;
pub mod problem;
mod router;
mod serve;
mod sign_up;
mod under_way;
mod unread;
mod web;
pub mod wellknown;

pub use connections::Connections;
pub use router::router;
pub use serve::{serve, serve_setup};
pub use web::{setup::FirstRun, way_in};
