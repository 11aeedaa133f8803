//! The verbs that arrive, each applied by the domain operation that every other door uses.
//!
//! What they carry is read before ([`open`]). [`apply`] runs in one transaction and touches no network. Where
//! something must be fetched first it changes nothing and says what it lacks; the activity is then stored as a job
//! before the sender hears 202, and [`handle_inbound`] fetches and applies it again.

mod announce;
mod create;
mod delete;
mod flag;
mod follow;
mod like;
mod pin;
mod quote;
mod reading;
mod undo;
mod update;
mod vote;

pub use reading::{check_proof, no_json, open};

use serde_json::Value;

use super::{
    backlog,
    early::{self, Deed},
    fetch::{self, Budget},
    incoming::{
        outline,
        values::{self, id, id_of, kind, one_origin, own_id},
    },
    received,
};
use crate::{
    app::App,
    db::{Conn, Tx},
    domain::{
        ActorId, By, PostId, Site,
        actors::{self, Actor},
        posts::{self, Post},
        servers,
        work::Job,
    },
    error::{Error, Kind, Result},
};

/// How often the network is asked for one activity.
const ROUNDS: usize = 4;

/// An activity that arrived, by an actor whose signature was checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// Its id, on the origin of its actor; some servers give none.
    pub uri: Option<String>,
    /// Its type.
    pub verb: Verb,
    /// Who does it.
    pub actor: String,
    /// Everything it says.
    pub document: Value,
    /// Whose inbox its actor brought it to, when it was not everybody's.
    pub inbox: Option<ActorId>,
    /// Posts that were fetched for it, under the ids by which it names them: those may be addresses of pages.
    found: Vec<(String, PostId)>,
    /// What it carries, once it was read.
    carried: Option<Box<reading::Carried>>,
}

/// What is done. Everything else is accepted and ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in ActivityStreams")]
pub enum Verb {
    Create,
    Update,
    Delete,
    Follow,
    Accept,
    Reject,
    Undo,
    Like,
    Announce,
    Block,
    Add,
    Remove,
    Move,
    Flag,
    QuoteRequest,
    Other,
}

impl Verb {
    fn read(document: &Value) -> Self {
        let find = |kind: &str| {
            Some(match kind {
                "Create" => Self::Create,
                "Update" => Self::Update,
                "Delete" => Self::Delete,
                "Follow" => Self::Follow,
                "Accept" => Self::Accept,
                "Reject" => Self::Reject,
                "Undo" => Self::Undo,
                "Like" | "EmojiReact" => Self::Like,
                "Announce" => Self::Announce,
                "Block" => Self::Block,
                "Add" => Self::Add,
                "Remove" => Self::Remove,
                "Move" => Self::Move,
                "Flag" => Self::Flag,
                "QuoteRequest" => Self::QuoteRequest,
                _ => return None,
            })
        };
        find(kind(document, |kind| find(kind).is_some())).unwrap_or(Self::Other)
    }
}

/// What became of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It had its effect, now or before.
    Done,
    /// It is none of our business.
    Ignored(&'static str),
    /// Something must be fetched first; nothing was changed.
    Needs(Need),
}

/// What must be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// An actor.
    Actor(String),
    /// A post.
    Post(String),
}

/// Reads an activity; the errors name the member that is wrong.
pub fn parse(document: Value) -> Result<Activity> {
    if !document.is_object() {
        return Err(Error::malformed("activity.form", "An activity is a JSON object."));
    }
    let actor = id(&document, "actor")
        .ok_or_else(|| Error::malformed("activity.actor", "The activity has no actor."))?
        .to_owned();
    let uri = claimed_id(&document, &actor);
    let verb = Verb::read(&document);
    let needs_object = !matches!(verb, Verb::Other);
    if needs_object && document.get("object").is_none_or(Value::is_null) {
        return Err(Error::malformed("activity.object", "The activity has no object."));
    }
    Ok(Activity { uri, verb, actor, document, inbox: None, found: Vec::new(), carried: None })
}

/// The id of an activity of `actor`. One on another origin would be somebody else's, so it counts for none.
fn claimed_id(document: &Value, actor: &str) -> Option<String> {
    own_id(document).filter(|uri| one_origin(uri, actor)).map(ToOwned::to_owned)
}

impl Activity {
    /// The object, whole or as an id.
    pub fn object(&self) -> &Value {
        self.document.get("object").unwrap_or(&Value::Null)
    }

    /// The id of the object.
    pub fn object_id(&self) -> Option<&str> {
        values::list(&self.document, "object").into_iter().find_map(id_of)
    }

    /// Whether it may come again under the same id and mean it: Misskey has one id for all follows of a pair. What
    /// Mastodon adds and removes has no id at all, and one post may be brought to several people.
    pub fn may_recur(&self) -> bool {
        match self.verb {
            Verb::Create => self.inbox.is_some(),
            Verb::Follow
            | Verb::Accept
            | Verb::Reject
            | Verb::Block
            | Verb::Add
            | Verb::Remove
            | Verb::QuoteRequest => true,
            Verb::Undo => values::list(&self.document, "object")
                .into_iter()
                .all(|undone| !matches!(Verb::read(undone), Verb::Like | Verb::Announce)),
            _ => false,
        }
    }

