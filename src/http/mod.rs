//! Requests in, responses out.

pub mod company;
pub mod extract;
pub mod mastodon;
pub mod problem;
