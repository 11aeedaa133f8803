//! From "this happened" to an activity and those who are owed it.

mod audience;
mod publish;
mod say;

pub use publish::{open_activity, store};
pub use say::{surroundings, with_object};

use crate::{
    app::App,
    domain::{ActorId, actors, work::Change},
    error::{Error, Result},
};

/// An activity as it leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Its id.
    pub uri: String,
    /// Its type.
    pub kind: &'static str,
    /// The post that it publishes or changes; refers to `publications`, which internal posts cannot be in.
    pub post: Option<crate::domain::PostId>,
    /// Who may read it, for those who ask for it by its id; `None` keeps it between the parties.
    pub audience: Option<crate::domain::posts::Audience>,
    /// What it is about.
    pub object_uri: Option<String>,
    /// The activity without its context.
    pub document: serde_json::Value,
    /// Distinct (host, inbox) pairs.
    pub inboxes: Vec<(String, String)>,
}

/// Says a change to everyone who should hear of it. Running it again adds nothing.
pub async fn handle_federate(app: &App, actor: ActorId, change: &Change) -> Result<()> {
    let site = app.site.clone();
    let change = change.clone();
    let Some((author, mut outgoing)) = app
        .db
        .read(move |conn| {
            let author = actors::find(conn, actor)?
                .ok_or_else(|| Error::not_found("actor.not_found", "There is no such account."))?;
            if !author.is_local() {
                return Ok(None);
            }
            Ok(say::say(conn, &site, &author, &change)?.map(|outgoing| (author, outgoing)))
        })
        .await?
    else {
        return Ok(());
    };
    outgoing.inboxes.retain(|(host, _)| !app.refuses(host));
    if !app.config.federates() {
        outgoing.inboxes.clear();
    }
    store(app, &author, outgoing).await
}
