//! The cards of posts, as far as they may be shown.

use diesel::prelude::*;

use super::{Card, Linked};
use crate::{
    db::{
        Among, Conn, Json,
        schema::{link_cards, post_cards, posts},
    },
    domain::{
        ActorId, Audience, PostId,
        actors::{self, Actor},
        servers,
    },
    error::Result,
};

/// A post, and the card of its page.
type Row = (PostId, Audience, String, Card);

/// The cards that these posts show. Pages that are on blocked servers, or were in the end, have none, nor are those
/// named on others. A post that not everybody may read shows no picture: our address of it would tell whoever asks for
/// it which page the post names. Four queries at most.
pub fn of_posts(conn: &mut Conn, posts: &[PostId]) -> Result<Vec<(PostId, Linked)>> {
    let rows: Vec<(PostId, Audience, String, Option<Json<Card>>)> = post_cards::table
        .inner_join(link_cards::table)
        .inner_join(posts::table)
        .filter(post_cards::post_id.among(posts.to_vec()))
        .filter(link_cards::card.is_not_null())
        .select((post_cards::post_id, posts::audience, link_cards::url, link_cards::card))
        .load(conn)?;
    let card = |(post, audience, url, card): (PostId, Audience, String, Option<Json<Card>>)| {
        Some((post, audience, url, card?.0))
    };
    let rows: Vec<Row> = rows.into_iter().filter_map(card).collect();
    let authors = authors(conn, &rows)?;
    let named = rows.iter().flat_map(|(.., url, card)| [url, &card.author_url, &card.provider_url]);
    let mut hosts: Vec<String> = named.filter_map(|url| servers::origin(url)).collect();
    hosts.extend(rows.iter().map(|(.., card)| card.host.clone()));
    hosts.extend(authors.iter().flat_map(|(author, _)| homes(author)));
    let blocked = servers::blocked_above(conn, &hosts)?;
    let is_blocked = |host: &str| servers::covers(&blocked, host);
    let is_named = |url: &str| servers::origin(url).is_some_and(|host| is_blocked(&host));
    let mut linked = Vec::with_capacity(rows.len());
    for (post, audience, url, mut card) in rows {
        if is_named(&url) || is_blocked(&card.host) {
            continue;
        }
        if !audience.is_open() {
            (card.image, card.photo) = (None, false);
        }
        for named in [&mut card.author_url, &mut card.provider_url] {
            if is_named(named) {
                named.clear();
            }
        }
        let creator = authors.iter().find(|(author, host)| Some(author.id) == card.creator && *host == card.host);
        let creator = creator.filter(|(author, _)| !homes(author).iter().any(|home| is_blocked(home)));
        let creator = creator.map(|(author, _)| author.clone());
        linked.push((post, Linked { url, card, creator }));
    }
    Ok(linked)
}

/// Those whom these pages name as their authors, and who let themselves be named there, each beside the host of the page.
/// Two queries at most.
fn authors(conn: &mut Conn, rows: &[Row]) -> Result<Vec<(Actor, String)>> {
    let named = rows.iter().filter_map(|(.., card)| Some((card.creator?, card.host.clone())));
    let named: Vec<(ActorId, String)> = named.collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ActorId> = named.iter().map(|(actor, _)| *actor).collect();
    let found = actors::get_many(conn, &ids)?;
    let agreed = actors::attributed_among(conn, &named)?;
    let known = |pair: (ActorId, String)| {
        let author = found.iter().find(|actor| actor.id == pair.0 && actor.is_active())?;
        agreed.contains(&pair).then(|| (author.clone(), pair.1))
    };
    Ok(named.into_iter().filter_map(known).collect())
}

/// Where somebody lives, by their handle and by their id.
fn homes(actor: &Actor) -> Vec<String> {
    if actor.is_local() {
        Vec::new()
    } else {
        servers::origin(&actor.uri).into_iter().chain([actor.host.clone()]).collect()
    }
}
