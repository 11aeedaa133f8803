//! Cards: what is shown of the pages that posts link to. There is one for each address, shared by all posts that name
//! it, also where the page has nothing to show: so it is not asked again and again.

mod shown;

use std::time::Duration;

use diesel::{dsl, prelude::*, sql_query, sql_types::BigInt};
use serde::{Deserialize, Serialize};

pub use shown::of_posts;

use super::{ActorId, PostId, actors::Actor, servers, work::Job};
use crate::{
    db::{
        Among, Conn, Json, Later, Signal, Timestamp, Tx,
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
/// How long the first question for a page is waited for, which tries more than once, before another post asks again.
const PATIENCE: Duration = Duration::from_secs(3600);
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
    /// Whom it names as its author on the Fediverse, by their handle.
    pub named: Option<String>,
    /// Who that is.
    pub creator: Option<ActorId>,
    /// The host of the handle, when it did not answer: it is asked again.
    #[serde(skip)]
    pub creator_home: Option<String>,
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
        Some(page) => {
            // Pages that many speak of are named again before they were read: nobody asks twice for others' posts.
            let waits = page.asked_at.is_none() && tx.now().since(page.created_at) < PATIENCE;
            let due = page.is_due(tx.now()) && !(waits && matches!(ask, Ask::For(_)));
            (page.id, due && may_ask(tx)?)
        }
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

/// What is known of a page before its card is read.
#[derive(Queryable)]
struct Page {
    id: i64,
    created_at: Timestamp,
    /// When it answered last.
    asked_at: Option<Timestamp>,
    /// It had something to show.
    found: bool,
}

impl Page {
    fn is_due(&self, now: Timestamp) -> bool {
        self.asked_at.is_none_or(|at| now.since(at) >= if self.found { FRESH } else { AGAIN })
    }
}

fn find(conn: &mut Conn, url: &str) -> Result<Option<Page>> {
    let columns = (link_cards::id, link_cards::created_at, link_cards::asked_at, link_cards::card.is_not_null());
    Ok(link_cards::table.filter(link_cards::url.eq(url)).select(columns).first(conn).optional()?)
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

/// Whether the page at an address is to be read: a post names it, and it was not read lately.
pub fn is_wanted(conn: &mut Conn, url: &str, now: Timestamp) -> Result<bool> {
    Ok(find(conn, url)?.is_some_and(|page| page.is_due(now)))
}

/// Keeps what a page has to show, and shows it with the posts that name it. A page that has nothing keeps the card that
/// it had.
pub fn settle(tx: &mut Tx<'_>, url: &str, card: Option<&Card>) -> Result<()> {
    let Some(Page { id, .. }) = find(tx.conn(), url)? else { return Ok(()) };
    diesel::update(link_cards::table.find(id)).set(link_cards::asked_at.eq(tx.now())).execute(tx.conn())?;
    let Some(card) = card else { return Ok(()) };
    let known: Option<Json<Card>> = link_cards::table.find(id).select(link_cards::card).first(tx.conn())?;
    let mut card = card.clone();
    if let Some(known) = &known {
        if card.creator_home.is_some() && known.0.named == card.named {
            card.creator = known.0.creator;
        }
        if known.0 == card {
            return Ok(());
        }
    }
    keep(tx, id, &card)?;
    match &card.creator_home {
        Some(home) if card.creator.is_none() => tx.defer(&Job::FindCreator { url: url.to_owned(), home: home.clone() }),
        _ => Ok(()),
    }
}

/// Keeps a card, and shows it with the posts that name its page.
fn keep(tx: &mut Tx<'_>, id: i64, card: &Card) -> Result<()> {
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

/// Whom the page at an address names, where nobody knows yet who that is, and the host of the page.
pub fn unfound_creator(conn: &mut Conn, url: &str) -> Result<Option<(String, String)>> {
    let known: Option<Option<Json<Card>>> =
        link_cards::table.filter(link_cards::url.eq(url)).select(link_cards::card).first(conn).optional()?;
    let card = known.flatten().map(|card| card.0).filter(|card| card.creator.is_none());
    Ok(card.and_then(|card| Some((card.named?, card.host))))
}

/// Keeps who that is, if the page still names them.
pub fn found_creator(tx: &mut Tx<'_>, url: &str, named: &str, creator: ActorId) -> Result<()> {
    let Some(Page { id, .. }) = find(tx.conn(), url)? else { return Ok(()) };
    let known: Option<Json<Card>> = link_cards::table.find(id).select(link_cards::card).first(tx.conn())?;
    let Some(card) = known.map(|card| card.0).filter(|card| card.named.as_deref() == Some(named)) else {
        return Ok(());
    };
    keep(tx, id, &Card { creator: Some(creator), ..card })
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
    Ok(diesel::delete(link_cards::table.filter(link_cards::id.among(gone))).execute(tx.conn())?)
}

/// Up to `limit` of what is beyond so many cards in all: first those that have most newer ones of whoever made us read
/// them, so that all who have too many come down to the same number. One query, however many those are.
fn beyond(tx: &mut Tx<'_>, most: i64, limit: i64) -> Result<Vec<i64>> {
    let over = link_cards::table.count().get_result::<i64>(tx.conn())? - most;
    if over <= 0 {
        return Ok(Vec::new());
    }
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    let places = "SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY named_by ORDER BY id DESC) AS place \
                  FROM link_cards) AS placed ORDER BY place DESC, id LIMIT ";
    // A number of ours: the two databases write what is bound differently.
    let query = format!("{places}{}", over.min(limit));
    let found: Vec<Found> = on_conn!(tx.conn(), |c| sql_query(&query).load(c))?;
    Ok(found.into_iter().map(|found| found.id).collect())
}
