//! Cards: what is shown of the pages that posts link to. There is one for each address, shared by all posts that name
//! it, also where the page has nothing to show: so it is not asked again and again.

use std::time::Duration;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Audience, PostId, servers, work::Job};
use crate::{
    db::{
        Conn, Json, Later, Signal, Timestamp, Tx,
        schema::{link_cards, post_cards, posts},
    },
    error::{Error, Result},
    on_conn,
};

/// How many cards there are at most; the oldest go.
const CARDS: i64 = 100_000;
/// After this time a page is read again for the next post that names it.
const FRESH: Duration = Duration::from_secs(14 * 24 * 3600);
/// The same where it had nothing to show.
const AGAIN: Duration = Duration::from_secs(24 * 3600);
/// How long a card is kept that no post shows.
const UNUSED: Duration = Duration::from_secs(24 * 3600);
/// How many pages that one server's posts name may wait to be read.
pub const WAITING: i64 = 1_000;
/// How many posts are shown anew when the card of their link is there: the latest.
const SHOWN: i64 = 40;
/// Over how many seconds servers that get the same post spread their questions.
const SPREAD: i64 = 30;

/// What is shown of a page: plain text, and web addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Card {
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Who publishes it.
    pub provider: String,
    /// Where that is.
    pub provider_url: String,
    /// Who wrote it.
    pub author: String,
    /// Where that is.
    pub author_url: String,
    /// A picture of it, wherever that is.
    pub image: Option<String>,
    /// What the picture shows.
    pub image_description: String,
    /// Width and height of the picture.
    pub size: Option<(u32, u32)>,
    /// The page is nothing but the picture.
    pub photo: bool,
    /// The language that it is in.
    pub language: Option<String>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
}

/// A card with the address that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Where the link leads.
    pub url: String,
    /// What is shown of it.
    pub card: Card,
}

/// Who may be asked for a page because of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask<'a> {
    /// Nobody: that somebody asks would tell the page's server of a link that not everybody may know. A card that is
    /// here already is shown.
    Nobody,
    /// Its server, for a post of ours.
    Now,
    /// Its server, for a post from elsewhere: the id of its author.
    For(&'a str),
}

/// Shows with a post the card of the page that it links to.
pub fn show(tx: &mut Tx<'_>, post: PostId, url: &str, ask: Ask<'_>) -> Result<()> {
    let (sender, wait) = match ask {
        Ask::Nobody | Ask::Now => (None, 0),
        Ask::For(author) => (Some(author.to_owned()), u8::try_from(post.0.rem_euclid(SPREAD)).unwrap_or(0)),
    };
    let job = Job::FetchCard { url: url.to_owned(), sender, wait };
    let may_ask = |tx: &mut Tx<'_>| {
        Ok::<_, Error>(match job.origin() {
            _ if ask == Ask::Nobody => false,
            Some(origin) => tx.waiting_for(&origin, job.kind())?.0 < WAITING,
            None => true,
        })
    };
    let (card, due) = match find(tx.conn(), url)? {
        Some((card, asked_at, found)) => (card, is_due(asked_at, found, tx.now()) && may_ask(tx)?),
        None if may_ask(tx)? => (note(tx, url)?, true),
        None => return hide(tx, post),
    };
    on_conn!(tx.conn(), |c| diesel::insert_into(post_cards::table)
        .values((post_cards::post_id.eq(post), post_cards::card_id.eq(card)))
        .on_conflict(post_cards::post_id)
        .do_update()
        .set(post_cards::card_id.eq(card))
        .execute(c))?;
    if due { tx.defer(&job) } else { Ok(()) }
}

/// Shows no card with a post any more.
pub fn hide(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    diesel::delete(post_cards::table.find(post)).execute(tx.conn())?;
    Ok(())
}

/// The row of an address: when its page was asked for, and whether it had something to show.
type Row = (i64, Option<Timestamp>, bool);

fn find(conn: &mut Conn, url: &str) -> Result<Option<Row>> {
    let row = link_cards::table.filter(link_cards::url.eq(url));
    Ok(row.select((link_cards::id, link_cards::asked_at, link_cards::card.is_not_null())).first(conn).optional()?)
}

/// Writes an address down of which nothing is known; somebody else may do so at this moment.
fn note(tx: &mut Tx<'_>, url: &str) -> Result<i64> {
    let (id, now) = (tx.new_id(), tx.now());
    on_conn!(tx.conn(), |c| diesel::insert_into(link_cards::table)
        .values((link_cards::id.eq(id), link_cards::url.eq(url), link_cards::created_at.eq(now)))
        .on_conflict(link_cards::url)
        .do_nothing()
        .execute(c))?;
    Ok(link_cards::table.filter(link_cards::url.eq(url)).select(link_cards::id).first(tx.conn())?)
}

