//! Cards: what is shown of the pages that posts link to. There is one for each address, shared by all posts that name
//! it, also where the page has nothing to show: so it is not asked again and again.

mod shown;

use std::time::Duration;

use diesel::{dsl, prelude::*};
use serde::{Deserialize, Serialize};

pub use shown::of_posts;

use super::{ActorId, PostId, actors::Actor, servers, work::Job};
use crate::{
    db::{
        Conn, Json, Later, Signal, Timestamp, Tx,
        schema::{link_cards, post_cards},
    },
    error::{Error, Result},
    on_conn,
};

/// How many cards there are at most.
pub const CARDS: i64 = 100_000;
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
    /// Where it was read in the end: a link may lead on.
    pub host: String,
    /// That is on the company's own domain.
    pub ours: bool,
    /// Whom it names as its author on the Fediverse.
    pub creator: Option<ActorId>,
}

/// A card with the address that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Where the link leads.
    pub url: String,
    /// What is shown of it.
    pub card: Card,
    /// Its author, who lets themselves be named there.
    pub creator: Option<Actor>,
}

/// Who may be asked for a page because of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask<'a> {
    /// Nobody: that somebody asks would tell the page's server of a link that not everybody may know. A card that is
    /// here already is shown.
    Nobody,
    /// Its server, for a post of ours: the id of its author.
    Now(&'a str),
    /// Its server, for a post from elsewhere: the id of its author.
    For(&'a str),
}

impl Ask<'_> {
    /// Who makes us read a page: somebody here, or another server, whoever writes there.
    fn named_by(self) -> String {
        match self {
            Self::Nobody => String::new(),
            Self::Now(author) => author.to_owned(),
            Self::For(author) => servers::origin(author).unwrap_or_default(),
        }
    }
}

/// Shows with a post the card of the page that it links to.
pub fn show(tx: &mut Tx<'_>, post: PostId, url: &str, ask: Ask<'_>) -> Result<()> {
    let (sender, wait) = match ask {
        Ask::Nobody | Ask::Now(_) => (None, 0),
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
        None if may_ask(tx)? => (note(tx, url, &ask.named_by())?, true),
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
fn note(tx: &mut Tx<'_>, url: &str, named_by: &str) -> Result<i64> {
    let (id, now) = (tx.new_id(), tx.now());
    on_conn!(tx.conn(), |c| diesel::insert_into(link_cards::table)
        .values((
            link_cards::id.eq(id),
            link_cards::url.eq(url),
            link_cards::named_by.eq(named_by),
            link_cards::created_at.eq(now),
        ))
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

/// Forgets up to `limit` cards that no post shows; and of more than `most` the oldest ones of whoever made us read most
/// pages, so that nobody's many take the place of others'. Answers how many.
pub fn prune(tx: &mut Tx<'_>, most: i64, limit: i64) -> Result<usize> {
    let before = tx.now().minus(UNUSED);
    let shown = post_cards::table.filter(post_cards::card_id.eq(link_cards::id));
    let mut gone: Vec<i64> = link_cards::table
        .filter(link_cards::created_at.lt(before))
        .filter(dsl::not(dsl::exists(shown)))
        .order(link_cards::id)
        .limit(limit)
        .select(link_cards::id)
        .load(tx.conn())?;
    if gone.is_empty() {
        gone = beyond(tx, most, limit)?;
    }
    Ok(diesel::delete(link_cards::table.filter(link_cards::id.eq_any(gone))).execute(tx.conn())?)
}

/// Up to `limit` of what is beyond so many cards in all.
fn beyond(tx: &mut Tx<'_>, most: i64, limit: i64) -> Result<Vec<i64>> {
    let over = link_cards::table.count().get_result::<i64>(tx.conn())? - most;
    if over <= 0 {
        return Ok(Vec::new());
    }
    let shares: Vec<(String, i64)> = link_cards::table
        .group_by(link_cards::named_by)
        .order(dsl::count_star().desc())
        .limit(2)
        .select((link_cards::named_by, dsl::count_star()))
        .load(tx.conn())?;
    let Some((named_by, count)) = shares.first() else { return Ok(Vec::new()) };
    // Down to what the next one has; who has most then is asked again.
    let share = shares.get(1).map_or(*count, |(_, next)| (count - next).max(1));
    let oldest = link_cards::table.filter(link_cards::named_by.eq(named_by)).order(link_cards::id);
    Ok(oldest.limit(over.min(limit).min(share)).select(link_cards::id).load(tx.conn())?)
}
