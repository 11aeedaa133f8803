//! The Fediverse: what arrives, what leaves, and how other servers' things are fetched.
//!
//! `objects` are the nouns as we say them, `incoming` as others do; `activities` are the verbs that arrive;
//! `inbox` turns verified bytes into a domain call; `outbound` turns "this happened" into an activity and decides
//! who gets it; `delivery` sends; `fetch` reads other servers' documents under limits; `probe` shows what arrives of
//! ours; `clients` is what our own people's ActivityPub clients say and read.

pub mod activities;
pub mod backlog;
pub mod clients;
pub mod delivery;
pub mod early;
pub mod fetch;
pub mod inbox;
pub mod incoming;
pub mod keys;
pub mod objects;
pub mod outbound;
pub mod probe;
pub mod received;
pub mod signed_get;
