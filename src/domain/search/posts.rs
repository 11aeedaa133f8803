//! Posts by what they say.

use diesel::{dsl, prelude::*};

use super::{
    handle,
    wording::{Place, Wording},
};
use crate::{
    db::{
        Conn, Timestamp,
        schema::{
            actors as actors_table, blocks, bookmarks, follows, likes, limited_actors, mentions, mutes, posts,
            shunned_hosts,
        },
    },
    domain::{
        ActorId, Page, PostId, Site, actors,
        posts::{Audience, Viewer, visible_to},
        words::{Condition, Mark, Sought},
    },
    error::Result,
};

/// Posts that `viewer` may find by what they say, newest first: what they wrote, like or keep, what names them, and
/// public posts of authors who want to be found. Of others' posts that not everybody may read nobody else finds any, nor
/// anything by whom they block or mute. By one author alone where `only` says so. Nothing without signing in.
///
/// One query, and one for each author that is named.
pub fn posts(
    conn: &mut Conn,
    site: &Site,
    viewer: &Viewer,
    typed: &str,
    only: Option<ActorId>,
    page: &Page,
    (offset, now): (i64, Timestamp),
) -> Result<Vec<PostId>> {
    let Some(me) = viewer.actor() else { return Ok(Vec::new()) };
    let wording = Wording::read(typed);
    if wording.is_empty() {
        return Ok(Vec::new());
    }
    let sought = sought(conn, site, me, wording, only, page)?;
    let query = posts::table
        .filter(sought.condition(conn))
        .filter(visible_to(viewer))
        .filter(may_find(me))
        .filter(wants(me, now))
        .limit(page.limit)
        .offset(offset)
        .select(posts::id)
        .into_boxed();
    let query = if page.upwards() { query.order(posts::id.asc()) } else { query.order(posts::id.desc()) };
    let mut found: Vec<PostId> = query.load(conn)?;
    if page.upwards() {
        found.reverse();
    }
    Ok(found)
}

fn sought(
    conn: &mut Conn,
    site: &Site,
    me: ActorId,
    wording: Wording,
    only: Option<ActorId>,
    page: &Page,
) -> Result<Sought> {
    let (above, below) = page.bounds();
    let mut sought = Sought {
        words: wording.words,
        beginnings: wording.beginnings,
        marks: wording.marks,
        any: match wording.place {
            Place::All => vec![Mark::Open, Mark::From(me), Mark::To(me), Mark::Kept(me)],
            Place::Library => vec![Mark::From(me), Mark::To(me), Mark::Kept(me)],
            Place::Public => vec![Mark::Open],
        },
        without_words: wording.without_words,
        without_marks: wording.without_marks,
        above: wording.above.max(PostId(above)),
        below: wording.below.min(PostId(below)),
    };
    sought.marks.extend(only.map(Mark::From));
    for name in &wording.from {
        sought.marks.push(Mark::From(named(conn, site, me, name)?));
    }
    for name in &wording.not_from {
        sought.without_marks.push(Mark::From(named(conn, site, me, name)?));
    }
    Ok(sought)
}

/// Whom an operator names; somebody who wrote nothing when there is nobody.
fn named(conn: &mut Conn, site: &Site, me: ActorId, name: &str) -> Result<ActorId> {
    if name == "me" {
        return Ok(me);
    }
    let (username, host) = handle(site, name);
    let found = actors::find_by_handle(conn, username, host.unwrap_or_default())?;
    Ok(found.map_or(ActorId(0), |actor| actor.id))
}

/// What the words of a post were kept for, asked again: what was liked or kept then may be so no more, and who wanted to
/// be found may not.
fn may_find(me: ActorId) -> Condition {
    let named = mentions::table.filter(mentions::post_id.eq(posts::id)).filter(mentions::actor_id.eq(me));
    let liked = likes::table.filter(likes::post_id.eq(posts::id)).filter(likes::actor_id.eq(me));
    let kept = bookmarks::table.filter(bookmarks::post_id.eq(posts::id)).filter(bookmarks::actor_id.eq(me));
    let willing =
        actors_table::table.filter(actors_table::id.eq(posts::author_id)).filter(actors_table::indexable.eq(true));
    let open = posts::audience.eq(Audience::Public).and(dsl::exists(willing));
    let own = posts::author_id.eq(me);
    Box::new(own.or(open).or(dsl::exists(named)).or(dsl::exists(liked)).or(dsl::exists(kept)))
}

/// Nothing by whom somebody blocks, mutes, or shuns the server of, nor by who is limited and not followed.
fn wants(me: ActorId, now: Timestamp) -> Condition {
    let blocked = blocks::table.filter(blocks::actor_id.eq(me)).select(blocks::target_id);
    let muted = mutes::table
        .filter(mutes::actor_id.eq(me))
        .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)))
        .select(mutes::target_id);
    let shunned = actors_table::table
        .inner_join(shunned_hosts::table.on(shunned_hosts::host.eq(actors_table::host)))
        .filter(actors_table::id.eq(posts::author_id))
        .filter(shunned_hosts::actor_id.eq(me));
    let followed = follows::table
        .filter(follows::follower_id.eq(me))
        .filter(follows::state.eq("accepted"))
        .select(follows::target_id);
    let limited = dsl::exists(limited_actors::table.find(posts::author_id))
        .and(posts::author_id.ne(me))
        .and(dsl::not(posts::author_id.eq_any(followed)));
    let unwanted = posts::author_id.eq_any(blocked).or(posts::author_id.eq_any(muted)).or(dsl::exists(shunned));
    Box::new(dsl::not(unwanted.or(limited)))
}
