//! What a Create or Update carries, read and cleaned before the transaction: whoever writes next would wait for it.

use serde_json::Value;

use super::{Activity, Verb, parse};
use crate::{
    domain::actors::{Actor, RemoteActor},
    error::{Error, Result},
    federation::{
        inbox::stranger,
        incoming::{
            self,
            actor::is_actor_kind,
            note::{self, Incoming},
            values::{self, kind, one_origin},
        },
    },
    net::{PublicKey, signatures::proof},
};

/// Reading more than this would keep a worker from others who wait for it, in bytes.
const LONG: usize = 16 * 1024;

/// What an activity carries, clean.
#[expect(clippy::large_enum_variant, reason = "the whole is boxed")]
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Carried {
    /// A post of the actor's server.
    Post(Incoming),
    /// The actor itself.
    Profile(RemoteActor),
}

/// What is said of a letter that cannot be read.
pub fn no_json() -> Error {
    Error::malformed("activity.json", "The body is not JSON.")
}

/// Opens an activity, reads what it carries, and gives its text back.
pub async fn open(body: &[u8]) -> Result<(Activity, String)> {
    read(body, |text| Ok((parse(document(&text)?)?.with_carried(), text))).await
}

/// Refuses unless this key made the proof that an activity carries.
pub async fn check_proof(body: &[u8], key: &PublicKey) -> Result<()> {
    let key = key.clone();
    read(body, move |text| proof::verify(&document(&text)?, &key).map_err(|_| stranger())).await
}

fn document(text: &str) -> Result<Value> {
    values::parse(text.as_bytes()).map_err(|_| no_json())
}

async fn read<T: Send + 'static>(body: &[u8], work: impl FnOnce(String) -> Result<T> + Send + 'static) -> Result<T> {
    let text = String::from_utf8(body.to_vec()).map_err(|_| no_json())?;
    if text.len() <= LONG {
        return work(text);
    }
    tokio::task::spawn_blocking(move || work(text)).await.map_err(Error::internal)?
}

impl Activity {
    /// The activity with what it carries read. Without this, [`super::apply`] takes it for nothing.
    #[must_use]
    pub fn with_carried(mut self) -> Self {
        self.carried = carried(&self).map(Box::new);
        self
    }

    /// The post that it carries. Only its author knows which address is that of its followers.
    pub(super) fn post(&self, author: &Actor) -> Option<Incoming> {
        match self.carried.as_deref() {
            Some(Carried::Post(post)) => Some(post.clone().for_followers(author.followers_uri.as_deref())),
            _ => None,
        }
    }

    /// What it says of its own actor.
    pub(super) fn profile(&self) -> Option<RemoteActor> {
        match self.carried.as_deref() {
            Some(Carried::Profile(profile)) => Some(profile.clone()),
            _ => None,
        }
    }
}

fn carried(activity: &Activity) -> Option<Carried> {
    if activity.verb == Verb::QuoteRequest {
        let quoting = activity.document.get("instrument").filter(|quoting| quoting.is_object())?;
        let theirs = values::own_id(quoting).is_some_and(|uri| one_origin(uri, &activity.actor));
        return note::read(quoting, None).ok().filter(|_| theirs).map(Carried::Post);
    }
    let (object, uri) = (activity.object(), activity.object_id()?);
    if !object.is_object() || !one_origin(uri, &activity.actor) {
        return None;
    }
    let read = match activity.verb {
        Verb::Create if note::is_post(object) => note::read(&completed(activity), None).map(Carried::Post),
        Verb::Update if uri == activity.actor => {
            if !is_actor_kind(kind(object, is_actor_kind)) {
                return None;
            }
            incoming::actor::read(object).map(Carried::Profile)
        }
        Verb::Update if note::is_post(object) => note::read(object, None).map(Carried::Post),
        _ => return None,
    };
    match read {
        Ok(carried) => Some(carried),
        Err(error) => {
            tracing::debug!(%error, activity.uri, "What an activity carries cannot be used");
            None
        }
    }
}

/// The object with what it leaves to its activity: the author and the recipients.
fn completed(activity: &Activity) -> Value {
    let mut object = activity.object().clone();
    if let Some(members) = object.as_object_mut() {
        if !members.contains_key("attributedTo") {
            members.insert("attributedTo".to_owned(), Value::String(activity.actor.clone()));
        }
        if !members.contains_key("to") && !members.contains_key("cc") {
            for name in ["to", "cc"] {
                members.extend(activity.document.get(name).map(|value| (name.to_owned(), value.clone())));
            }
        }
    }
    object
}
