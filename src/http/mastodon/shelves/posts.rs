//! Posts that somebody keeps or likes.

use axum::extract::State;

use crate::{
    app::App,
    domain::{
        PostId,
        posts::{self, EntryRef},
    },
    error::Result,
    http::{
        extract::{Paging, Session},
        mastodon::{
            entities::Status,
            look::{Answer, Listed, Look, look},
        },
    },
};

/// `GET /api/v1/bookmarks`
pub(super) async fn bookmarks(State(app): State<App>, me: Session, paging: Paging) -> Result<Answer<Status>> {
    me.need("read:bookmarks")?;
    let (owner, page) = (me.actor.id, paging.page(20));
    let listed = look(&app, Some(owner), move |look| {
        let rows = posts::bookmarked(look.conn, owner, &page)?;
        shown(look, &rows)
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// `GET /api/v1/favourites`
pub(super) async fn favourites(State(app): State<App>, me: Session, paging: Paging) -> Result<Answer<Status>> {
    me.need("read:favourites")?;
    let (owner, page) = (me.actor.id, paging.page(20));
    let listed = look(&app, Some(owner), move |look| {
        let rows = posts::likes_of(look.conn, owner, &page)?;
        shown(look, &rows)
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// Those that the reader may still see. A page may have fewer rows than were asked for; its links lead on.
fn shown(look: &mut Look<'_>, rows: &[(i64, PostId)]) -> Result<Listed<Status>> {
    let entries: Vec<EntryRef> = rows.iter().map(|(_, post)| EntryRef::post(*post)).collect();
    Ok(Listed {
        rows: look.statuses(&entries)?,
        first: rows.first().map(|(id, _)| *id),
        last: rows.last().map(|(id, _)| *id),
    })
}
