//! How each change is said.

use serde_json::{Value, json};

use super::{Outgoing, audience};
use crate::{
    db::Conn,
    domain::{
        ActorId, PostId, Site,
        actors::{self, Actor},
        follows,
        posts::{self, Audience, FederablePost},
        work::Change,
    },
    error::Result,
    federation::objects::{actor as actor_object, note},
};

/// The activity for a change, and whom it is owed to. Nothing when its reason is gone meanwhile.
pub(super) fn say(conn: &mut Conn, site: &Site, author: &Actor, change: &Change) -> Result<Option<Outgoing>> {
    let target_of = |conn: &mut Conn, id: ActorId| -> Result<Option<Actor>> {
        Ok(actors::find(conn, id)?.filter(|actor| !actor.is_local()))
    };
    Ok(match change {
        Change::PostCreated { post } => publish_post(conn, site, author, *post, "Create")?,
        Change::PostEdited { post } => publish_post(conn, site, author, *post, "Update")?,
        Change::PostDeleted { uri, audience, concerned } => {
            let followers = posts::addresses_followers(*audience);
            let named = actors::get_many(conn, concerned)?;
            let named: Vec<String> =
                named.into_iter().map(|actor| actor.uri).filter(|uri| *uri != author.uri).collect();
            let (to, cc) = note::addressing(*audience, &followers_of(author), &named);
            let mut inboxes = audience::inboxes(conn, author.id, followers, concerned)?;
            inboxes.extend(audience::who_has(conn, uri)?);
            let document = json!({
                "id": format!("{uri}#delete"), "type": "Delete", "actor": author.uri, "to": to, "cc": cc, "object": actor_object::tombstone(uri),
            });
            Some(Outgoing {
                uri: format!("{uri}#delete"),
                kind: "Delete",
                post: None,
                audience: Some(*audience),
                object_uri: Some(uri.clone()),
                document,
                inboxes: audience::distinct(inboxes),
            })
        }
        Change::Liked { like } => {
            let Some(like) = posts::find_like(conn, *like)? else { return Ok(None) };
            let Some(post) = posts::find(conn, like.post_id)?.and_then(posts::Post::federable) else { return Ok(None) };
            let (Some(uri), Some(target)) = (like.uri, target_of(conn, post.author_id)?) else { return Ok(None) };
            Some(to_one(&uri, "Like", author, &target, json!(post.uri())))
        }
        Change::Unliked { uri, post_uri, author: target } => {
            let Some(target) = target_of(conn, *target)? else { return Ok(None) };
            let like = json!({ "id": uri, "type": "Like", "actor": author.uri, "object": post_uri });
            Some(to_one(&format!("{uri}#undo"), "Undo", author, &target, like))
        }
        Change::Boosted { boost } => {
            let Some(boost) = posts::find_boost(conn, *boost)? else { return Ok(None) };
            let Some(post) = posts::find(conn, boost.post_id)?.and_then(posts::Post::federable) else {
                return Ok(None);
            };
            let Some(uri) = boost.uri else { return Ok(None) };
            let announce =
                announce(conn, author, &uri, post.uri(), post.author_id, boost.audience, boost.created_at.rfc3339())?;
            Some(announce)
        }
        Change::Unboosted { uri, post_uri, author: target, audience } => {
            let mut announce = announce(conn, author, uri, post_uri, *target, *audience, author.updated_at.rfc3339())?;
            let (to, cc) = (announce.document["to"].clone(), announce.document["cc"].clone());
            let inner =
                json!({ "id": uri, "type": "Announce", "actor": author.uri, "object": post_uri, "to": to, "cc": cc });
            announce.uri = format!("{uri}#undo");
            announce.kind = "Undo";
            announce.document =
                json!({ "id": announce.uri, "type": "Undo", "actor": author.uri, "to": to, "cc": cc, "object": inner });
            Some(announce)
        }
        Change::FollowRequested { follow } => {
            let Some(follow) = follows::find(conn, *follow)? else { return Ok(None) };
            let (Some(uri), Some(target)) = (follow.uri, target_of(conn, follow.target_id)?) else { return Ok(None) };
            Some(to_one(&uri, "Follow", author, &target, json!(target.uri)))
        }
        Change::FollowUndone { uri, target } => {
            let Some(target) = target_of(conn, *target)? else { return Ok(None) };
            let follow = json!({ "id": uri, "type": "Follow", "actor": author.uri, "object": target.uri });
            Some(to_one(&format!("{uri}#undo"), "Undo", author, &target, follow))
        }
        Change::FollowAccepted { uri, follower } => answer_follow(conn, site, author, uri, *follower, "Accept")?,
        Change::FollowRejected { uri, follower } => answer_follow(conn, site, author, uri, *follower, "Reject")?,
        Change::Blocked { uri, target } => {
            let Some(target) = target_of(conn, *target)? else { return Ok(None) };
            Some(to_one(uri, "Block", author, &target, json!(target.uri)))
        }
        Change::Unblocked { uri, target } => {
            let Some(target) = target_of(conn, *target)? else { return Ok(None) };
            let block = json!({ "id": uri, "type": "Block", "actor": author.uri, "object": target.uri });
            Some(to_one(&format!("{uri}#undo"), "Undo", author, &target, block))
        }
        Change::ActorUpdated => {
            let keys = actors::keys_of(conn, author.id)?;
            let uri = format!("{}#update-{}", author.uri, author.updated_at.0);
            Some(to_followers(conn, author, &uri, "Update", actor_object::to_json(site, author, &keys)?)?)
        }
        Change::ActorDeleted => {
            Some(to_followers(conn, author, &format!("{}#delete", author.uri), "Delete", json!(author.uri))?)
        }
    })
}

