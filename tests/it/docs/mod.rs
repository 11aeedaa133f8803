//! The documentation is true: what it tells people to type is understood, and what it names is there.

pub mod clients;
mod deploy;
mod developer;
mod names;
mod openapi;
mod pages;
mod shell;
mod started;
