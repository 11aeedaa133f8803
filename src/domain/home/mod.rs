//! The home feed of each person here: rows written when a post arrives, so that reading is one range scan.

use diesel::prelude::*;

use super::{ActorId, Audience, BoostId, PostId};
use crate::{
    db::{
        Among, Json, Timestamp, Tx, first_id_at,
        schema::{accounts, actors, follows, hashtags, home_entries, limited_actors, posts, team_members},
    },
    domain::TeamId,
    error::Result,
    on_conn,
};

/// How many of somebody's latest posts appear at home when one begins to follow them.
const BACKFILL: i64 = 20;

/// A post or a boost, on its way into home feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The post.
    pub post: PostId,
    /// Who wrote it, or who boosted it.
    pub by: ActorId,
    /// The boost, when it is one.
    pub boost: Option<BoostId>,
    /// Whose post it answers, when it does.
    pub reply_to_author: Option<ActorId>,
}

impl Entry {
    fn id(self) -> i64 {
        self.boost.map_or(self.post.0, |boost| boost.0)
    }
}

/// Puts an entry into the home of everyone here who follows its author; replies only where the reader also
/// follows the one who is answered. A post that somebody boosted twice, or follows anyway, is there once.
pub fn deliver_to_followers(tx: &mut Tx<'_>, entry: Entry) -> Result<()> {
    let mut query = follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(entry.by))
        .filter(follows::state.eq("accepted"))
        .filter(actors::host.eq(""))
        .select((follows::follower_id, follows::languages))
        .into_boxed();
    if entry.boost.is_some() {
        query = query.filter(follows::show_boosts.eq(true));
    }
    let followers = query.load(tx.conn())?;
    let followers = who_read_it(tx, entry.post, followers)?;
    let readers = match entry.reply_to_author {
        Some(answered) if answered != entry.by && entry.boost.is_none() && !followers.is_empty() => {
            let also: Vec<ActorId> = follows::table
                .filter(follows::target_id.eq(answered))
                .filter(follows::state.eq("accepted"))
                .filter(follows::follower_id.among(followers.clone()))
                .select(follows::follower_id)
                .load(tx.conn())?;
            followers.into_iter().filter(|reader| *reader == answered || also.contains(reader)).collect()
        }
        _ => followers,
    };
    let readers = if entry.boost.is_some() { without_those_who_have_it(tx, entry.post, readers)? } else { readers };
    deliver(tx, entry, &readers)
}

/// Whether somebody who wants these languages reads one: itself, or the one of which it is a kind, as `pt` is of `pt-BR`.
/// Who wants none in particular reads all of them.
fn reads(wanted: Option<&[String]>, language: &str) -> bool {
    let first = language.split('-').next().unwrap_or_default();
    let is_it = |one: &String| one.eq_ignore_ascii_case(language) || one.eq_ignore_ascii_case(first);
    wanted.is_none_or(|wanted| wanted.iter().any(is_it))
}

/// Those who want to read the language of a post; one that says none is for everybody. Asks for it only where somebody
/// does not read all of them.
fn who_read_it(
    tx: &mut Tx<'_>,
    post: PostId,
    followers: Vec<(ActorId, Option<Json<Vec<String>>>)>,
) -> Result<Vec<ActorId>> {
    let language: Option<String> = if followers.iter().any(|(_, languages)| languages.is_some()) {
        posts::table.find(post).select(posts::language).first(tx.conn())?
    } else {
        None
    };
    let wants = |languages: &Option<Json<Vec<String>>>| {
        let wanted = languages.as_ref().map(|languages| languages.0.as_slice());
        language.as_ref().is_none_or(|language| reads(wanted, language))
    };
    Ok(followers.into_iter().filter(|(_, languages)| wants(languages)).map(|(follower, _)| follower).collect())
}

