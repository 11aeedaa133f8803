//! The page that a post links to, of which a card is shown.

use super::{Audience, Draft, Post};
use crate::{
    db::Tx,
    domain::{
        By, PostId, Site,
        actors::{self, Actor},
        cards::{self, Ask},
    },
    error::Result,
    text,
};

/// The first page that a text links to, unless it is one of ours or the post that this one quotes.
pub fn first_link(site: &Site, html: &str, quoted: Option<&str>) -> Option<String> {
    text::links(html).into_iter().find(|link| !site.owns(link) && quoted != Some(link))
}

/// Shows the card of a new post.
pub(super) fn show(tx: &mut Tx<'_>, by: &By, author: &Actor, id: PostId, draft: &Draft) -> Result<()> {
    match &draft.link {
        Some(link) => cards::show(tx, id, link, whom_to_ask(by, &author.uri, draft.audience)),
        None => Ok(()),
    }
}

/// The same for a post that says something else now.
pub(super) fn show_again(tx: &mut Tx<'_>, by: &By, old: &Post, draft: &Draft) -> Result<()> {
    if old.content == draft.content {
        return Ok(());
    }
    let Some(link) = &draft.link else { return cards::hide(tx, old.id) };
    let author = actors::get(tx.conn(), old.author_id)?;
    cards::show(tx, old.id, link, whom_to_ask(by, &author.uri, old.audience))
}

/// Only what everybody may read makes us ask somebody: a link that few should know may be all that protects a page, and
/// a question tells the page's server that it was passed on, and to whom.
fn whom_to_ask<'a>(by: &By, author: &'a str, audience: Audience) -> Ask<'a> {
    match (audience.is_open(), by) {
        (false, _) => Ask::Nobody,
        (true, By::Local { .. }) => Ask::Now(author),
        (true, By::Remote { .. }) => Ask::For(author),
    }
}
