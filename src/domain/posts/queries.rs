//! Looking posts up.

use diesel::prelude::*;

use super::{Audience, Post, Viewer, visible_to};
use crate::{
    db::{
        Conn, Timestamp, octet_length,
        schema::{actors, blocks, hashtags, likes, mentions, mutes, posts, publications, shunned_hosts},
    },
    domain::{ActorId, PostId},
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
    let found: Vec<Post> = posts::table.filter(posts::id.eq_any(ids.to_vec())).select(Post::as_select()).load(conn)?;
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
        .filter(mentions::post_id.eq_any(ids.to_vec()))
        .filter(mentions::hidden.eq(false))
        .order((mentions::post_id, mentions::actor_id))
        .select((mentions::post_id, mentions::actor_id))
        .load(conn)?)
}

/// Whom these posts are addressed to by name, by post and actor, and whether nobody else is told.
pub fn addressed_in(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<(PostId, ActorId, bool)>> {
    Ok(mentions::table
        .filter(mentions::post_id.eq_any(ids.to_vec()))
        .order((mentions::post_id, mentions::actor_id))
        .select((mentions::post_id, mentions::actor_id, mentions::hidden))
        .load(conn)?)
}

/// The hashtags of these posts, by post and name.
pub fn hashtags_in(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<(PostId, String)>> {
    Ok(hashtags::table
        .filter(hashtags::post_id.eq_any(ids.to_vec()))
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

/// How much of a thread is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reach {
    ancestors: usize,
    descendants: usize,
    depth: usize,
}

impl Reach {
    /// As much as Mastodon shows: a thread read by nobody in particular is not an offer to copy it.
    const fn of(viewer: &Viewer) -> Self {
        match viewer {
            Viewer::Local { .. } => Self { ancestors: THREAD, descendants: THREAD, depth: THREAD },
            Viewer::Anonymous | Viewer::Remote(_) => Self { ancestors: 40, descendants: 60, depth: 20 },
        }
    }
}

/// The most posts of a thread that are looked at.
const THREAD: usize = 4096;
/// How many bytes of text are shown of a thread above a post, and below it.
const TEXT: i64 = 2 * 1024 * 1024;

/// A post of a thread, as much as its place needs.
type Row = (PostId, Option<PostId>, ActorId, i32);

/// What stands above and below a post in its thread, as far as `viewer` may see and wants to: ancestors from the root
/// down, descendants in reading order without whom the viewer blocks or mutes and what hangs below them.
pub fn thread(conn: &mut Conn, viewer: &Viewer, post: &Post, now: Timestamp) -> Result<(Vec<PostId>, Vec<PostId>)> {
    let reach = Reach::of(viewer);
    let silenced = match viewer.actor() {
        Some(me) => silenced_by(conn, me, post.thread_id, now)?,
        None => Vec::new(),
    };
    let rows: Vec<Row> = posts::table
        .filter(posts::thread_id.eq(post.thread_id))
        .filter(visible_to(viewer))
        .order(posts::id.asc())
        .limit(i64::try_from(THREAD).unwrap_or(i64::MAX))
        .select((posts::id, posts::reply_to_id, posts::author_id, octet_length(posts::content)))
        .load(conn)?;
    let unwanted: std::collections::HashSet<PostId> =
        rows.iter().filter(|(.., author, _)| silenced.contains(author)).map(|(id, ..)| *id).collect();
    let sizes: std::collections::HashMap<PostId, i32> = rows.iter().map(|(id, .., size)| (*id, *size)).collect();
    let size = |id: &PostId| sizes.get(id).copied().map_or(0, i64::from);
    let rows: Vec<(PostId, Option<PostId>)> = rows.into_iter().map(|(id, parent, ..)| (id, parent)).collect();
    let parents: std::collections::HashMap<PostId, Option<PostId>> = rows.iter().copied().collect();
    let mut children: std::collections::HashMap<PostId, Vec<PostId>> = std::collections::HashMap::new();
    for (id, parent) in &rows {
        if let Some(parent) = parent {
            children.entry(*parent).or_default().push(*id);
        }
    }
    let (mut ancestors, mut above) = (Vec::new(), std::collections::HashSet::new());
    let (mut next, mut bytes) = (post.reply_to_id, 0);
    while let Some(id) = next.filter(|id| parents.contains_key(id) && ancestors.len() < reach.ancestors) {
        bytes += size(&id);
        if bytes > TEXT || !above.insert(id) {
            break;
        }
        ancestors.push(id);
        next = parents.get(&id).copied().flatten();
    }
    ancestors.reverse();
    let mut descendants = Vec::new();
    let mut seen: std::collections::HashSet<PostId> = std::collections::HashSet::from([post.id]);
    let below = |id: PostId, depth: usize| children.get(&id).into_iter().flatten().rev().map(move |id| (*id, depth));
    let mut waiting: Vec<(PostId, usize)> = below(post.id, 1).collect();
    let mut bytes = 0;
    while let Some((id, depth)) = waiting.pop() {
        if descendants.len() >= reach.descendants {
            break;
        }
        if depth > reach.depth || unwanted.contains(&id) || !seen.insert(id) {
            continue;
        }
        bytes += size(&id);
        if bytes > TEXT {
            break;
        }
        descendants.push(id);
        waiting.extend(below(id, depth + 1));
    }
    Ok((ancestors, descendants))
}

/// Whom somebody does not want to hear: those they block, those they mute at the moment, and those in a thread whose
/// server they shun.
fn silenced_by(conn: &mut Conn, me: ActorId, thread: PostId, now: Timestamp) -> Result<Vec<ActorId>> {
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
        .filter(posts::audience.eq_any([Audience::Public, Audience::Unlisted]))
        .filter(posts::id.lt(PostId(max_id.unwrap_or(i64::MAX))))
        .order(posts::id.desc())
        .limit(limit)
        .select(Post::as_select())
        .load(conn)?)
}

/// How many open posts our own people have published; for NodeInfo. Looks at no post from elsewhere.
pub fn count_local(conn: &mut Conn) -> Result<i64> {
    Ok(publications::table
        .filter(publications::audience.eq_any([Audience::Public, Audience::Unlisted]))
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

/// The first and the last of those posts.
pub fn indexable_range(conn: &mut Conn) -> Result<Option<(PostId, PostId)>> {
    let first = indexable!().order(publications::post_id.asc()).select(publications::post_id).first(conn).optional()?;
    let last = indexable!().order(publications::post_id.desc()).select(publications::post_id).first(conn).optional()?;
    Ok(first.zip(last))
}

/// How many open posts an actor has published.
pub fn count_open(conn: &mut Conn, author: ActorId) -> Result<i64> {
    Ok(posts::table
        .filter(posts::author_id.eq(author))
        .filter(posts::audience.eq_any([Audience::Public, Audience::Unlisted]))
        .count()
        .get_result(conn)?)
}

/// How many open posts an actor likes.
pub fn count_likes_by(conn: &mut Conn, actor: ActorId) -> Result<i64> {
    Ok(likes::table
        .inner_join(posts::table)
        .filter(likes::actor_id.eq(actor))
        .filter(posts::audience.eq_any([Audience::Public, Audience::Unlisted]))
        .count()
        .get_result(conn)?)
}

/// For whom a post was published to other servers; nothing when it never was. Internal posts never are.
pub fn published_for(conn: &mut Conn, post: PostId) -> Result<Option<Audience>> {
    Ok(publications::table.find(post).select(publications::audience).first(conn).optional()?)
}
