//! The nouns on the wire: how actors, posts and what is left of them are written.
//!
//! Every function answers a bare object; [`context::document`] makes a document of it.

pub mod activity;
pub mod actor;
pub mod addressing;
pub mod collection;
pub mod context;
pub mod emoji;
pub mod note;
mod poll;
pub mod quote;
pub mod tombstone;
