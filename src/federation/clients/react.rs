//! Liking and boosting.

use super::{addressing, find, said::Said, submissions};
use crate::{
    app::App,
    domain::{
        accounts::Session,
        posts::{self, Audience},
        work::Change,
    },
    error::{Error, Result},
};

/// Likes a post; twice is once, under one id.
pub(super) async fn like(app: &App, me: &Session, said: &Said) -> Result<String> {
    let post = find::post(app, me.actor.id, said.object_id()?).await?;
    let (by, site) = (me.by(), app.site.clone());
    app.db
        .write(move |tx| {
            posts::like(tx, &site, &by, post)?;
            let like = posts::find_like_of(tx.conn(), by.actor(), post)?;
            let like = like.ok_or_else(|| Error::internal("a like that is not there"))?;
            submissions::keep(tx, &site, by.actor(), &Change::Liked { like: like.id })
        })
        .await
}

/// Boosts a post to everybody or to one's followers, as it is addressed.
pub(super) async fn announce(app: &App, me: &Session, said: &Said) -> Result<String> {
    let addressed = addressing::read(&me.actor.uri, me.actor.followers_uri.as_deref(), &said.activity())?;
    let audience = addressed.as_ref().map_or(Audience::Direct, |addressed| addressed.audience);
    if audience == Audience::Direct || addressed.is_some_and(|addressed| !addressed.hidden.is_empty()) {
        return Err(Error::invalid(
            "boost.addressing",
            "A boost goes to everybody or to your followers. Address it to the public address or to your followers.",
        ));
    }
    let post = find::post(app, me.actor.id, said.object_id()?).await?;
    let (by, site) = (me.by(), app.site.clone());
    app.db
        .write(move |tx| {
            let boost = posts::boost(tx, &site, &by, post, audience, None)?;
            submissions::keep(tx, &site, by.actor(), &Change::Boosted { boost })
        })
        .await
}