    /// The post that it names like this, as far as we have it.
    fn find_post(&self, conn: &mut Conn, uri: &str) -> Result<Option<Post>> {
        match self.found.iter().find(|(named, _)| named == uri) {
            Some((_, id)) => posts::find(conn, *id),
            None => posts::find_by_uri(conn, uri),
        }
    }

    fn by(&self, signer: &Actor) -> By {
        By::Remote { actor: signer.id, activity: self.uri.clone() }
    }
}

/// Applies an activity of `signer`, who is its actor.
pub fn apply(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity) -> Result<Applied> {
    if activity.actor != signer.uri {
        return Err(Error::forbidden("activity.actor", "Only the actor itself can do this."));
    }
    if signer.is_local() {
        return Ok(Applied::Ignored("our own"));
    }
    if !signer.is_active() {
        return Ok(Applied::Ignored("suspended"));
    }
    // The door knows the host of its id; its handle may be on another.
    if servers::is_refused(tx.conn(), signer.id)? {
        return Ok(Applied::Ignored("a blocked server"));
    }
    if let (Verb::Like | Verb::Announce, Some(uri)) = (activity.verb, &activity.uri) {
        early::hold(tx, uri)?;
        if early::is_taken_back(tx, Deed::Undo, signer, uri)? {
            return Ok(Applied::Ignored("undone before it came"));
        }
    }
    match activity.verb {
        Verb::Create => create::apply(tx, site, signer, activity),
        Verb::Update => update::apply(tx, site, signer, activity),
        Verb::Delete => delete::apply(tx, signer, activity),
        Verb::Follow => follow::follow(tx, site, signer, activity),
        Verb::Accept | Verb::Reject => {
            let yes = activity.verb == Verb::Accept;
            match quote::answer(tx, site, signer, activity, yes)? {
                Some(applied) => Ok(applied),
                None => follow::answer(tx, signer, activity, yes),
            }
        }
        Verb::QuoteRequest => quote::request(tx, site, signer, activity),
        Verb::Block => follow::block(tx, site, signer, activity),
        Verb::Add => pin::add(tx, site, signer, activity),
        Verb::Remove => pin::remove(tx, signer, activity),
        Verb::Undo => undo::apply(tx, signer, activity),
        Verb::Like => like::apply(tx, site, signer, activity),
        Verb::Announce => announce::apply(tx, site, signer, activity),
        Verb::Move => {
            // The new address stands in the actor's own document.
            backlog::store_lookup(tx, &Job::RefreshActor { uri: signer.uri.clone() })?;
            Ok(Applied::Done)
        }
        Verb::Flag => flag::apply(tx, site, signer, activity),
        Verb::Other => Ok(Applied::Ignored("unknown type")),
    }
}

/// Goes on with an activity that was stored because something had to be fetched for it.
pub async fn handle_inbound(app: &App, signer: &str, activity: &str, inbox: Option<ActorId>) -> Result<()> {
    let (mut activity, _) = open(activity.as_bytes()).await?;
    activity.inbox = inbox;
    let mut budget = Budget::default();
    for _ in 0..ROUNDS {
        // It may have been blocked since this was stored.
        if app.refuses(&fetch::host_in(signer)) {
            return Ok(());
        }
        let (site, wanted, doing) = (app.site.clone(), signer.to_owned(), activity.clone());
        let applied = app
            .db
            .write(move |tx| {
                let signer = actors::find_by_uri(tx.conn(), &wanted)?;
                let signer = signer.ok_or_else(|| Error::not_found("actor.not_found", "There is no such account."))?;
                apply(tx, &site, &signer, &doing)
            })
            .await?;
        let Applied::Needs(need) = applied else { return Ok(()) };
        let fetched = match &need {
            Need::Actor(uri) => fetch::actor(app, uri, &mut budget).await.map(|_| ()),
            Need::Post(uri) => {
                fetch::post(app, uri, &mut budget).await.map(|post| activity.found.push((uri.clone(), post)))
            }
        };
        match fetched {
            Ok(()) => {}
            // The other server may be down for a while; everything else will not get better.
            Err(error) if matches!(error.kind(), Kind::Unavailable | Kind::Internal) => return Err(error),
            Err(error) => {
                tracing::info!(%error, ?need, "What an activity is about could not be fetched");
                break;
            }
        }
    }
    let_go(app, signer, activity.uri).await
}

/// Gives up an activity that was stored because something could not be fetched for it.
pub async fn give_up_inbound(app: &App, signer: &str, activity: &str) -> Result<()> {
    let uri = parse(outline::read(activity.as_bytes())?)?.uri;
    let_go(app, signer, uri).await
}

/// It had no effect, so it may come again.
async fn let_go(app: &App, signer: &str, uri: Option<String>) -> Result<()> {
    let signer = signer.to_owned();
    app.db
        .write(move |tx| match (actors::find_by_uri(tx.conn(), &signer)?, &uri) {
            (Some(signer), Some(uri)) => received::release(tx, signer.id, uri),
            _ => Ok(()),
        })
        .await
}
