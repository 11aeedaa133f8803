//! Liking, boosting, bookmarking and pinning, and who did.

use axum::extract::State;
use serde::Deserialize;

use super::{form::visibility, waiting};
use crate::{
    app::App,
    db::Tx,
    domain::{
        ActorId, By, Page, PostId, Site, notifications,
        posts::{self, Audience, EntryRef},
    },
    error::{Kind, Result},
    http::{
        extract::{Form, Id, Json, MaybeSession, Paging, Session},
        mastodon::{
            entities::{Account, Status},
            look::{Answer, Look, look},
        },
    },
};

/// Does something to a post that one may see, and shows the post, or the boost that came of it.
async fn react<F>(app: &App, me: &Session, id: i64, act: F) -> Result<Json<Status>>
where
    F: Fn(&mut Tx<'_>, &Site, &By, PostId) -> Result<EntryRef> + Send + 'static,
{
    let reader = Some(me.actor.id);
    let post = look(app, reader, move |look| Ok(look.target(id)?.post.id)).await?;
    let (by, site) = (me.by(), app.site.clone());
    let entry = app.db.write(move |tx| act(tx, &site, &by, post)).await?;
    look(app, reader, move |look| look.status(entry)).await.map(Json)
}

/// `POST /api/v1/statuses/:id/favourite`
pub(super) async fn favourite(State(app): State<App>, Id(id): Id<i64>, me: Session) -> Result<Json<Status>> {
    me.need("write:favourites")?;
    let liked =
        |tx: &mut Tx<'_>, site: &Site, by: &By, post| posts::like(tx, site, by, post).map(|()| EntryRef::post(post));
    match react(&app, &me, id, liked).await {
        Err(error) if error.kind() == Kind::NotFound => waiting::approve(&app, &me, id).await,
        liked => liked,
    }
}

/// `POST /api/v1/statuses/:id/unfavourite`
pub(super) async fn unfavourite(State(app): State<App>, Id(id): Id<i64>, me: Session) -> Result<Json<Status>> {
    me.need("write:favourites")?;
    react(&app, &me, id, |tx, _, by, post| posts::unlike(tx, by, post).map(|_| EntryRef::post(post))).await
}

/// Who is to see a boost.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    visibility: Option<String>,
}

/// `POST /api/v1/statuses/:id/reblog`
pub(super) async fn reblog(
    State(app): State<App>,
    Id(id): Id<i64>,
    me: Session,
    Form(wish): Form<Wish>,
) -> Result<Json<Status>> {
    me.need("write:statuses")?;
    let audience = wish.visibility.as_deref().map_or(Ok(Audience::Public), visibility)?;
    // A boost goes to followers at least.
    let audience = if audience == Audience::Direct { Audience::Followers } else { audience };
    react(&app, &me, id, move |tx, site, by, post| {
        let boost = posts::boost(tx, site, by, post, audience, None)?;
        Ok(EntryRef { post, boost: Some(boost) })
    })
    .await
}

/// `POST /api/v1/statuses/:id/unreblog`
pub(super) async fn unreblog(State(app): State<App>, Id(id): Id<i64>, me: Session) -> Result<Json<Status>> {
    me.need("write:statuses")?;
    react(&app, &me, id, |tx, _, by, post| posts::unboost(tx, by, post).map(|_| EntryRef::post(post))).await
}

/// `POST /api/v1/statuses/:id/bookmark`
pub(super) async fn bookmark(State(app): State<App>, Id(id): Id<i64>, me: Session) -> Result<Json<Status>> {
    me.need("write:bookmarks")?;
    react(&app, &me, id, |tx, _, by, post| posts::bookmark(tx, by.actor(), post).map(|()| EntryRef::post(post))).await
}

/// `POST /api/v1/statuses/:id/unbookmark`
pub(super) async fn unbookmark(State(app): State<App>, Id(id): Id<i64>, me: Session) -> Result<Json<Status>> {
    me.need("write:bookmarks")?;
    react(&app, &me, id, |tx, _, by, post| posts::unbookmark(tx, by.actor(), post).map(|()| EntryRef::post(post))).await
}

/// `POST /api/v1/statuses/:id/mute`: nothing more is told of the thread.
pub(super) async fn mute(State(app): State<App>, Id(id): Id<i64>, me: Session) -> Result<Json<Status>> {
    me.need("write:mutes")?;
    react(&app, &me, id, |tx, _, by, post| notifications::quiet(tx, by.actor(), post).map(|()| EntryRef::post(post)))
        .await
}

/// `POST /api/v1/statuses/:id/unmute`
pub(super) async fn unmute(State(app): State<App>, Id(id): Id<i64>, me: Session) -> Result<Json<Status>> {
    me.need("write:mutes")?;
    react(&app, &me, id, |tx, _, by, post| notifications::unquiet(tx, by.actor(), post).map(|()| EntryRef::post(post)))
        .await
}

/// `POST /api/v1/statuses/:id/pin`
pub(super) async fn pin(State(app): State<App>, Id(id): Id<i64>, me: Session) -> Result<Json<Status>> {
    me.need("write:accounts")?;
    react(&app, &me, id, |tx, _, by, post| posts::pin(tx, by, post).map(|_| EntryRef::post(post))).await
}

/// `POST /api/v1/statuses/:id/unpin`
pub(super) async fn unpin(State(app): State<App>, Id(id): Id<i64>, me: Session) -> Result<Json<Status>> {
    me.need("write:accounts")?;
    react(&app, &me, id, |tx, _, by, post| posts::unpin(tx, by, post).map(|_| EntryRef::post(post))).await
}

/// `GET /api/v1/statuses/:id/favourited_by`
pub(super) async fn favourited_by(
    State(app): State<App>,
    Id(id): Id<i64>,
    me: MaybeSession,
    paging: Paging,
) -> Result<Answer<Account>> {
    me.need("read:accounts")?;
    let page = paging.page(40);
    let listed = look(&app, me.actor(), move |look| {
        let rows = likers(look, id, &page)?;
        look.people(&rows)
    });
    Ok(listed.await?.answer(&app, &paging))
}

fn likers(look: &mut Look<'_>, id: i64, page: &Page) -> Result<Vec<(i64, ActorId)>> {
    let post = look.target(id)?.post.id;
    Ok(posts::likers(look.conn, post, page)?.into_iter().map(|like| (like.id.0, like.actor_id)).collect())
}

/// `GET /api/v1/statuses/:id/reblogged_by`
pub(super) async fn reblogged_by(
    State(app): State<App>,
    Id(id): Id<i64>,
    me: MaybeSession,
    paging: Paging,
) -> Result<Answer<Account>> {
    me.need("read:accounts")?;
    let page = paging.page(40);
    let listed = look(&app, me.actor(), move |look| {
        let rows = boosters(look, id, &page)?;
        look.people(&rows)
    });
    Ok(listed.await?.answer(&app, &paging))
}

fn boosters(look: &mut Look<'_>, id: i64, page: &Page) -> Result<Vec<(i64, ActorId)>> {
    let post = look.target(id)?.post.id;
    let boosts = posts::boosters(look.conn, &look.viewer, post, page)?;
    Ok(boosts.into_iter().map(|boost| (boost.id.0, boost.actor_id)).collect())
}