fn without_those_who_have_it(tx: &mut Tx<'_>, post: PostId, readers: Vec<ActorId>) -> Result<Vec<ActorId>> {
    if readers.is_empty() {
        return Ok(readers);
    }
    let have: Vec<ActorId> = home_entries::table
        .filter(home_entries::post_id.eq(post))
        .filter(home_entries::owner_id.among(readers.clone()))
        .select(home_entries::owner_id)
        .load(tx.conn())?;
    Ok(readers.into_iter().filter(|reader| !have.contains(reader)).collect())
}

/// Puts an entry into the homes of these actors; those that have it keep it.
pub fn deliver(tx: &mut Tx<'_>, entry: Entry, owners: &[ActorId]) -> Result<()> {
    for chunk in owners.chunks(500) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|owner| {
                (
                    home_entries::owner_id.eq(*owner),
                    home_entries::id.eq(entry.id()),
                    home_entries::post_id.eq(entry.post),
                    home_entries::author_id.eq(entry.by),
                    home_entries::boost_id.eq(entry.boost),
                )
            })
            .collect();
        on_conn!(tx.conn(), |c| diesel::insert_into(home_entries::table)
            .values(&rows)
            .on_conflict((home_entries::owner_id, home_entries::id))
            .do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Puts an internal post into the home of every employee, or of every member of the team.
pub fn deliver_inside(tx: &mut Tx<'_>, entry: Entry, team: Option<TeamId>) -> Result<()> {
    let mut query = accounts::table
        .filter(accounts::kind.eq("employee"))
        .filter(accounts::deleted_at.is_null())
        .select(accounts::actor_id)
        .into_boxed();
    if let Some(team) = team {
        let members = team_members::table.filter(team_members::team_id.eq(team)).select(team_members::account_id);
        query = query.filter(accounts::id.eq_any(members));
    }
    let owners: Vec<ActorId> = query.load(tx.conn())?;
    deliver(tx, entry, &owners)
}

/// Puts the latest posts of somebody who is now followed into the follower's home; those in these languages, where some
/// are wanted.
pub fn backfill(tx: &mut Tx<'_>, owner: ActorId, author: ActorId, languages: Option<&[String]>) -> Result<()> {
    let latest: Vec<(PostId, Option<String>)> = posts::table
        .filter(posts::author_id.eq(author))
        .filter(posts::audience.among([Audience::Public, Audience::Unlisted]))
        .filter(posts::reply_to_uri.is_null())
        .order(posts::id.desc())
        .limit(BACKFILL)
        .select((posts::id, posts::language))
        .load(tx.conn())?;
    let wanted = |language: &Option<String>| language.as_ref().is_none_or(|language| reads(languages, language));
    let latest: Vec<PostId> =
        latest.into_iter().filter(|(_, language)| wanted(language)).map(|(post, _)| post).collect();
    if latest.is_empty() {
        return Ok(());
    }
    let entry = |post: PostId| {
        (
            home_entries::owner_id.eq(owner),
            home_entries::id.eq(post.0),
            home_entries::post_id.eq(post),
            home_entries::author_id.eq(author),
        )
    };
    let rows: Vec<_> = latest.into_iter().map(entry).collect();
    on_conn!(tx.conn(), |c| diesel::insert_into(home_entries::table)
        .values(&rows)
        .on_conflict((home_entries::owner_id, home_entries::id))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Puts the latest public posts with a hashtag into the home of somebody who now follows it, of nobody who is limited.
pub fn backfill_tag(tx: &mut Tx<'_>, owner: ActorId, name: &str) -> Result<()> {
    let latest: Vec<(PostId, ActorId)> = hashtags::table
        .inner_join(posts::table.on(posts::id.eq(hashtags::post_id)))
        .filter(hashtags::name.eq(name))
        .filter(posts::audience.eq(Audience::Public))
        .filter(diesel::dsl::not(diesel::dsl::exists(limited_actors::table.find(posts::author_id))))
        .order(hashtags::post_id.desc())
        .limit(BACKFILL)
        .select((posts::id, posts::author_id))
        .load(tx.conn())?;
    for (post, by) in latest {
        deliver(tx, Entry { post, by, boost: None, reply_to_author: None }, &[owner])?;
    }
    Ok(())
}

/// Takes what is at home because of a hashtag alone out of it: public posts of people whom the owner does not follow,
/// without another of the hashtags that the owner follows.
pub fn remove_tag(tx: &mut Tx<'_>, owner: ActorId, name: &str, others: &[String]) -> Result<()> {
    let followed = follows::table
        .filter(follows::follower_id.eq(owner))
        .filter(follows::state.eq("accepted"))
        .select(follows::target_id);
    let other = hashtags::table.filter(hashtags::name.among(others.to_vec())).select(hashtags::post_id);
    let tagged = hashtags::table
        .inner_join(posts::table.on(posts::id.eq(hashtags::post_id)))
        .filter(hashtags::name.eq(name))
        .filter(posts::audience.eq(Audience::Public))
        .select(posts::id);
    diesel::delete(
        home_entries::table
            .filter(home_entries::owner_id.eq(owner))
            .filter(home_entries::author_id.ne(owner))
            .filter(home_entries::boost_id.is_null())
            .filter(home_entries::post_id.eq_any(tagged))
            .filter(diesel::dsl::not(home_entries::author_id.eq_any(followed)))
            .filter(diesel::dsl::not(home_entries::post_id.eq_any(other))),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// From now on the owner reads `author` in other languages: what is in none of them goes from home, and the latest that is
/// comes.
pub fn change_languages(tx: &mut Tx<'_>, owner: ActorId, author: ActorId, languages: Option<&[String]>) -> Result<()> {
    let theirs = home_entries::table
        .inner_join(posts::table.on(posts::id.eq(home_entries::post_id)))
        .filter(home_entries::owner_id.eq(owner))
        .filter(home_entries::author_id.eq(author))
        .filter(posts::language.is_not_null())
        .select((home_entries::id, posts::language.assume_not_null()));
    let theirs: Vec<(i64, String)> = theirs.load(tx.conn())?;
    let unread: Vec<i64> =
        theirs.into_iter().filter(|(_, language)| !reads(languages, language)).map(|(id, _)| id).collect();
    for portion in unread.chunks(500) {
        let gone = home_entries::table.filter(home_entries::owner_id.eq(owner));
        diesel::delete(gone.filter(home_entries::id.among(portion.to_vec()))).execute(tx.conn())?;
    }
    backfill(tx, owner, author, languages)
}

/// Takes everything by `author` out of the owner's home.
pub fn remove_author(tx: &mut Tx<'_>, owner: ActorId, author: ActorId) -> Result<()> {
    diesel::delete(
        home_entries::table.filter(home_entries::owner_id.eq(owner)).filter(home_entries::author_id.eq(author)),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// Takes a boost out of every home.
pub fn remove_boost(tx: &mut Tx<'_>, boost: BoostId, post: PostId) -> Result<()> {
    diesel::delete(home_entries::table.filter(home_entries::post_id.eq(post)).filter(home_entries::boost_id.eq(boost)))
        .execute(tx.conn())?;
    Ok(())
}

/// Takes up to `limit` entries from before a moment out of somebody's home, and what is beyond the latest `keep`.
/// Answers how many.
pub fn prune(tx: &mut Tx<'_>, owner: ActorId, before: Timestamp, keep: i64, limit: i64) -> Result<usize> {
    let mine = home_entries::table.filter(home_entries::owner_id.eq(owner));
    let overflow: Option<i64> =
        mine.order(home_entries::id.desc()).offset(keep).select(home_entries::id).first(tx.conn()).optional()?;
    let below = overflow.map_or(first_id_at(before), |id| first_id_at(before).max(id.saturating_add(1)));
    let old: Vec<i64> = mine
        .filter(home_entries::id.lt(below))
        .order(home_entries::id)
        .limit(limit)
        .select(home_entries::id)
        .load(tx.conn())?;
    Ok(diesel::delete(mine.filter(home_entries::id.among(old))).execute(tx.conn())?)
}
