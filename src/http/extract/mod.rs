//! What handlers take out of a request: who asks, what they say, which page they want.
//!
//! [`read_fields`] is a layer: it merges the query and the body, whatever the form of the body, into one JSON
//! object. [`Form`], [`Paging`] and [`Session`] read from that.

mod brackets;
mod cors;
mod drafts_only;
mod fields;
mod files;
mod form;
mod id;
mod json;
mod known;
mod language;
mod lenient;
mod paging;
mod paths;
mod session;
mod visitor;
mod workroom;

pub use brackets::Collector;
pub use cors::cors;
pub use fields::read_fields;
pub use files::{Files, Received, take_files};
pub use form::Form;
pub use id::Id;
pub use json::Json;
pub use language::{LANGUAGE_COOKIE, LANGUAGE_PARAMETER, Reader, is_ours, spoken, without_language};
pub use lenient::{Given, from_value};
pub use paging::{Links, Paging, link_header};
pub use paths::Paths;
pub use session::{MaybeSession, Session, Token};
pub use visitor::{SignedIn, Visitor, set_cookie};
pub use workroom::let_workroom_in;

pub use crate::text::Language;
