//! What other servers say, read leniently in form and strictly in origin.

pub mod actor;
mod emojis;
pub mod note;
pub mod outline;
pub mod quote;
pub mod values;
pub mod vote;
