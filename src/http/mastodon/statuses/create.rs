//! Writing a post.

use axum::{Extension, extract::State};
use http::HeaderMap;

use super::{form::Writing, idempotency::Idempotency, prepare};
use crate::{
    app::App,
    domain::{
        PostId,
        posts::{self, EntryRef},
    },
    error::{Error, Kind, Result},
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
    let (wished, reply_to) = (writing.readers()?, writing.reply_to());
    let settle = move |look: &mut Look<'_>| posts::settle_audience(look.conn, &look.viewer, wished, reply_to);
    let readers = look(app, Some(me.actor.id), settle).await?;
    if readers.0.federates() {
        prepare::fetch_mentioned(app, writing.text()).await?;
    }
    let new = writing.into_post(readers, me.account.default_language.as_ref())?;
    let (by, site) = (me.by(), app.site.clone());
    app.db
        .write(move |tx| {
            let draft = posts::compose(tx, &site, &by, &new)?;
            posts::create(tx, &site, &by, &draft)
        })
        .await
}
