//! From what the domain knows to what clients read, a page at a time.

mod account;
mod attachment;
mod card;
mod conversation;
mod credentials;
mod emoji;
mod filter;
mod notification;
mod poll;
mod quote;
mod relationship;
mod report;
mod scheduled;
mod status;
mod tag;
mod waiting;

pub(super) use attachment::{attachments, upload};
pub(super) use emoji::{of_post as emojis_of_post, offered};
pub(super) use filter::{keyword, marked};
pub(super) use notification::Expand;
pub(super) use scheduled::scheduled;
pub(super) use status::visibility;
