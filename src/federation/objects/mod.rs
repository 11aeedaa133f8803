//! The nouns on the wire, as we say them.

pub mod actor;
pub mod context;
pub mod note;
