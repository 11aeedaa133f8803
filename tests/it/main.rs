//! One test binary: the list of what is tested.

mod config;
mod peer;
mod support;
