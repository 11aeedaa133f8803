//! Actors of other servers, kept fresh.

use std::time::Duration;

use serde_json::Value;

use super::{Budget, document, failures::host_in, webfinger};
use crate::{
    app::App,
    db::Tx,
    domain::{
        actors::{self, Actor, Handle, RemoteActor, Stored},
        servers,
        work::Job,
    },
    error::{Error, Kind, Result},
    federation::{
        backlog,
        incoming::{
            self,
            actor::is_username,
            values::{ids, own_id},
        },
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

/// An actor as its own server describes it.
#[derive(Debug, Clone)]
pub struct Described {
    /// What is read of it.
    pub remote: RemoteActor,
    /// The username and host that it says to have.
    claim: (String, String),
}

impl Described {
    /// Reads an actor's document, which was found at its id.
    pub(super) fn read(document: &Value) -> Result<Self> {
        let remote = incoming::actor::read(document)?;
        let claim = incoming::actor::claimed_handle(document, &remote);
        Ok(Self { remote, claim })
    }
}

/// Stores an actor from its own document.
pub(super) async fn store(app: &App, document: &Value, budget: &mut Budget) -> Result<Actor> {
    settle(app, Described::read(document)?, budget).await
}

/// Stores an actor, once its handle and where it moved are asked about.
pub(super) async fn settle(app: &App, described: Described, budget: &mut Budget) -> Result<Actor> {
    let Described { mut remote, claim } = described;
    settle_handle(app, &mut remote, claim, budget).await?;
    settle_move(app, &mut remote, budget).await?;
    app.db
        .write(move |tx| {
            let stored = actors::upsert_remote(tx, &remote)?;
            check_links(tx, stored)
        })
        .await
}

/// Stores what an actor's document says by itself, its keys above all. Its handle and where it moved stay as we know
/// them until [`settle`] has asked about them. `shown_at` is the address of the key whose owner it was named as.
pub(super) async fn keep(app: &App, remote: &RemoteActor, shown_at: &str) -> Result<Actor> {
    let (remote, shown_at) = (remote.clone(), shown_at.to_owned());
    app.db
        .write(move |tx| {
            let stored = actors::upsert_unsettled(tx, &remote, &shown_at)?;
            check_links(tx, stored)
        })
        .await
}

/// Has the links of a profile looked at, within what its server may make us look up.
pub(in crate::federation) fn check_links(tx: &mut Tx<'_>, stored: Stored) -> Result<Actor> {
    let Stored { actor, links_to_check } = stored;
    if links_to_check {
        backlog::store_lookup(tx, &Job::VerifyFields { actor: actor.id, host: actor.host.clone() })?;
    }
    Ok(actor)
}

/// The handle: the one that WebFinger on both sides leads from to the actor, else the username on the host of the id.
async fn settle_handle(
    app: &App,
    remote: &mut RemoteActor,
    (name, host): (String, String),
    budget: &mut Budget,
) -> Result<()> {
    let (uri, username) = (remote.uri.clone(), remote.username.clone());
    let known = app
        .db
        .read(move |conn| {
            let known = actors::find_by_uri(conn, &uri)?.filter(|known| known.username == username);
            Ok(match known {
                Some(known) if known.fetched_at.is_some() && actors::holds_handle(conn, known.id)? => Some(known),
                _ => None,
            })
        })
        .await?;
    if let Some(known) = known {
        remote.host = known.host;
        remote.handle = Handle::Kept;
        return Ok(());
    }
    // A server that is blocked is not asked who is called what there. Who says to be of it is refused with it.
    if let Some(host) = servers::normalise(&host).ok().filter(|host| app.refuses(host)) {
        remote.handle = Handle::Refused { host };
        return Ok(());
    }
    let own = (remote.username.clone(), remote.host.clone());
    let is_own = name.eq_ignore_ascii_case(&own.0) && host.eq_ignore_ascii_case(&own.1);
    if !is_own
        && let Ok(finger) = webfinger::ask(app, &name, &host, budget).await
        && take_handle(app, remote, &finger)
    {
        return Ok(());
    }
    match webfinger::ask(app, &own.0, &own.1, budget).await {
        Ok(finger) if take_handle(app, remote, &finger) => {}
        // It is called as somebody else is: nobody shall read the one and think of the other.
        Ok(_) => {
            remote.username = incoming::actor::username_by_path(&remote.uri);
            remote.handle = Handle::Doubtful;
        }
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Gone) => remote.handle = Handle::Unclaimed,
        Err(_) => remote.handle = Handle::Doubtful,
    }
    Ok(())
}

/// Gives an actor the handle that was asked about, when it leads there; answers whether anything was decided.
fn take_handle(app: &App, remote: &mut RemoteActor, finger: &webfinger::Finger) -> bool {
    if !finger.leads_to(&remote.uri) || !is_username(&finger.username) {
        return false;
    }
    if app.refuses(&finger.host) {
        remote.handle = Handle::Refused { host: finger.host.clone() };
        return true;
    }
    remote.handle = Handle::Confirmed { beside: finger.besides(&remote.uri) };
    (remote.username, remote.host) = (finger.username.clone(), finger.host.clone());
    true
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
