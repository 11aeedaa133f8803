//! Conversations as their owner may see them.

use std::collections::HashMap;

use diesel::{dsl, prelude::*};

use crate::{
    db::{
        Conn,
        schema::{conversation_posts, conversations, posts},
    },
    domain::{
        ActorId, ConversationId, Page, PostId,
        conversations::{self as conversations_area, Conversation},
        posts::{Viewer, keep_visible, visible_to},
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
    let later = diesel::alias!(conversation_posts as later);
    let said_later = later
        .filter(later.field(conversation_posts::conversation_id).eq(conversation_posts::conversation_id))
        .filter(later.field(conversation_posts::post_id).gt(conversation_posts::post_id));
    let query = conversation_posts::table
        .inner_join(conversations::table)
        .filter(conversation_posts::owner_id.eq(owner))
        .filter(conversation_posts::post_id.gt(PostId(above)))
        .filter(conversation_posts::post_id.lt(PostId(below)))
        .filter(dsl::not(dsl::exists(said_later)))
        .limit(page.limit)
        .select((Conversation::as_select(), conversation_posts::post_id))
        .into_boxed();
    let query = if page.upwards() {
        query.order(conversation_posts::post_id.asc())
    } else {
        query.order(conversation_posts::post_id.desc())
    };
    let mut rows: Vec<(Conversation, PostId)> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    as_seen(conn, viewer, owner, rows)
}

/// One conversation of `viewer`, or not found.
pub fn get_direct(conn: &mut Conn, viewer: &Viewer, id: ConversationId) -> Result<Talk> {
    let owner = viewer.actor().ok_or_else(conversations_area::missing)?;
    let conversation = conversations_area::get(conn, owner, id)?;
    let last: Option<PostId> = conversation_posts::table
        .filter(conversation_posts::conversation_id.eq(id))
        .select(dsl::max(conversation_posts::post_id))
        .first(conn)?;
    let row = last.map(|last| (conversation, last));
    let seen = as_seen(conn, viewer, owner, row.into_iter().collect())?;
    seen.into_iter().next().ok_or_else(conversations_area::missing)
}

/// Each with the last post that may be seen: one may have been blocked, or be named no more.
fn as_seen(conn: &mut Conn, viewer: &Viewer, owner: ActorId, rows: Vec<(Conversation, PostId)>) -> Result<Vec<Talk>> {
    let places: Vec<PostId> = rows.iter().map(|(_, place)| *place).collect();
    let seen = keep_visible(conn, viewer, &places)?;
    let unseen: Vec<ConversationId> =
        rows.iter().filter(|(_, place)| !seen.contains(place)).map(|(conversation, _)| conversation.id).collect();
    let before = last_before(conn, viewer, owner, &unseen)?;
    let talk = |(conversation, place): (Conversation, PostId)| {
        let last = if seen.contains(&place) { Some(place) } else { before.get(&conversation.id).copied() };
        Talk { conversation, last, place }
    };
    Ok(rows.into_iter().map(talk).collect())
}

/// The last posts of these conversations that may be seen.
fn last_before(
    conn: &mut Conn,
    viewer: &Viewer,
    owner: ActorId,
    ids: &[ConversationId],
) -> Result<HashMap<ConversationId, PostId>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let said = conversation_posts::table
        .filter(conversation_posts::conversation_id.eq_any(ids.to_vec()))
        .select(conversation_posts::post_id);
    let seen: Vec<PostId> = posts::table
        .filter(visible_to(viewer))
        .filter(posts::id.eq_any(said))
        .order(posts::id.desc())
        .limit(LOOKED_THROUGH)
        .select(posts::id)
        .load(conn)?;
    let rows: Vec<(ConversationId, PostId)> = conversation_posts::table
        .filter(conversation_posts::owner_id.eq(owner))
        .filter(conversation_posts::post_id.eq_any(seen))
        .order(conversation_posts::post_id)
        .select((conversation_posts::conversation_id, conversation_posts::post_id))
        .load(conn)?;
    // Of each the last one stays.
    Ok(rows.into_iter().collect())
}
