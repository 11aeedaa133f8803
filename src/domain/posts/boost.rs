//! Passing a post on to one's own followers.

use diesel::prelude::*;
use serde_json::json;

use super::{
    Audience, Viewer, boost_visible_to, get_visible,
    like::{lock_deed, viewer_of},
};
use crate::{
    db::{
        Conn, Signal, Timestamp, Tx,
        schema::{boosts, posts},
    },
    domain::{
        ActorId, BoostId, By, Page, PostId, Site,
        audit::{About, Act},
        brands, exposure,
        home::{self, Entry},
        notifications::{self, NotificationKind},
        work::Change,
    },
    error::{Error, Result},
    on_conn,
};

/// A boost.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = boosts)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Boost {
    pub id: BoostId,
    pub actor_id: ActorId,
    pub post_id: PostId,
    /// The id of the Announce activity.
    pub uri: Option<String>,
    pub audience: Audience,
    pub created_at: Timestamp,
}

/// Boosts an open post; authors may also boost what they wrote for their followers. Twice is once. Internal and
/// direct posts cannot be boosted. `published_at` is the time that another server gives.
pub fn boost(
    tx: &mut Tx<'_>,
    site: &Site,
    by: &By,
    id: PostId,
    audience: Audience,
    published_at: Option<Timestamp>,
) -> Result<BoostId> {
    let booster = lock_deed(tx, by, id)?;
    let viewer = viewer_of(tx, by)?;
    let post = get_visible(tx.conn(), &viewer, id)?;
    let own_followers_post = post.audience == Audience::Followers && post.author_id == by.actor();
    if !post.audience.is_open() && !own_followers_post {
        return Err(Error::forbidden("boost.audience", "Only public posts can be boosted."));
    }
    let audience = if own_followers_post || !audience.federates() { post.audience } else { audience };
    if !booster.is_active() {
        return Err(Error::forbidden("actor.suspended", "This account is suspended and cannot boost."));
    }
    let Some(boost) = insert(tx, site, by, id, audience, published_at)? else {
        let known = find_boost_of(tx.conn(), booster.id, id)?;
        return known.map(|known| known.id).ok_or_else(|| Error::internal("a boost that clashes with nothing"));
    };
    brands::act_for(tx, by, Act::PostBoosted, About::Post(id), json!({}))?;
    diesel::update(posts::table.find(id)).set(posts::boosts_count.eq(posts::boosts_count + 1)).execute(tx.conn())?;
    notifications::tell(tx, post.author_id, NotificationKind::Reblog, booster.id, Some(id))?;
    let entry = Entry { post: id, by: booster.id, boost: Some(boost), reply_to_author: None };
    home::deliver_to_followers(tx, entry)?;
    if booster.is_local() {
        home::deliver(tx, entry, &[booster.id])?;
        exposure::ask_and_tell(tx, booster.id, Change::Boosted { boost })?;
    }
    tx.signal(Signal { topic: "boost", kind: "new", id: boost.0 });
    Ok(boost)
}

/// Writes the row; nothing when there is one already. The time of another server may give an id that is taken.
fn insert(
    tx: &mut Tx<'_>,
    site: &Site,
    by: &By,
    post: PostId,
    audience: Audience,
    published_at: Option<Timestamp>,
) -> Result<Option<BoostId>> {
    let now = tx.now();
    for _ in 0..8 {
        let boost = BoostId(match published_at {
            Some(published) if by.is_remote() => tx.id_at(published),
            _ => tx.new_id(),
        });
        let uri = match by {
            By::Remote { activity, .. } => activity.clone(),
            By::Local { .. } => Some(site.activity_uri(boost.0)),
        };
        let inserted = on_conn!(tx.conn(), |c| diesel::insert_into(boosts::table)
            .values((
                boosts::id.eq(boost),
                boosts::actor_id.eq(by.actor()),
                boosts::post_id.eq(post),
                boosts::uri.eq(uri),
                boosts::audience.eq(audience),
                boosts::created_at.eq(published_at.unwrap_or(now).min(now)),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
        if inserted == 1 {
            return Ok(Some(boost));
        }
        if find_boost_of(tx.conn(), by.actor(), post)?.is_some() {
            return Ok(None);
        }
    }
    Err(Error::internal("eight ids in a row were taken"))
}

/// Takes a boost back; answers whether there was one.
pub fn unboost(tx: &mut Tx<'_>, by: &By, id: PostId) -> Result<bool> {
    let Some(boost) = find_boost_of(tx.conn(), by.actor(), id)? else { return Ok(false) };
    home::remove_boost(tx, boost.id, id)?;
    if diesel::delete(boosts::table.find(boost.id)).execute(tx.conn())? == 0 {
        return Ok(false);
    }
    brands::act_for(tx, by, Act::PostUnboosted, About::Post(id), json!({}))?;
    diesel::update(posts::table.find(id)).set(posts::boosts_count.eq(posts::boosts_count - 1)).execute(tx.conn())?;
    let post = super::get(tx.conn(), id)?;
    notifications::forget(tx, post.author_id, NotificationKind::Reblog, by.actor(), Some(id))?;
    if let (false, Some(uri), Some(post_uri)) = (by.is_remote(), boost.uri, post.uri) {
        let change = Change::Unboosted { uri, post_uri, author: post.author_id, audience: boost.audience };
        exposure::tell(tx, by.actor(), change)?;
    }
    tx.signal(Signal { topic: "boost", kind: "delete", id: boost.id.0 });
    Ok(true)
}

/// The boost of this id.
pub fn find_boost(conn: &mut Conn, id: BoostId) -> Result<Option<Boost>> {
    Ok(boosts::table.find(id).select(Boost::as_select()).first(conn).optional()?)
}

/// The boost of `actor` whose activity has this id.
pub fn find_boost_by_uri(conn: &mut Conn, uri: &str, actor: ActorId) -> Result<Option<Boost>> {
    let theirs = boosts::table.filter(boosts::uri.eq(uri)).filter(boosts::actor_id.eq(actor));
    Ok(theirs.select(Boost::as_select()).first(conn).optional()?)
}

/// What `actor` gave to a post.
pub fn find_boost_of(conn: &mut Conn, actor: ActorId, post: PostId) -> Result<Option<Boost>> {
    Ok(boosts::table
        .filter(boosts::post_id.eq(post))
        .filter(boosts::actor_id.eq(actor))
        .select(Boost::as_select())
        .first(conn)
        .optional()?)
}

/// Who boosted a post, as far as `viewer` may know, newest first. Pages by boost id.
pub fn boosters(conn: &mut Conn, viewer: &Viewer, post: PostId, page: &Page) -> Result<Vec<Boost>> {
    let (above, below) = page.bounds();
    let query = boosts::table
        .filter(boosts::post_id.eq(post))
        .filter(boost_visible_to(viewer))
        .filter(boosts::id.gt(BoostId(above)))
        .filter(boosts::id.lt(BoostId(below)))
        .limit(page.limit)
        .select(Boost::as_select())
        .into_boxed();
    let query = if page.upwards() { query.order(boosts::id.asc()) } else { query.order(boosts::id.desc()) };
    let mut rows: Vec<Boost> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}
