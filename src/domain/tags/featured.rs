//! Hashtags that somebody shows on their profile, with how often they used each.

use std::collections::HashMap;

use diesel::{dsl, prelude::*};

use crate::{
    db::{
        Among, Conn, Key, Timestamp, Tx,
        schema::{featured_tags, hashtags, posts},
    },
    domain::{ActorId, Audience},
    error::{Error, Result},
    on_conn,
};

/// How many hashtags somebody shows at most: as many as on Mastodon.
pub const FEATURED: usize = 10;
/// Of how many of the latest posts the hashtags are suggested.
const LATEST: i64 = 200;

/// A hashtag on somebody's profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Featured {
    /// Its number.
    pub id: i64,
    /// The hashtag.
    pub name: String,
    /// In how many open posts of theirs it stands.
    pub posts: i64,
    /// When it stood in one last.
    pub last_post_at: Option<Timestamp>,
}

/// Shows a hashtag on one's profile, and answers its number; nothing when it is there already.
pub fn feature(tx: &mut Tx<'_>, me: ActorId, name: &str) -> Result<Option<i64>> {
    tx.lock(Key("featured_tags", &[me.0]))?;
    let mine = featured_tags::table.filter(featured_tags::actor_id.eq(me));
    if diesel::select(dsl::exists(mine.filter(featured_tags::name.eq(name)))).get_result(tx.conn())? {
        return Ok(None);
    }
    if mine.count().get_result::<i64>(tx.conn())? >= i64::try_from(FEATURED).unwrap_or(i64::MAX) {
        return Err(Error::invalid("tag.featured", format!("At most {FEATURED} hashtags can be featured.")));
    }
    let (id, now) = (tx.new_id(), tx.now());
    on_conn!(tx.conn(), |c| diesel::insert_into(featured_tags::table)
        .values((
            featured_tags::id.eq(id),
            featured_tags::actor_id.eq(me),
            featured_tags::name.eq(name),
            featured_tags::created_at.eq(now),
        ))
        .execute(c))?;
    Ok(Some(id))
}

/// Shows a hashtag no longer; that of somebody else is not there.
pub fn unfeature(tx: &mut Tx<'_>, me: ActorId, id: i64) -> Result<()> {
    let mine = featured_tags::table.filter(featured_tags::actor_id.eq(me)).filter(featured_tags::id.eq(id));
    if diesel::delete(mine).execute(tx.conn())? == 0 {
        return Err(Error::not_found("tag.not_featured", "You do not feature this hashtag."));
    }
    Ok(())
}

/// The same by its name; what is not shown is fine.
pub fn unfeature_by_name(tx: &mut Tx<'_>, me: ActorId, name: &str) -> Result<()> {
    let mine = featured_tags::table.filter(featured_tags::actor_id.eq(me)).filter(featured_tags::name.eq(name));
    diesel::delete(mine).execute(tx.conn())?;
    Ok(())
}

/// What somebody shows, in the order of showing. Two queries.
pub fn featured_by(conn: &mut Conn, actor: ActorId) -> Result<Vec<Featured>> {
    let rows: Vec<(i64, String)> = featured_tags::table
        .filter(featured_tags::actor_id.eq(actor))
        .order(featured_tags::id)
        .select((featured_tags::id, featured_tags::name))
        .load(conn)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<String> = rows.iter().map(|(_, name)| name.clone()).collect();
    let used: Vec<(String, i64, Option<Timestamp>)> = hashtags::table
        .inner_join(posts::table.on(posts::id.eq(hashtags::post_id)))
        .filter(posts::author_id.eq(actor))
        .filter(posts::audience.among([Audience::Public, Audience::Unlisted]))
        .filter(hashtags::name.among(names))
        .group_by(hashtags::name)
        .select((hashtags::name, dsl::count(hashtags::post_id), dsl::max(posts::published_at)))
        .load(conn)?;
    let used: HashMap<String, (i64, Option<Timestamp>)> =
        used.into_iter().map(|(name, posts, last)| (name, (posts, last))).collect();
    let shown = |(id, name): (i64, String)| {
        let (posts, last_post_at) = used.get(&name).copied().unwrap_or_default();
        Featured { id, name, posts, last_post_at }
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// Those of these hashtags that somebody shows.
pub fn featured_among(conn: &mut Conn, actor: ActorId, names: &[String]) -> Result<Vec<String>> {
    Ok(featured_tags::table
        .filter(featured_tags::actor_id.eq(actor))
        .filter(featured_tags::name.among(names.to_vec()))
        .select(featured_tags::name)
        .load(conn)?)
}

/// One of them by its name.
pub fn find_featured(conn: &mut Conn, actor: ActorId, name: &str) -> Result<Option<Featured>> {
    Ok(featured_by(conn, actor)?.into_iter().find(|featured| featured.name == name))
}

/// The hashtags that somebody used most in their latest open posts and does not show, the most used first.
pub fn suggestions(conn: &mut Conn, me: ActorId) -> Result<Vec<String>> {
    let latest: Vec<crate::domain::PostId> = posts::table
        .filter(posts::author_id.eq(me))
        .filter(posts::audience.among([Audience::Public, Audience::Unlisted]))
        .order(posts::id.desc())
        .limit(LATEST)
        .select(posts::id)
        .load(conn)?;
    let shown = featured_tags::table.filter(featured_tags::actor_id.eq(me)).select(featured_tags::name);
    let used: Vec<String> = hashtags::table
        .filter(hashtags::post_id.among(latest))
        .filter(dsl::not(hashtags::name.eq_any(shown)))
        .select(hashtags::name)
        .load(conn)?;
    let mut counts: HashMap<String, usize> = HashMap::new();
    for name in used {
        *counts.entry(name).or_default() += 1;
    }
    let mut ranked: Vec<(String, usize)> = counts.into_iter().collect();
    ranked.sort_by(|(a, most), (b, more)| more.cmp(most).then_with(|| a.cmp(b)));
    Ok(ranked.into_iter().take(FEATURED).map(|(name, _)| name).collect())
}
