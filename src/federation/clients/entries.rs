//! Outbox and inbox as their owner reads them: each entry as the activity that it was.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::{
    db::Conn,
    domain::{
        ActorId, Site,
        actors::{self, Actor},
        mailbox::Entry,
        posts::{Boost, FederablePost},
    },
    error::Result,
    federation::{
        objects::{
            activity::Activity,
            addressing::Addressing,
            note::{self, Surroundings},
        },
        outbound::{boosts, compose, pins},
    },
};

/// What only a post's own server can say of it.
const ITS_SERVERS: [&str; 5] = ["replies", "likes", "shares", "interactionPolicy", "source"];

/// The activities of these entries. Whoever is suspended or deleted, or on a server that `refuses` names, is left
/// out.
pub fn to_json(conn: &mut Conn, site: &Site, refuses: impl Fn(&str) -> bool, entries: &[Entry]) -> Result<Vec<Value>> {
    let mut ids: Vec<ActorId> = entries.iter().flat_map(concerned).collect();
    ids.sort();
    ids.dedup();
    let people = actors::get_many(conn, &ids)?.into_iter();
    let people: HashMap<ActorId, Actor> = people
        .filter(|actor| actor.is_active() && (actor.is_local() || !refuses(&actor.host)))
        .map(|actor| (actor.id, actor))
        .collect();
    let mut activities = Vec::with_capacity(entries.len());
    for entry in entries {
        activities.extend(one(conn, site, &people, entry)?);
    }
    Ok(activities)
}

fn concerned(entry: &Entry) -> Vec<ActorId> {
    match entry {
        Entry::Post(post) => vec![post.author_id],
        Entry::Boost(boost, post) => vec![boost.actor_id, post.author_id],
        Entry::Like(like, post) => vec![like.actor_id, post.author_id],
        Entry::Pin(pin, _) => vec![pin.actor_id],
        Entry::Follow(follow) => vec![follow.follower_id, follow.target_id],
        Entry::Block(block) => vec![block.actor_id, block.target_id],
    }
}

type People = HashMap<ActorId, Actor>;

fn one(conn: &mut Conn, site: &Site, people: &People, entry: &Entry) -> Result<Option<Value>> {
    let known = |id: ActorId| people.get(&id);
    Ok(match entry {
        Entry::Post(post) => match known(post.author_id) {
            Some(author) => Some(create(conn, site, post, author)?),
            None => None,
        },
        Entry::Boost(boost, post) => known(boost.actor_id)
            .zip(known(post.author_id))
            .map(|(booster, author)| announce(boost, post, booster, author)),
        Entry::Like(like, post) => known(like.actor_id)
            .zip(known(post.author_id))
            .map(|(actor, author)| plain(like.uri.as_deref(), "Like", actor, post.uri(), &author.uri)),
        Entry::Pin(pin, post) => known(pin.actor_id).map(|actor| pins::add_json(site, actor, pin, post.audience)),
        Entry::Follow(follow) => known(follow.follower_id)
            .zip(known(follow.target_id))
            .map(|(actor, target)| plain(follow.uri.as_deref(), "Follow", actor, &target.uri, &target.uri)),
        Entry::Block(block) => known(block.actor_id)
            .zip(known(block.target_id))
            .map(|(actor, target)| plain(block.uri.as_deref(), "Block", actor, &target.uri, &target.uri)),
    })
}

/// A Create as its server said it. Of a post from elsewhere only the post has an id here: we do not keep that of the
/// activity.
fn create(conn: &mut Conn, site: &Site, post: &FederablePost, author: &Actor) -> Result<Value> {
    let around = Surroundings::load(conn, post)?;
    if author.is_local() {
        return compose::create_json(site, post, &around);
    }
    let mut object = note::to_json(site, post, &around)?;
    if let Some(members) = object.as_object_mut() {
        members.retain(|name, _| !ITS_SERVERS.contains(&name.as_str()));
    }
    let activity = Activity {
        id: "",
        kind: "Create",
        actor: &author.uri,
        object,
        addressing: around.addressing()?,
        published: Some(post.published_at),
    };
    Ok(without_id(activity.to_json()))
}

fn announce(boost: &Boost, post: &FederablePost, booster: &Actor, author: &Actor) -> Value {
    let activity = Activity {
        id: boost.uri.as_deref().unwrap_or_default(),
        kind: "Announce",
        actor: &booster.uri,
        object: json!(post.uri()),
        addressing: boosts::boost_addressing(booster, boost.audience, author),
        published: Some(boost.created_at),
    };
    without_id(activity.to_json())
}

fn plain(id: Option<&str>, kind: &'static str, actor: &Actor, object: &str, to: &str) -> Value {
    let activity = Activity {
        id: id.unwrap_or_default(),
        kind,
        actor: &actor.uri,
        object: json!(object),
        addressing: Addressing::only(to),
        published: None,
    };
    without_id(activity.to_json())
}

/// What has no id that we know has none at all.
fn without_id(mut activity: Value) -> Value {
    let members: Option<&mut Map<String, Value>> = activity.as_object_mut();
    if let Some(members) = members {
        members.retain(|name, value| name != "id" || value != "");
    }
    activity
}
