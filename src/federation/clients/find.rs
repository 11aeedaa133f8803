//! What a client means by an id: a post or an actor, here or fetched, as far as its person may see it.

use crate::{
    app::App,
    domain::{
        ActorId, PostId,
        accounts::Session,
        actors::Actor,
        posts::{self, Viewer},
    },
    error::{Error, Kind, Result},
    federation::fetch::{self, Budget},
};

/// How many documents one id may cost.
const FETCHES: u8 = 8;

/// The post with this id. Hidden and missing ones are told the same.
pub(super) async fn post(app: &App, me: ActorId, uri: &str) -> Result<PostId> {
    let id = fetch::post(app, uri, &mut Budget::of(FETCHES)).await.map_err(|error| translated(error, no_post))?;
    let found = app
        .db
        .read(move |conn| {
            let viewer = Viewer::local(conn, me)?;
            posts::get_visible(conn, &viewer, id)
        })
        .await?;
    Ok(found.id)
}

/// A post of `me` by its id: somebody else's is refused, what was deleted is gone, what is hidden is missing.
pub(super) async fn own_post(app: &App, me: &Session, uri: &str) -> Result<posts::Post> {
    let (me, wanted) = (me.actor.clone(), uri.to_owned());
    app.db
        .read(move |conn| {
            let Some(known) = posts::find_by_uri(conn, &wanted)? else {
                let deleted = posts::is_deleted_by(conn, &wanted, me.id)?;
                return Err(if deleted { Error::gone("post.deleted", "This post was deleted.") } else { no_post() });
            };
            let viewer = Viewer::local(conn, me.id)?;
            let post = posts::get_visible(conn, &viewer, known.id)?;
            if post.author_id != me.id {
                return Err(Error::forbidden("post.not_yours", "Only its author can change or delete a post."));
            }
            Ok(post)
        })
        .await
}

/// The actor with this id, who is active and on a server that we talk with.
pub(super) async fn actor(app: &App, uri: &str, budget: &mut Budget) -> Result<Actor> {
    let actor = fetch::actor(app, uri, budget).await.map_err(|error| translated(error, no_actor))?;
    if !actor.is_local() && app.refuses(&actor.host) {
        return Err(Error::forbidden("server.blocked", "This server is blocked."));
    }
    Some(actor).filter(Actor::is_active).ok_or_else(no_actor)
}

/// The actor that an activity is done to.
pub(super) async fn target(app: &App, uri: &str) -> Result<Actor> {
    actor(app, uri, &mut Budget::of(FETCHES)).await
}

fn no_post() -> Error {
    Error::not_found("post.not_found", "There is no such post.")
}

fn no_actor() -> Error {
    Error::not_found("actor.not_found", "There is no such account.")
}

/// What another server does, or does not do, is no fault of ours and none of the client's form.
fn translated(error: Error, missing: fn() -> Error) -> Error {
    match error.kind() {
        _ if error.code().starts_with("database") => error,
        Kind::NotFound => missing(),
        _ if error.code() == "fetch.own" => missing(),
        Kind::Unavailable | Kind::TooMany => {
            Error::invalid("fetch.failed", "The other server does not answer. Please try again later.").because(error)
        }
        _ => error,
    }
}
