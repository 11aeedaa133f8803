//! Conversations as their owner may see them.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::{
    db::{
        Among, Conn,
        schema::{conversation_posts, conversations},
    },
    domain::{
        ConversationId, Page, PostId,
        conversations::{self as conversations_area, Conversation},
        posts::{Viewer, keep_visible},
    },
    error::Result,
};

/// How many of the latest posts are looked through for one that may be seen, where the last one may not.
const LOOKED_THROUGH: i64 = 1_000;

/// A conversation as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    /// The conversation.
    pub conversation: Conversation,
    /// The last post of it that its owner may see; nothing when there is none.
    pub last: Option<PostId>,
    /// The number by which it is paged: its last post, seen or not.
    pub place: PostId,
}

/// The conversations of `viewer`, with what was said last first. Four queries at most.
pub fn direct(conn: &mut Conn, viewer: &Viewer, page: &Page) -> Result<Vec<Talk>> {
    let Viewer::Local { actor: owner, .. } = *viewer else { return Ok(Vec::new()) };
    let (above, below) = page.bounds();
    let query = conversations::table
        .filter(conversations::owner_id.eq(owner))
        .filter(conversations::last_post.gt(PostId(above.max(0))))
        .filter(conversations::last_post.lt(PostId(below)))
        .limit(page.limit)
        .select(Conversation::as_select())
        .into_boxed();
    let query = if page.upwards() {
        query.order(conversations::last_post.asc())
    } else {
        query.order(conversations::last_post.desc())
    };
    let mut rows: Vec<Conversation> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    as_seen(conn, viewer, rows)
}

/// One conversation of `viewer`, or not found.
pub fn get_direct(conn: &mut Conn, viewer: &Viewer, id: ConversationId) -> Result<Talk> {
    let owner = viewer.actor().ok_or_else(conversations_area::missing)?;
    let conversation = conversations_area::get(conn, owner, id)?;
    let rows = if conversation.last_post == PostId(0) { Vec::new() } else { vec![conversation] };
    let seen = as_seen(conn, viewer, rows)?;
    seen.into_iter().next().ok_or_else(conversations_area::missing)
}

/// Each with the last post that may be seen: one may have been blocked, or be named no more.
fn as_seen(conn: &mut Conn, viewer: &Viewer, rows: Vec<Conversation>) -> Result<Vec<Talk>> {
    let places: Vec<PostId> = rows.iter().map(|row| row.last_post).collect();
    let seen = keep_visible(conn, viewer, &places)?;
    let unseen: Vec<ConversationId> =
        rows.iter().filter(|row| !seen.contains(&row.last_post)).map(|row| row.id).collect();
    let before = last_before(conn, viewer, &unseen)?;
    let talk = |conversation: Conversation| {
        let place = conversation.last_post;
        let last = if seen.contains(&place) { Some(place) } else { before.get(&conversation.id).copied() };
        Talk { conversation, last, place }
    };
    Ok(rows.into_iter().map(talk).collect())
}

/// The last posts of these conversations that may be seen.
fn last_before(conn: &mut Conn, viewer: &Viewer, ids: &[ConversationId]) -> Result<HashMap<ConversationId, PostId>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let said: Vec<(ConversationId, PostId)> = conversation_posts::table
        .filter(conversation_posts::conversation_id.among(ids.to_vec()))
        .order(conversation_posts::post_id.desc())
        .limit(LOOKED_THROUGH)
        .select((conversation_posts::conversation_id, conversation_posts::post_id))
        .load(conn)?;
    let posts: Vec<PostId> = said.iter().map(|(_, post)| *post).collect();
    let seen: HashSet<PostId> = keep_visible(conn, viewer, &posts)?.into_iter().collect();
    // Of each the last one stays.
    Ok(said.into_iter().rev().filter(|(_, post)| seen.contains(post)).collect())
}
