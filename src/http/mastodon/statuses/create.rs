//! Writing a post.

use axum::{Extension, extract::State};
use http::HeaderMap;

use super::{
    form::{Readers, Writing},
    idempotency::Idempotency,
    prepare,
};
use crate::{
    app::App,
    db::Tx,
    domain::{
        By, PostId, Site,
        posts::{self, EntryRef, NewPost},
    },
    error::{Error, Kind, Result},
    http::{
        extract::{Form, Json, Session},
        mastodon::{entities::Status, look::look},
    },
};

/// `POST /api/v1/statuses`
///
/// Goes on when the client hangs up, so that a retry with the same key finds the post.
pub(super) async fn create(
    State(app): State<App>,
    me: Session,
    Extension(idempotency): Extension<Idempotency>,
    headers: HeaderMap,
    Form(writing): Form<Writing>,
) -> Result<Json<Status>> {
    me.need("write:statuses")?;
    let work = tokio::spawn(async move {
        let mut made = idempotency.hold(me.token.id, &headers).await?;
        if let Some(known) = made.as_deref().copied().flatten() {
            match show(&app, &me, known).await {
                Err(gone) if gone.kind() == Kind::NotFound => {}
                shown => return shown,
            }
        }
        let id = write(&app, &me, writing).await?;
        if let Some(made) = made.as_deref_mut() {
            *made = Some(id);
        }
        show(&app, &me, id).await
    });
    work.await.map_err(Error::internal)?
}

async fn show(app: &App, me: &Session, id: PostId) -> Result<Json<Status>> {
    look(app, Some(me.actor.id), move |look| look.status(EntryRef::post(id))).await.map(Json)
}

async fn write(app: &App, me: &Session, writing: Writing) -> Result<PostId> {
    writing.refuse_unserved()?;
    let readers = writing.readers()?;
    if readers.audience.federates() {
        prepare::fetch_mentioned(app, writing.text()).await?;
    }
    let (by, site, new) = (me.by(), app.site.clone(), writing.into_post(readers)?);
    app.db.write(move |tx| publish(tx, &site, &by, &new, readers)).await
}

fn publish(tx: &mut Tx<'_>, site: &Site, by: &By, new: &NewPost, readers: Readers) -> Result<PostId> {
    let mut new = new.clone();
    // Clients that know nothing of internal posts answer them as "private".
    if let (true, Some(parent)) = (readers.follows_parent, new.reply_to)
        && let Some(parent) = posts::find(tx.conn(), parent)?.filter(|parent| !parent.audience.federates())
    {
        (new.audience, new.team) = (parent.audience, parent.team_id);
    }
    let draft = posts::compose(tx, site, by, &new)?;
    posts::create(tx, site, by, &draft)
}
