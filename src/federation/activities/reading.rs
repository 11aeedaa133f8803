//! What a Create or Update carries, read and cleaned before the transaction: whoever writes next would wait for it.

use serde_json::Value;

use super::{Activity, Verb};
use crate::{
    domain::actors::{Actor, RemoteActor},
    error::{Error, Result},
    federation::incoming::{
        self,
        actor::is_actor_kind,
        note::{self, Incoming},
        values::{kind, one_origin},
    },
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

impl Activity {
    /// Reads what the activity carries; `bytes` is its length. Without this, [`super::apply`] takes it for nothing.
    pub async fn read(self, bytes: usize) -> Result<Self> {
        if bytes <= LONG {
            return Ok(self.with_carried());
        }
        tokio::task::spawn_blocking(move || self.with_carried()).await.map_err(Error::internal)
    }

    fn with_carried(mut self) -> Self {
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
