//! Posts of other servers, with what they answer.

use serde_json::Value;

use super::{Budget, document};
use crate::{
    app::App,
    domain::{By, PostId, actors, posts, work::Job},
    error::{Error, Kind, Result},
    federation::incoming::{note, values::id_of},
};

/// How far up a thread is read for one post.
const PARENTS: usize = 5;

/// The post with this id: as we have it, else fetched, with up to five posts above it.
pub async fn post(app: &App, uri: &str, budget: &mut Budget) -> Result<PostId> {
    let found = one(app, uri, budget).await?;
    let mut above = found.1;
    for _ in 0..PARENTS {
        let Some(parent) = above else { break };
        // What cannot be fetched stays a gap in the thread.
        let Ok((_, next)) = one(app, &parent, budget).await else { break };
        above = next;
    }
    Ok(found.0)
}

/// One post, and the id of what it answers where we do not have that.
async fn one(app: &App, uri: &str, budget: &mut Budget) -> Result<(PostId, Option<String>)> {
    let wanted = uri.to_owned();
    let known = app.db.read(move |conn| posts::find_by_uri(conn, &wanted)).await?;
    if let Some(post) = known {
        return Ok((post.id, post.reply_to_uri.filter(|_| post.reply_to_id.is_none())));
    }
    let document = document::activity(app, uri, budget).await?;
    store(app, &document, budget).await
}

/// Stores a post from its own document.
pub(super) async fn store(app: &App, document: &Value, budget: &mut Budget) -> Result<(PostId, Option<String>)> {
    if note::is_tombstone(document) {
        return Err(Error::gone("post.deleted", "This post was deleted."));
    }
    if !note::is_post(document) {
        // Some addresses answer with the activity.
        let inner = document.get("object").and_then(id_of).map(ToOwned::to_owned);
        let inner = inner.ok_or_else(|| Error::invalid("post.unusable", "This is not a post."))?;
        return Box::pin(one(app, &inner, budget)).await;
    }
    let author = note::author_of(document)
        .ok_or_else(|| Error::invalid("post.unusable", "The post's author is not on its own server."))?;
    let author = super::actor(app, &author, budget).await?;
    if author.is_local() || !author.is_active() {
        return Err(Error::forbidden("actor.suspended", "Posts of this account are not shown."));
    }
    let incoming = note::read(document, author.followers_uri.as_deref())?;
    // Its author's address may have led to somebody else.
    if incoming.author != author.uri {
        return Err(Error::forbidden("post.not_theirs", "This post belongs to somebody else."));
    }
    if incoming.is_vote {
        return Err(Error::invalid("post.vote", "This is a vote, not a post."));
    }
    let (site, incoming) = (app.site.clone(), incoming.at_depth(budget.depth));
    let id = app
        .db
        .write(move |tx| {
            let draft = incoming.clone().into_draft(tx, &site)?;
            posts::create(tx, &site, &By::Remote { actor: author.id, activity: None }, &draft)
        })
        .await?;
    let stored = app.db.read(move |conn| posts::get(conn, id)).await?;
    Ok((id, stored.reply_to_uri.filter(|_| stored.reply_to_id.is_none())))
}

/// Reads a post that we have again, at its own server: what was edited is edited, what is gone is deleted. Only for
/// posts that everybody may read: others look gone to whoever may not, and we ask as the server.
pub async fn refresh(app: &App, uri: &str, budget: &mut Budget) -> Result<()> {
    let wanted = uri.to_owned();
    let Some(known) = app.db.read(move |conn| posts::find_by_uri(conn, &wanted)).await? else { return Ok(()) };
    let author_id = known.author_id;
    let author = app.db.read(move |conn| actors::get(conn, author_id)).await?;
    if author.is_local() || !known.audience.is_open() {
        return Ok(());
    }
    let (by, site) = (By::Remote { actor: author.id, activity: None }, app.site.clone());
    let document = match document::activity(app, uri, budget).await {
        Ok(document) => Some(document).filter(|document| !note::is_tombstone(document)),
        Err(error) if error.kind() == Kind::Gone || error.code() == "fetch.nothing" => None,
        Err(error) => return Err(error),
    };
    let Some(document) = document else {
        return app.db.write(move |tx| posts::delete(tx, &by, known.id)).await;
    };
    let incoming = note::read(&document, author.followers_uri.as_deref())?;
    if incoming.author != author.uri || incoming.uri != uri {
        return Err(Error::forbidden("post.not_theirs", "This post belongs to somebody else."));
    }
    app.db
        .write(move |tx| {
            let draft = incoming.clone().into_draft(tx, &site)?;
            posts::edit(tx, &by, known.id, &draft)?;
            Ok(())
        })
        .await
}

/// Fetches a post that others refer to; one that does not exist is no fault.
pub async fn handle_fetch_post(app: &App, uri: &str, budget: u8) -> Result<()> {
    match post(app, uri, &mut Budget::of(budget)).await {
        Err(error) if error.kind() == Kind::Unavailable && error.code().starts_with("database") => Err(error),
        // Parents are a courtesy: one try is enough.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The job that fetches a post to which `sender` referred.
pub fn post_job(uri: &str, sender: &str) -> Job {
    Job::FetchPost { uri: uri.to_owned(), budget: 12, sender: sender.to_owned() }
}
