//! Actors of other servers, kept fresh.

use std::time::Duration;

use serde_json::Value;

use super::{Budget, document, failures::host_in, webfinger};
use crate::{
    app::App,
    domain::{
        actors::{self, Actor, RemoteActor},
        servers,
    },
    error::{Error, Kind, Result},
    federation::incoming::{
        self,
        actor::is_username,
        values::{ids, own_id, text},
    },
};

/// An actor is not fetched again within this time.
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// The actor with this id: as we know it while that is fresh, else as its server describes it now.
pub async fn actor(app: &App, uri: &str, budget: &mut Budget) -> Result<Actor> {
    if app.refuses(&host_in(uri)) {
        return Err(Error::forbidden("server.blocked", "This server is blocked."));
    }
    let wanted = uri.to_owned();
    let known = app.db.read(move |conn| actors::find_by_uri(conn, &wanted)).await?;
    let now = app.db.now();
    if let Some(actor) = &known {
        if actor.deleted_at.is_some() {
            return Err(Error::gone("actor.gone", "This account was deleted."));
        }
        if actor.is_local() || actor.fetched_at.is_some_and(|at| now.since(at) < FRESH) {
            return Ok(actor.clone());
        }
    }
    match fetch(app, uri, budget).await {
        Ok(actor) => Ok(actor),
        // A server that does not answer is not a reason to forget whom we know.
        Err(error) if matches!(error.kind(), Kind::Unavailable | Kind::NotFound) => known.ok_or(error),
        Err(error) => Err(error),
    }
}

/// Fetches an actor whether it is known or not.
pub(super) async fn fetch(app: &App, uri: &str, budget: &mut Budget) -> Result<Actor> {
    let document = document::activity(app, uri, budget).await?;
    store(app, &document, budget).await
}

/// Stores an actor from its own document.
pub(super) async fn store(app: &App, document: &Value, budget: &mut Budget) -> Result<Actor> {
    let mut remote = incoming::actor::read(document)?;
    settle_handle(app, document, &mut remote, budget).await?;
    settle_move(app, &mut remote, budget).await?;
    app.db.write(move |tx| actors::upsert_remote(tx, &remote)).await
}

/// Stores what an actor's document says by itself, its keys above all. Its handle and where it moved stay as we know
/// them until [`store`] has asked about them. `shown_at` is the address of the key whose owner it was named as.
pub(super) async fn keep(app: &App, document: &Value, shown_at: &str) -> Result<Actor> {
    let (remote, shown_at) = (incoming::actor::read(document)?, shown_at.to_owned());
    app.db.write(move |tx| actors::upsert_unsettled(tx, &remote, &shown_at)).await
}

/// The host of the handle: that of the id, unless WebFinger on both sides says otherwise.
async fn settle_handle(app: &App, document: &Value, remote: &mut RemoteActor, budget: &mut Budget) -> Result<()> {
    let (uri, username) = (remote.uri.clone(), remote.username.clone());
    let known = app.db.read(move |conn| actors::find_by_uri(conn, &uri)).await?;
    if let Some(known) = known.filter(|known| known.username == username && known.fetched_at.is_some()) {
        remote.host = known.host;
        return Ok(());
    }
    // FEP-2c59 spares the question where the handle is on the actor's own host.
    let claimed = text(document, "webfinger").map(|handle| handle.trim_start_matches("acct:").trim_start_matches('@'));
    let (name, host) = claimed.and_then(|handle| handle.split_once('@')).unwrap_or((&remote.username, &remote.host));
    if claimed.is_some() && host.eq_ignore_ascii_case(&remote.host) && name.eq_ignore_ascii_case(&remote.username) {
        return Ok(());
    }
    let (name, host) = (name.to_owned(), host.to_owned());
    // Who says to be of a server that is blocked is believed without asking there, and refused with it.
    if let Some(host) = servers::normalise(&host).ok().filter(|host| app.refuses(host) && is_username(&name)) {
        (remote.username, remote.host) = (name, host);
        return Ok(());
    }
    match webfinger::ask(app, &name, &host, budget).await {
        Ok(finger) if finger.uri == remote.uri && is_username(&finger.username) => {
            remote.username = finger.username;
            remote.host = finger.host;
        }
        // No answer, or another's: the handle is where the id is, which nobody else can claim.
        Ok(_) | Err(_) => {}
    }
    Ok(())
}

/// Where an actor moved to counts when the new one says that it is also known as the old one.
async fn settle_move(app: &App, remote: &mut RemoteActor, budget: &mut Budget) -> Result<()> {
    let Some(target) = remote.moved_to.take() else { return Ok(()) };
    let (uri, wanted) = (remote.uri.clone(), target.clone());
    let known =
        app.db.read(move |conn| Ok((actors::find_by_uri(conn, &uri)?, actors::find_by_uri(conn, &wanted)?))).await?;
    let confirmed = match known {
        (Some(before), _) if before.moved_to.as_ref() == Some(&target) => true,
        (_, Some(new)) if new.is_local() || new.also_known_as.0.contains(&remote.uri) => {
            new.also_known_as.0.contains(&remote.uri)
        }
        _ => match document::activity(app, &target, budget).await {
            Ok(document) => {
                own_id(&document) == Some(&target) && ids(&document, "alsoKnownAs", 256).contains(&remote.uri)
            }
            Err(_) => false,
        },
    };
    remote.moved_to = confirmed.then_some(target);
    Ok(())
}

/// Fetches an actor again; one that is gone is forgotten with what it wrote.
pub async fn handle_refresh_actor(app: &App, uri: &str) -> Result<()> {
    match fetch(app, uri, &mut Budget::default()).await {
        Err(error) if error.kind() == Kind::Gone => {
            let wanted = uri.to_owned();
            let Some(actor) = app.db.read(move |conn| actors::find_by_uri(conn, &wanted)).await? else { return Ok(()) };
            if actor.is_local() || actor.deleted_at.is_some() {
                return Ok(());
            }
            app.db.write(move |tx| actors::forget_remote(tx, actor.id)).await
        }
        Err(error) => Err(error),
        Ok(_) => Ok(()),
    }
}
