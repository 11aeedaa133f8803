//! Who reads a post that is edited as plain text.
//!
//! In what is written as text, names are addresses. A client that speaks ActivityPub addresses by id, and a name in the
//! text is a link: where such a post is not open, its readers are others than those whom its text names.

use super::{Addressees, Audience, NewPost, Post, compose::names_in, mentioned};
use crate::{
    db::Conn,
    domain::{ActorId, Site},
    error::Result,
    text::{self, Format},
};

/// The text of a post as its author gets it to edit.
pub fn wording(post: &Post) -> String {
    post.source.clone().unwrap_or_else(|| text::plain(&post.content))
}

/// Whether a post is for others than those whom its text names. Where everybody or the company reads it, names widen
/// nothing.
pub fn is_addressed_apart(conn: &mut Conn, site: &Site, post: &Post) -> Result<bool> {
    if !matches!(post.audience, Audience::Followers | Audience::Direct) {
        return Ok(false);
    }
    let (mut addressed, mut named) = (mentioned(conn, post.id)?, names_in(conn, site, &wording(post))?);
    for people in [&mut addressed, &mut named] {
        people.retain(|actor| *actor != post.author_id);
        people.sort();
    }
    Ok(addressed != named)
}

/// Whom a post names that gets a new text from a client that speaks of nobody otherwise. Nobody who was addressed by
/// other means than the text is lost, and nobody who was only linked becomes a reader; whom the new text names and the
/// old one did not is addressed, as everywhere in that client.
pub fn addressees_of_edit(conn: &mut Conn, site: &Site, old: &Post, new: &NewPost) -> Result<Addressees> {
    if !is_addressed_apart(conn, site, old)? {
        // What was written as HTML names people otherwise than by its text.
        let named = if old.source.is_none() { mentioned(conn, old.id)? } else { Vec::new() };
        return Ok(Addressees { named, ..Addressees::default() });
    }
    let mut named = mentioned(conn, old.id)?;
    if new.format != Format::Html {
        let before = names_in(conn, site, &wording(old))?;
        let fresh = names_in(conn, site, &new.text)?.into_iter().filter(|actor| !before.contains(actor));
        named.extend(fresh.collect::<Vec<ActorId>>());
    }
    Ok(Addressees { named, exactly: true, ..Addressees::default() })
}
