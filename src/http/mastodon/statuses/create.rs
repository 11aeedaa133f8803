//! Writing a post.

use axum::extract::State;
use http::HeaderMap;

use super::{form::Writing, idempotency};
use crate::{
    app::App,
    db::Tx,
    domain::{
        PostId,
        posts::{self, EntryRef, Once},
    },
    error::Result,
    federation::fetch,
    http::{
        extract::{Form, Json, Session},
        mastodon::{
            entities::Status,
            look::{Look, look},
        },
    },
};

/// `POST /api/v1/statuses`
///
/// What is written is written, whether or not the client still listens: a retry with the same key finds it.
pub(super) async fn create(
    State(app): State<App>,
    me: Session,
    headers: HeaderMap,
    Form(writing): Form<Writing>,
) -> Result<Json<Status>> {
    me.need("write:statuses")?;
    let once = idempotency::key(me.token.id, &headers)?;
    if let Some(asked) = once.clone()
        && let Some(known) = app.db.read(move |conn| posts::made(conn, &asked)).await?
    {
        return show(&app, &me, known).await;
    }
    let id = write(&app, &me, writing, once).await?;
    show(&app, &me, id).await
}

async fn show(app: &App, me: &Session, id: PostId) -> Result<Json<Status>> {
    look(app, Some(me.actor.id), move |look| look.status(EntryRef::post(id))).await.map(Json)
}

async fn write(app: &App, me: &Session, writing: Writing, once: Option<Once>) -> Result<PostId> {
    writing.refuse_unserved()?;
    let (wished, reply_to) = (writing.readers()?, writing.reply_to());
    let settle = move |look: &mut Look<'_>| posts::settle_audience(look.conn, &look.viewer, wished, reply_to);
    let readers = look(app, Some(me.actor.id), settle).await?;
    if readers.0.federates() {
        fetch::mentioned(app, writing.text()).await?;
    }
    let new = writing.into_post(readers, me.account.default_language.as_ref())?;
    let (by, site) = (me.by(), app.site.clone());
    app.db
        .write(move |tx| {
            let publish = |tx: &mut Tx<'_>| {
                let draft = posts::compose(tx, &site, &by, &new)?;
                posts::create(tx, &site, &by, &draft)
            };
            match &once {
                Some(once) => posts::once(tx, once, publish),
                None => publish(tx),
            }
        })
        .await
}