fn is_due(asked_at: Option<Timestamp>, found: bool, now: Timestamp) -> bool {
    asked_at.is_none_or(|at| now.since(at) >= if found { FRESH } else { AGAIN })
}

/// Whether the page at an address is to be read: a post names it, and it was not read lately.
pub fn is_wanted(conn: &mut Conn, url: &str, now: Timestamp) -> Result<bool> {
    Ok(find(conn, url)?.is_some_and(|(_, asked_at, found)| is_due(asked_at, found, now)))
}

/// Keeps what a page has to show, and shows it with the posts that name it. A page that has nothing keeps the card that
/// it had.
pub fn settle(tx: &mut Tx<'_>, url: &str, card: Option<&Card>) -> Result<()> {
    let Some((id, ..)) = find(tx.conn(), url)? else { return Ok(()) };
    diesel::update(link_cards::table.find(id)).set(link_cards::asked_at.eq(tx.now())).execute(tx.conn())?;
    let Some(card) = card else { return Ok(()) };
    let known: Option<Json<Card>> = link_cards::table.find(id).select(link_cards::card).first(tx.conn())?;
    if known.is_some_and(|known| known.0 == *card) {
        return Ok(());
    }
    diesel::update(link_cards::table.find(id)).set(link_cards::card.eq(Json(card.clone()))).execute(tx.conn())?;
    let posts: Vec<PostId> = post_cards::table
        .filter(post_cards::card_id.eq(id))
        .order(post_cards::post_id.desc())
        .limit(SHOWN)
        .select(post_cards::post_id)
        .load(tx.conn())?;
    for post in posts {
        tx.signal(Signal { topic: "post", kind: "card", id: post.0 });
    }
    Ok(())
}

/// The cards that these posts show. Pages of blocked servers have none, nor are those named on others. A post that not
/// everybody may read shows no picture: our address of it would tell whoever asks for it which page the post names. Two
/// queries at most.
pub fn of_posts(conn: &mut Conn, posts: &[PostId]) -> Result<Vec<(PostId, Linked)>> {
    let rows: Vec<(PostId, Audience, String, Option<Json<Card>>)> = post_cards::table
        .inner_join(link_cards::table)
        .inner_join(posts::table)
        .filter(post_cards::post_id.eq_any(posts.to_vec()))
        .filter(link_cards::card.is_not_null())
        .select((post_cards::post_id, posts::audience, link_cards::url, link_cards::card))
        .load(conn)?;
    let named = rows.iter().flat_map(|(_, _, url, card)| {
        let card = card.as_ref().map(|card| &card.0);
        [Some(url), card.map(|card| &card.author_url), card.map(|card| &card.provider_url)]
    });
    let hosts: Vec<String> = named.flatten().filter_map(|url| servers::origin(url)).collect();
    let blocked = servers::blocked_above(conn, &hosts)?;
    let is_blocked = |url: &str| servers::origin(url).is_some_and(|host| servers::covers(&blocked, &host));
    let mut linked = Vec::with_capacity(rows.len());
    for (post, audience, url, card) in rows {
        let Some(Json(mut card)) = card.filter(|_| !is_blocked(&url)) else { continue };
        if !audience.is_open() {
            (card.image, card.photo) = (None, false);
        }
        for named in [&mut card.author_url, &mut card.provider_url] {
            if is_blocked(named) {
                named.clear();
            }
        }
        linked.push((post, Linked { url, card }));
    }
    Ok(linked)
}

/// Forgets up to `limit` cards that no post shows, and the oldest of too many; answers how many.
pub fn prune(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let before = tx.now().minus(UNUSED);
    let shown = post_cards::table.filter(post_cards::card_id.eq(link_cards::id));
    let mut gone: Vec<i64> = link_cards::table
        .filter(link_cards::created_at.lt(before))
        .filter(diesel::dsl::not(diesel::dsl::exists(shown)))
        .order(link_cards::id)
        .limit(limit)
        .select(link_cards::id)
        .load(tx.conn())?;
    if gone.is_empty() {
        let over = link_cards::table.count().get_result::<i64>(tx.conn())? - CARDS;
        let oldest = link_cards::table.order(link_cards::id).limit(over.clamp(0, limit)).select(link_cards::id);
        gone = oldest.load(tx.conn())?;
    }
    Ok(diesel::delete(link_cards::table.filter(link_cards::id.eq_any(gone))).execute(tx.conn())?)
}
