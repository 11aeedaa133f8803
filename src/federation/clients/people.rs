//! Following and blocking.

use super::{find, said::Said, submissions};
use crate::{
    app::App,
    domain::{
        accounts::Session,
        follows::{self, Wishes},
        work::Change,
    },
    error::{Error, Result},
};

/// Asks to follow; twice is once, under one id.
pub(super) async fn follow(app: &App, me: &Session, said: &Said) -> Result<String> {
    let target = find::target(app, said.object_id()?).await?.id;
    let (by, site) = (me.by(), app.site.clone());
    app.db
        .write(move |tx| {
            let before = follows::find_between(tx.conn(), by.actor(), target)?;
            let wishes = before.as_ref().map_or_else(Wishes::default, Wishes::of);
            let follow = follows::request(tx, &site, &by, target, &wishes)?;
            let follow = follow.ok_or_else(|| Error::internal("a follow that is not there"))?;
            submissions::keep(tx, &site, by.actor(), &Change::FollowRequested { follow: follow.id })
        })
        .await
}

/// Blocks somebody; twice is once, under one id.
pub(super) async fn block(app: &App, me: &Session, said: &Said) -> Result<String> {
    let target = find::target(app, said.object_id()?).await?.id;
    let (by, site) = (me.by(), app.site.clone());
    app.db
        .write(move |tx| {
            follows::block(tx, &site, &by, target)?;
            let block = follows::find_block(tx.conn(), by.actor(), target)?.and_then(|block| block.uri);
            let uri = block.ok_or_else(|| Error::internal("a block that is not there"))?;
            submissions::keep(tx, &site, by.actor(), &Change::Blocked { uri, target })
        })
        .await
}
