//! Flag: another server reports somebody here, and perhaps what they wrote.

use super::{Activity, Applied};
use crate::{
    db::Tx,
    domain::{
        Site,
        actors::{self, Actor},
        posts::{self, Post},
        reports,
    },
    error::Result,
    federation::incoming::values::{id_of, list, text},
    text as floor,
};

/// How many things of one report are looked up.
const OBJECTS: usize = 100;

pub(super) fn apply(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity) -> Result<Applied> {
    let ours: Vec<&str> = list(&activity.document, "object")
        .into_iter()
        .filter_map(id_of)
        .take(OBJECTS)
        .filter(|uri| site.owns(uri))
        .collect();
    let uris: Vec<String> = ours.iter().map(|uri| (*uri).to_owned()).collect();
    let mut target = actors::find_by_uris(tx.conn(), &uris)?.into_iter().find(Actor::is_local);
    let mut theirs: Vec<Post> = Vec::new();
    for uri in ours.iter().take(reports::POSTS + 1) {
        theirs.extend(posts::find_by_uri(tx.conn(), uri)?);
    }
    // Lemmy and mbin name the post alone.
    if let (None, Some(post)) = (&target, theirs.first()) {
        target = Some(actors::get(tx.conn(), post.author_id)?).filter(Actor::is_local);
    }
    let Some(target) = target else { return Ok(Applied::Ignored("a report of nobody here")) };
    let said = ["content", "summary"].iter().find_map(|name| text(&activity.document, name)).unwrap_or_default();
    let said = floor::plain(floor::beginning(said, reports::COMMENT_ELSEWHERE * 4));
    let comment: String = said.chars().take(reports::COMMENT_ELSEWHERE).collect();
    Ok(if reports::arrived(tx, &activity.by(signer), &target, &theirs, &comment)? {
        Applied::Done
    } else {
        Applied::Ignored("too many reports of this server are open")
    })
}
