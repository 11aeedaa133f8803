//! What waits for approval, in apps that know only posts: it is shown, liked (which approves it) and deleted (which throws
//! it away) like a post, by the people of its brand.

use super::{
    super::{
        entities::{Status, StatusSource},
        look::look,
    },
    form::Writing,
};
use crate::{
    app::App,
    domain::{
        PostId,
        accounts::APPROVE,
        drafts::{self, Draft, Hand, Outcome},
        posts::EntryRef,
    },
    error::{Error, Kind, Result},
    federation::fetch,
    http::extract::{Json, Session},
};

/// Answers with what waits under this id, where there is no such post.
pub(super) async fn or_waiting(app: &App, me: &Session, id: i64, found: Result<Json<Status>>) -> Result<Json<Status>> {
    match found {
        Err(error) if error.kind() == Kind::NotFound => show(app, me, id).await,
        found => found,
    }
}

/// What waits under this id.
pub(super) async fn find(app: &App, me: &Session, id: i64) -> Result<Draft> {
    let hand = Hand::of(me);
    app.db.read(move |conn| drafts::get_waiting(conn, &hand, id)).await
}

async fn show(app: &App, me: &Session, id: i64) -> Result<Json<Status>> {
    let draft = find(app, me, id).await?;
    look(app, Some(me.reads_as()), move |look| look.waits(draft)).await.map(Json)
}

/// Approves what waits under this id: an app in which somebody chose the brand acts for that brand alone, and a like
/// names what it is of. A token as oneself reaches every brand, so it needs the scope that is for this.
pub(super) async fn approve(app: &App, me: &Session, id: i64) -> Result<Json<Status>> {
    let draft = find(app, me, id).await?;
    if me.actor.id != draft.actor_id {
        me.need(APPROVE)?;
    }
    let (hand, site, waiting) = (Hand::of(me), app.site.clone(), id);
    let approved = app.db.write(move |tx| {
        tx.behalf_of(hand.account.0);
        // Under this id it is seen with this text only.
        let draft = drafts::get_waiting(tx.conn(), &hand, waiting)?;
        drafts::approve(tx, &site, &hand, draft.id, Some(draft.version), None)
    });
    let approved = match approved.await? {
        Outcome::Done(id) => id,
        // Something else is there, and waits under another id.
        Outcome::Stale(_) => return Err(Error::not_found("post.not_found", "There is no such post.")),
    };
    let shown = look(app, Some(me.actor.id), move |look| match drafts::find(look.conn, approved)? {
        Some(waits) if waits.waiting_id.is_some() => look.waits(waits),
        Some(Draft { post_id: Some(post), .. } | Draft { of_post: Some(post), .. }) => {
            look.status(EntryRef::post(post))
        }
        // It was approved, could not be published, and is held.
        Some(held) => look.waits(Draft { waiting_id: Some(waiting), ..held }),
        None => look.waits(draft),
    });
    shown.await.map(|status| Json(Status { favourited: Some(true), ..status }))
}

/// Gives what waits under this id another text, and answers it under the id that it has then; where it was published by
/// that, the post.
pub(super) async fn rewrite(app: &App, me: &Session, id: i64, writing: Writing) -> Result<Json<Status>> {
    let draft = find(app, me, id).await?;
    if draft.of_post.is_some() {
        let told = "This waits to change a published post. Change the draft, below /api/guildhall/v1/drafts.";
        return Err(Error::invalid("draft.edit", told));
    }
    let wish = writing.into_wish(&draft.wish.0)?;
    if wish.audience.federates() {
        fetch::mentioned(app, &wish.text).await?;
    }
    let (hand, site) = (Hand::of(me), app.site.clone());
    let written = app.db.write(move |tx| {
        tx.behalf_of(hand.account.0);
        let id = drafts::rewrite(tx, &site, &hand, id, &wish)?;
        drafts::find(tx.conn(), id)
    });
    let written = written.await?.unwrap_or(draft);
    let reader = if written.post_id.is_some() { me.actor.id } else { me.reads_as() };
    let shown = look(app, Some(reader), move |look| match written.post_id {
        Some(post) => look.status(EntryRef::post(post)),
        // It was approved by nobody, could not be published, and is held.
        None if written.waiting_id.is_none() => look.waits(Draft { waiting_id: Some(id), ..written }),
        None => look.waits(written),
    });
    shown.await.map(Json)
}

/// The text of what waits under this id, as it was typed.
pub(super) async fn source(app: &App, me: &Session, id: i64) -> Result<Json<StatusSource>> {
    let draft = find(app, me, id).await?;
    let wish = draft.wish.0;
    let content_type = if wish.markdown { "text/markdown" } else { "text/plain" };
    Ok(Json(StatusSource {
        id: PostId(id),
        text: wish.text,
        spoiler_text: wish.summary,
        content_type: content_type.to_owned(),
    }))
}

/// Throws away what waits under this id, and answers what it was, to be written anew.
pub(super) async fn discard(app: &App, me: &Session, id: i64) -> Result<Json<Status>> {
    let draft = find(app, me, id).await?;
    let text = draft.wish.0.text.clone();
    let (hand, which) = (Hand::of(me), draft.id);
    let Json(status) = show(app, me, id).await?;
    app.db
        .write(move |tx| {
            tx.behalf_of(hand.account.0);
            drafts::discard(tx, &hand, which, None)
        })
        .await?;
    Ok(Json(Status { text: Some(text), ..status }))
}
