//! What leaves: from "this happened" to an activity, and to the inboxes that it is owed to.
//!
//! `compose` decides how it is said, `audience` to whom, `naming` under which
//! id, `publish` writes it down. Sending is `delivery`'s.

mod audience;
pub mod boosts;
pub mod compose;
mod naming;
pub mod pins;
mod publish;
mod quotes;
mod reach;
mod reports;
mod stored;
mod votes;

use crate::{
    app::App,
    domain::{ActorId, actors, work::Change},
    error::Result,
    federation::keys,
};

pub use audience::Inbox;
pub use naming::{create_uri, delete_uri, undo_uri, update_uri, uri_of};
pub use reach::reach;
pub use stored::{Stored, find_open, find_own};

/// Tells other servers what one of our actors did. Running it again adds nothing: the activity's id follows from
/// what happened, and an activity is owed to an inbox once.
pub async fn handle_federate(app: &App, actor: ActorId, change: &Change) -> Result<()> {
    let Some(who) = app.db.read(move |conn| actors::find(conn, actor)).await?.filter(actors::Actor::is_local) else {
        return Ok(());
    };
    // The actor's document lists its keys, so they are made before it is sent.
    let keys = keys::ensure_keys(app, &who).await?;
    let (inner, change, now) = (app.clone(), change.clone(), app.db.now());
    let message = app.db.read(move |conn| compose::message(conn, &inner, who, &keys, &change, now)).await?;
    match message {
        Some(message) => publish::publish(app, message).await,
        None => Ok(()),
    }
}
