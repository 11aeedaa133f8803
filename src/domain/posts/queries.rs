//! Looking posts up.

use diesel::prelude::*;

use super::{Audience, Post, Viewer, visible_to};
use crate::{
    db::{
        Among, Conn, Timestamp,
        schema::{
            actors, blocks, hashtags, likes, limited_actors, mentions, mutes, posts, publications, shunned_hosts,
        },
    },
    domain::{ActorId, PostId, TeamId},
    error::{Error, Result},
};

fn missing() -> Error {
    Error::not_found("post.not_found", "There is no such post.")
}

/// The post of this id, whoever asks.
pub fn find(conn: &mut Conn, id: PostId) -> Result<Option<Post>> {
    Ok(posts::table.find(id).select(Post::as_select()).first(conn).optional()?)
}

/// The post of this id, whoever asks, or not found.
pub fn get(conn: &mut Conn, id: PostId) -> Result<Post> {
    find(conn, id)?.ok_or_else(missing)
}

/// The posts of these ids in the order given, whoever asks.
pub fn get_many(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<Post>> {
    let found: Vec<Post> = posts::table.filter(posts::id.among(ids.to_vec())).select(Post::as_select()).load(conn)?;
    Ok(ids.iter().filter_map(|id| found.iter().find(|post| post.id == *id).cloned()).collect())
}

/// The post with this ActivityPub id, whoever asks.
pub fn find_by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Post>> {
    Ok(posts::table.filter(posts::uri.eq(uri)).select(Post::as_select()).first(conn).optional()?)
}

/// The post of this id as far as `viewer` may see it; hidden and missing ones take the same path.
pub fn get_visible(conn: &mut Conn, viewer: &Viewer, id: PostId) -> Result<Post> {
    posts::table
        .filter(posts::id.eq(id))
        .filter(visible_to(viewer))
        .select(Post::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(missing)
}

/// Who is mentioned in these posts for everybody to see, by post and actor.
pub fn mentioned_in(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<(PostId, ActorId)>> {
    Ok(mentions::table
        .filter(mentions::post_id.among(ids.to_vec()))
        .filter(mentions::hidden.eq(false))
        .order((mentions::post_id, mentions::actor_id))
        .select((mentions::post_id, mentions::actor_id))
        .load(conn)?)
}

/// Whom these posts are addressed to by name, by post and actor, and whether nobody else is told.
pub fn addressed_in(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<(PostId, ActorId, bool)>> {
    Ok(mentions::table
        .filter(mentions::post_id.among(ids.to_vec()))
        .order((mentions::post_id, mentions::actor_id))
        .select((mentions::post_id, mentions::actor_id, mentions::hidden))
        .load(conn)?)
}

/// The hashtags of these posts, by post and name.
pub fn hashtags_in(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<(PostId, String)>> {
    Ok(hashtags::table
        .filter(hashtags::post_id.among(ids.to_vec()))
        .order((hashtags::post_id, hashtags::name))
        .select((hashtags::post_id, hashtags::name))
        .load(conn)?)
}

/// Who may read a post without others being told.
pub fn hidden_readers(conn: &mut Conn, id: PostId) -> Result<Vec<ActorId>> {
    Ok(mentions::table
        .filter(mentions::post_id.eq(id))
        .filter(mentions::hidden.eq(true))
        .order(mentions::actor_id)
        .select(mentions::actor_id)
        .load(conn)?)
}

/// Who is mentioned in a post, for everybody to see.
pub fn mentioned(conn: &mut Conn, id: PostId) -> Result<Vec<ActorId>> {
    Ok(mentions::table
        .filter(mentions::post_id.eq(id))
        .filter(mentions::hidden.eq(false))
        .order(mentions::actor_id)
        .select(mentions::actor_id)
        .load(conn)?)
}

/// Direct replies that `viewer` may see, oldest first.
pub fn replies(conn: &mut Conn, viewer: &Viewer, id: PostId, limit: i64) -> Result<Vec<Post>> {
    Ok(posts::table
        .filter(posts::reply_to_id.eq(id))
        .filter(visible_to(viewer))
        .order(posts::id.asc())
        .limit(limit)
        .select(Post::as_select())
        .load(conn)?)
}

/// Whom somebody does not want to hear: those they block, those they mute at the moment, and those in a thread whose
/// server they shun.
pub(super) fn silenced_by(conn: &mut Conn, me: ActorId, thread: PostId, now: Timestamp) -> Result<Vec<ActorId>> {
    let mut silenced: Vec<ActorId> =
        blocks::table.filter(blocks::actor_id.eq(me)).select(blocks::target_id).load(conn)?;
    let muted: Vec<ActorId> = mutes::table
        .filter(mutes::actor_id.eq(me))
        .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)))
        .select(mutes::target_id)
        .load(conn)?;
    silenced.extend(muted);
    let speakers = posts::table.filter(posts::thread_id.eq(thread)).select(posts::author_id);
    let hosts = shunned_hosts::table.filter(shunned_hosts::actor_id.eq(me)).select(shunned_hosts::host);
    let there: Vec<ActorId> = actors::table
        .filter(actors::host.eq_any(hosts))
        .filter(actors::id.eq_any(speakers))
        .select(actors::id)
        .load(conn)?;
    silenced.extend(there);
    Ok(silenced)
}

/// An actor's open posts for its outbox, newest first, below `max_id`.
pub fn local_collection(conn: &mut Conn, author: ActorId, max_id: Option<i64>, limit: i64) -> Result<Vec<Post>> {
    Ok(posts::table
        .filter(posts::author_id.eq(author))
        .filter(posts::audience.among([Audience::Public, Audience::Unlisted]))
        .filter(posts::id.lt(PostId(max_id.unwrap_or(i64::MAX))))
        .order(posts::id.desc())
        .limit(limit)
        .select(Post::as_select())
        .load(conn)?)
}

/// Whether any post is for this team.
pub fn is_said_to(conn: &mut Conn, team: TeamId) -> Result<bool> {
    let said = posts::table.filter(posts::team_id.eq(team));
    Ok(diesel::select(diesel::dsl::exists(said)).get_result(conn)?)
}

/// How many open posts our own people have published; for NodeInfo. Looks at no post from elsewhere.
pub fn count_local(conn: &mut Conn) -> Result<i64> {
    Ok(publications::table
        .filter(publications::audience.among([Audience::Public, Audience::Unlisted]))
        .count()
        .get_result(conn)?)
}

/// Public posts of ours whom search engines may list, found by what we published: among all posts ours are few.
macro_rules! indexable {
    () => {
        publications::table
            .inner_join(posts::table.on(posts::id.eq(publications::post_id)))
            .inner_join(actors::table.on(actors::id.eq(posts::author_id)))
            .filter(publications::audience.eq(Audience::Public))
            .filter(actors::indexable.eq(true))
            .filter(actors::suspended_at.is_null())
            .filter(diesel::dsl::not(diesel::dsl::exists(limited_actors::table.find(actors::id))))
    };
}

/// Public posts of ours whom search engines may list, between two ids, oldest first: the page, and when it last
/// changed.
pub fn list_indexable(conn: &mut Conn, from: i64, before: i64, limit: i64) -> Result<Vec<(String, Timestamp)>> {
    let rows: Vec<(Option<String>, Timestamp, Option<Timestamp>)> = indexable!()
        .filter(publications::post_id.ge(PostId(from)))
        .filter(publications::post_id.lt(PostId(before)))
        .order(publications::post_id.asc())
        .limit(limit)
        .select((posts::url, posts::published_at, posts::edited_at))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(url, published, edited)| Some((url?, edited.unwrap_or(published)))).collect())
}

/// The first of those posts from an id on.
pub fn first_indexable(conn: &mut Conn, from: i64) -> Result<Option<PostId>> {
    Ok(indexable!()
        .filter(publications::post_id.ge(PostId(from)))
        .order(publications::post_id.asc())
        .select(publications::post_id)
        .first(conn)
        .optional()?)
}

/// How many open posts an actor likes.
pub fn count_likes_by(conn: &mut Conn, actor: ActorId) -> Result<i64> {
    Ok(likes::table
        .inner_join(posts::table)
        .filter(likes::actor_id.eq(actor))
        .filter(posts::audience.among([Audience::Public, Audience::Unlisted]))
        .count()
        .get_result(conn)?)
}

/// For whom a post was published to other servers; nothing when it never was. Internal posts never are.
pub fn published_for(conn: &mut Conn, post: PostId) -> Result<Option<Audience>> {
    Ok(publications::table.find(post).select(publications::audience).first(conn).optional()?)
}
