//! Adding to and removing from what one features: pinning posts.

use super::{find, said::Said, submissions};
use crate::{
    app::App,
    domain::{
        accounts::Session,
        posts::{self, Post},
        work::Change,
    },
    error::{Error, Result},
    federation::outbound::pins::featured_of,
};

/// Pins a post of one's own; twice is once, under one id.
pub(super) async fn add(app: &App, me: &Session, said: &Said) -> Result<String> {
    let post = post(app, me, said).await?.id;
    let (by, site) = (me.by(), app.site.clone());
    app.db
        .write(move |tx| {
            let pin = posts::pin(tx, &by, post)?;
            submissions::keep(tx, &site, by.actor(), &Change::Pinned { pin })
        })
        .await
}

/// Takes a post off the pinned ones.
pub(super) async fn remove(app: &App, me: &Session, said: &Said) -> Result<String> {
    let post = post(app, me, said).await?;
    let (by, site) = (me.by(), app.site.clone());
    app.db
        .write(move |tx| {
            let change = posts::unpin(tx, &by, post.id)?
                .ok_or_else(|| Error::not_found("pin.not_found", "This post is not pinned."))?;
            submissions::keep(tx, &site, by.actor(), &change)
        })
        .await
}

/// The post that is meant, when it is one's own and the target is what one features: nothing else can be added to.
async fn post(app: &App, me: &Session, said: &Said) -> Result<Post> {
    let featured = featured_of(&me.actor);
    if said.target() != Some(featured.as_str()) {
        return Err(Error::invalid(
            "activity.target",
            format!("Posts are added to and removed from the target {featured}, and from no other."),
        ));
    }
    find::own_post(app, me, said.object_id()?).await
}
