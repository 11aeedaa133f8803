//! ActivityPub between a person's own client and us (ActivityPub, section 6): what a client says through an outbox
//! becomes a call of the same domain operations that every other door uses, and an activity with an id of ours.
//!
//! `said` takes a body apart, `addressing` finds out for whom it is, `post`, `profile`, `poll`, `pin`, `react`, `people` and `undo` do it,
//! `submissions` keeps what can be looked up by its id, `entries` writes what inbox and outbox list.

mod addressing;
pub mod entries;
mod find;
mod people;
mod pin;
mod poll;
mod post;
mod profile;
mod react;
mod said;
mod submissions;
mod undo;
mod wording;

pub use said::{Said, read};
pub use submissions::{find, prune};

use crate::{app::App, domain::accounts::Session, error::Result};
use said::Verb;

/// Does what a client of `me` said; answers the id of the activity that came of it.
pub async fn submit(app: &App, me: &Session, said: &Said) -> Result<String> {
    said.check_speaker(&me.actor)?;
    if said.verb == Verb::Update && said.object_id()? == me.actor.uri {
        return profile::update(app, me, said).await;
    }
    if let Some(scope) = said.verb.scope() {
        me.need(scope)?;
    }
    match said.verb {
        Verb::Create => post::create(app, me, said).await,
        Verb::Update => post::update(app, me, said).await,
        Verb::Delete => post::delete(app, me, said).await,
        Verb::Like => react::like(app, me, said).await,
        Verb::Announce => react::announce(app, me, said).await,
        Verb::Follow => people::follow(app, me, said).await,
        Verb::Block => people::block(app, me, said).await,
        Verb::Add => pin::add(app, me, said).await,
        Verb::Remove => pin::remove(app, me, said).await,
        Verb::Undo => undo::undo(app, me, said).await,
    }
}
