//! The limits of docs/guide/limits.md, each tried through the front door beside what is just below it.

mod backlog;
pub mod bodies;
mod documents;
mod heads;
mod lists;
mod places;
mod rates;
mod replies;
mod table;
mod threads;
mod under_way;
