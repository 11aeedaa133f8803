//! stub
pub mod company;
pub mod extract;
pub mod mastodon;
pub mod problem;
