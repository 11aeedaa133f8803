//! Taking back a Follow, Like, Announce or Block, by its id or embedded.

use serde_json::Value;

use super::{
    said::{Said, inner_id},
    submissions,
};
use crate::{
    app::App,
    db::Conn,
    domain::{
        ActorId,
        accounts::Session,
        actors,
        follows::{self, Block, Follow},
        posts::{self, Boost, Like},
        work::Change,
    },
    error::{Error, Result},
    federation::{
        incoming::values::{id_of, kind},
        outbound,
    },
};

/// What was done and can be taken back.
enum Deed {
    Follow(Follow),
    Like(Like),
    Boost(Boost),
    Block(Block),
}

/// Takes back what this actor did; a second time, by the same id, answers the same.
pub(super) async fn undo(app: &App, me: &Session, said: &Said) -> Result<String> {
    let (me, site, object) = (me.clone(), app.site.clone(), said.object().clone());
    app.db
        .write(move |tx| {
            let by = me.by();
            let Some(deed) = find(tx.conn(), by.actor(), &object)? else {
                let again = id_of(&object).map(|uri| outbound::undo_uri(&site, uri));
                return match again {
                    Some(undo) if submissions::is_kept(tx.conn(), by.actor(), &undo)? => Ok(undo),
                    _ => Err(missing()),
                };
            };
            me.need(deed.scope())?;
            let change = deed.change(tx.conn())?.ok_or_else(missing)?;
            match &deed {
                Deed::Follow(follow) => follows::unfollow(tx, &by, follow.target_id)?,
                Deed::Like(like) => posts::unlike(tx, &by, like.post_id).map(|_| ())?,
                Deed::Boost(boost) => posts::unboost(tx, &by, boost.post_id).map(|_| ())?,
                Deed::Block(block) => follows::unblock(tx, &by, block.target_id)?,
            }
            submissions::keep(tx, &site, by.actor(), &change)
        })
        .await
}

fn missing() -> Error {
    Error::not_found(
        "activity.not_found",
        "You have no such Follow, Like, Announce or Block. A post is taken back by Delete.",
    )
}

impl Deed {
    const fn scope(&self) -> &'static str {
        match self {
            Self::Follow(_) => "write:follows",
            Self::Like(_) => "write:favourites",
            Self::Boost(_) => "write:statuses",
            Self::Block(_) => "write:blocks",
        }
    }

    /// What taking it back will be told as.
    fn change(&self, conn: &mut Conn) -> Result<Option<Change>> {
        Ok(match self {
            Self::Follow(follow) => {
                follow.uri.clone().map(|uri| Change::FollowUndone { uri, target: follow.target_id })
            }
            Self::Block(block) => block.uri.clone().map(|uri| Change::Unblocked { uri, target: block.target_id }),
            Self::Like(like) => {
                let post = posts::get(conn, like.post_id)?;
                let uris = like.uri.clone().zip(post.uri);
                uris.map(|(uri, post_uri)| Change::Unliked { uri, post_uri, author: post.author_id })
            }
            Self::Boost(boost) => {
                let post = posts::get(conn, boost.post_id)?;
                let uris = boost.uri.clone().zip(post.uri);
                uris.map(|(uri, post_uri)| Change::Unboosted {
                    uri,
                    post_uri,
                    author: post.author_id,
                    audience: boost.audience,
                })
            }
        })
    }
}

/// What `me` did that this names: by its id, else by type and object.
fn find(conn: &mut Conn, me: ActorId, object: &Value) -> Result<Option<Deed>> {
    if let Some(uri) = id_of(object) {
        if let Some(follow) = follows::find_by_uri(conn, uri, me)? {
            return Ok(Some(Deed::Follow(follow)));
        }
        if let Some(like) = posts::find_like_by_uri(conn, uri, me)? {
            return Ok(Some(Deed::Like(like)));
        }
        if let Some(boost) = posts::find_boost_by_uri(conn, uri, me)? {
            return Ok(Some(Deed::Boost(boost)));
        }
        return Ok(follows::find_block_by_uri(conn, uri, me)?.map(Deed::Block));
    }
    let Some(target) = inner_id(object) else { return Ok(None) };
    let known = |kind: &str| matches!(kind, "Follow" | "Like" | "Announce" | "Block");
    Ok(match kind(object, known) {
        "Follow" => match actors::find_by_uri(conn, target)? {
            Some(target) => follows::find_between(conn, me, target.id)?.map(Deed::Follow),
            None => None,
        },
        "Block" => match actors::find_by_uri(conn, target)? {
            Some(target) => follows::find_block(conn, me, target.id)?.map(Deed::Block),
            None => None,
        },
        "Like" => match posts::find_by_uri(conn, target)? {
            Some(post) => posts::find_like_of(conn, me, post.id)?.map(Deed::Like),
            None => None,
        },
        "Announce" => match posts::find_by_uri(conn, target)? {
            Some(post) => posts::find_boost_of(conn, me, post.id)?.map(Deed::Boost),
            None => None,
        },
        _ => None,
    })
}
