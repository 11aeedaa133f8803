//! People whom somebody does not want to hear.

use std::collections::HashMap;

use axum::extract::State;

use crate::{
    app::App,
    db::Timestamp,
    domain::{ActorId, follows},
    error::Result,
    http::{
        extract::{Paging, Session},
        mastodon::{
            entities::{Account, MutedAccount},
            look::{Answer, Listed, look},
        },
    },
};

/// `GET /api/v1/blocks`
pub(super) async fn blocks(State(app): State<App>, me: Session, paging: Paging) -> Result<Answer<Account>> {
    me.need("read:blocks")?;
    let (owner, page) = (me.actor.id, paging.page(40));
    let listed = look(&app, Some(owner), move |look| {
        let rows = follows::list_blocks(look.conn, owner, &page)?;
        look.people(&rows)
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// `GET /api/v1/mutes`
pub(super) async fn mutes(State(app): State<App>, me: Session, paging: Paging) -> Result<Answer<MutedAccount>> {
    me.need("read:mutes")?;
    let (owner, page) = (me.actor.id, paging.page(40));
    let listed = look(&app, Some(owner), move |look| {
        let rows = follows::list_mutes(look.conn, owner, &page, look.now)?;
        let ends: HashMap<ActorId, Option<Timestamp>> = rows.iter().map(|(_, actor, end)| (*actor, *end)).collect();
        let listed = look.people(&rows.iter().map(|(id, actor, _)| (*id, *actor)).collect::<Vec<_>>())?;
        let muted = |account: Account| MutedAccount {
            mute_expires_at: ends.get(&account.id).copied().flatten().map(Timestamp::rfc3339),
            account,
        };
        Ok(Listed { rows: listed.rows.into_iter().map(muted).collect(), first: listed.first, last: listed.last })
    });
    Ok(listed.await?.answer(&app, &paging))
}
