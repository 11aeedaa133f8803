//! The Fediverse: what arrives, what leaves, and how other servers' things are fetched.
//!
//! `objects` are the nouns and `activities` the verbs on the wire; `inbox` turns verified bytes into a domain
//! call; `outbound` turns "this happened" into an activity and decides who gets it; `delivery` sends; `fetch`
//! reads other servers' documents under limits.

pub mod keys;