fn followers_of(author: &Actor) -> String {
    author.followers_uri.clone().unwrap_or_else(|| format!("{}/followers", author.uri))
}

/// What a post's document says besides the post.
pub fn surroundings(conn: &mut Conn, author: &Actor, post: &FederablePost) -> Result<note::Surroundings> {
    let reach = posts::reach(conn, post)?;
    let mentioned = posts::mentioned(conn, post.id)?;
    let mut mentions = actors::get_many(conn, &mentioned)?;
    mentions.sort_by_key(|actor| actor.id);
    let addressed = actors::get_many(conn, &reach.actors)?.into_iter().map(|actor| actor.uri).collect();
    let hashtags = posts::hashtags_of(conn, post.id)?;
    Ok(note::Surroundings {
        author: author.uri.clone(),
        followers: followers_of(author),
        mentions,
        addressed,
        hashtags,
    })
}

/// Create or Update with the post in it.
pub fn with_object(
    site: &Site,
    author: &Actor,
    post: &FederablePost,
    around: &note::Surroundings,
    kind: &str,
) -> Result<Value> {
    let (to, cc) = around.addressing(post.audience);
    let at = if kind == "Update" { post.edited_at.unwrap_or(post.published_at) } else { post.published_at };
    let id =
        if kind == "Update" { format!("{}#update-{}", post.uri(), at.0) } else { format!("{}#create", post.uri()) };
    Ok(json!({
        "id": id, "type": kind, "actor": author.uri, "published": at.rfc3339(), "to": to, "cc": cc,
        "object": note::to_json(site, post, around)?,
    }))
}

fn publish_post(
    conn: &mut Conn,
    site: &Site,
    author: &Actor,
    post: PostId,
    kind: &'static str,
) -> Result<Option<Outgoing>> {
    let Some(post) = posts::find(conn, post)?.and_then(posts::Post::federable) else { return Ok(None) };
    let around = surroundings(conn, author, &post)?;
    let reach = posts::reach(conn, &post)?;
    let document = with_object(site, author, &post, &around, kind)?;
    let mut inboxes = audience::inboxes(conn, author.id, reach.followers, &reach.actors)?;
    if kind == "Update" {
        inboxes.extend(audience::who_has(conn, post.uri())?);
    }
    Ok(Some(Outgoing {
        uri: document["id"].as_str().unwrap_or_default().to_owned(),
        kind,
        post: Some(post.id),
        audience: Some(post.audience),
        object_uri: Some(post.uri().to_owned()),
        document,
        inboxes: audience::distinct(inboxes),
    }))
}

/// An activity between two actors.
fn to_one(uri: &str, kind: &'static str, author: &Actor, target: &Actor, object: Value) -> Outgoing {
    let object_uri = object.as_str().or_else(|| object["id"].as_str()).map(ToOwned::to_owned);
    Outgoing {
        uri: uri.to_owned(),
        kind,
        post: None,
        audience: None,
        object_uri,
        document: json!({ "id": uri, "type": kind, "actor": author.uri, "to": [target.uri], "object": object }),
        // Likes and follows concern one actor; its own inbox is where they are expected.
        inboxes: audience::distinct(vec![(target.host.clone(), target.inbox.clone())]),
    }
}

/// An activity about an actor itself.
fn to_followers(conn: &mut Conn, author: &Actor, uri: &str, kind: &'static str, object: Value) -> Result<Outgoing> {
    let (to, cc) = note::addressing(Audience::Public, &followers_of(author), &[]);
    Ok(Outgoing {
        uri: uri.to_owned(),
        kind,
        post: None,
        audience: Some(Audience::Public),
        object_uri: Some(author.uri.clone()),
        document: json!({ "id": uri, "type": kind, "actor": author.uri, "to": to, "cc": cc, "object": object }),
        inboxes: audience::inboxes(conn, author.id, true, &[])?,
    })
}

fn announce(
    conn: &mut Conn,
    author: &Actor,
    uri: &str,
    post_uri: &str,
    target: ActorId,
    audience: Audience,
    published: String,
) -> Result<Outgoing> {
    let named: Vec<String> =
        actors::find(conn, target)?.into_iter().filter(|actor| actor.id != author.id).map(|actor| actor.uri).collect();
    let (to, cc) = note::addressing(audience, &followers_of(author), &named);
    Ok(Outgoing {
        uri: uri.to_owned(),
        kind: "Announce",
        post: None,
        audience: Some(audience),
        object_uri: Some(post_uri.to_owned()),
        document: json!({ "id": uri, "type": "Announce", "actor": author.uri, "published": published, "to": to, "cc": cc, "object": post_uri }),
        inboxes: audience::inboxes(conn, author.id, true, &[target])?,
    })
}

/// Accept or Reject with the whole Follow in it: some servers look its parts up, some only its id.
fn answer_follow(
    conn: &mut Conn,
    site: &Site,
    author: &Actor,
    uri: &str,
    follower: ActorId,
    kind: &'static str,
) -> Result<Option<Outgoing>> {
    let Some(follower) = actors::find(conn, follower)?.filter(|actor| !actor.is_local()) else { return Ok(None) };
    let follow = json!({ "id": uri, "type": "Follow", "actor": follower.uri, "object": author.uri });
    // One answer to each Follow: the id is made of what is answered, so that a second run says the same thing.
    let digest =
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, format!("{kind} {} {uri}", author.uri).as_bytes());
    let id = format!(
        "{}/ap/activities/{}-{}",
        site.base_url,
        kind.to_lowercase(),
        hex::encode(digest.as_ref().get(..12).unwrap_or_default())
    );
    Ok(Some(to_one(&id, kind, author, &follower, follow)))
}
