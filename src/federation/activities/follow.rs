//! Follow and what answers it; Block.

use serde_json::Value;

use super::{Activity, Applied, create::inner_id};
use crate::{
    db::Tx,
    domain::{
        Site,
        actors::{self, Actor},
        follows::{self, Follow, Wishes},
    },
    error::Result,
    federation::incoming::values::{id, id_of, list},
};

/// One of our own actors, as an object.
fn ours(tx: &mut Tx<'_>, object: Option<&str>) -> Result<Option<Actor>> {
    let Some(uri) = object else { return Ok(None) };
    Ok(actors::find_by_uri(tx.conn(), uri)?.filter(|actor| actor.is_local() && actor.is_active()))
}

pub(super) fn follow(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity) -> Result<Applied> {
    let Some(target) = ours(tx, activity.object_id())? else { return Ok(Applied::Ignored("not one of ours")) };
    follows::request(tx, site, &activity.by(signer), target.id, &Wishes::default())?;
    Ok(Applied::Done)
}

/// Accept or Reject of a follow that one of ours asked for. Counts only from whom we asked.
pub(super) fn answer(tx: &mut Tx<'_>, signer: &Actor, activity: &Activity, yes: bool) -> Result<Applied> {
    let Some(follow) = asked(tx, signer, activity.object())? else { return Ok(Applied::Ignored("we did not ask")) };
    let counted = if yes {
        follows::accepted_elsewhere(tx, signer.id, follow.follower_id)?
    } else {
        follows::rejected_elsewhere(tx, signer.id, follow.follower_id)?
    };
    Ok(if counted { Applied::Done } else { Applied::Ignored("we did not ask") })
}

/// The follow of one of ours that is answered: by its id, or by who and whom.
fn asked(tx: &mut Tx<'_>, signer: &Actor, object: &Value) -> Result<Option<Follow>> {
    let object = match object {
        Value::Array(items) => items.first().unwrap_or(&Value::Null),
        other => other,
    };
    if let Some(uri) = id_of(object)
        && let Some(follow) = follows::find_asked(tx.conn(), uri, signer.id)?
    {
        return Ok(Some(follow));
    }
    let follower = ours(tx, id(object, "actor"))?;
    match follower {
        Some(follower) if inner_id(object) == Some(signer.uri.as_str()) => {
            follows::find_between(tx.conn(), follower.id, signer.id)
        }
        _ => Ok(None),
    }
}

pub(super) fn block(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity) -> Result<Applied> {
    let object = list(&activity.document, "object").into_iter().find_map(id_of);
    let Some(target) = ours(tx, object)? else { return Ok(Applied::Ignored("not one of ours")) };
    follows::block(tx, site, &activity.by(signer), target.id)?;
    Ok(Applied::Done)
}
