//! Direct posts as conversations: rows written when a post is, for each of its readers here.
//!
//! Those with the same people in one thread are one. Which of them are shown is decided when they are read.

use diesel::{dsl, prelude::*};

use super::{ActorId, ConversationId, PostId};
use crate::{
    db::{
        Among, Conn, Key, Signal, Timestamp, Tx,
        schema::{conversation_posts, conversations, posts},
    },
    error::{Error, Result},
    on_conn,
};

/// A conversation of one of ours.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = conversations)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Conversation {
    pub id: ConversationId,
    pub owner_id: ActorId,
    /// See [`Conversation::with`].
    pub people: String,
    pub unread: bool,
    pub created_at: Timestamp,
    /// What was said last, whoever may see it; 0 when nothing is left.
    pub last_post: PostId,
}

impl Conversation {
    /// With whom it is; with nobody when its owner talks to themselves.
    pub fn with(&self) -> Vec<ActorId> {
        self.people.split_whitespace().filter_map(|id| id.parse().ok()).collect()
    }
}

/// The form in which people are compared and looked for: their ids in order, each between spaces.
fn key_of(people: &[ActorId]) -> String {
    let mut people = people.to_vec();
    people.sort();
    people.dedup();
    people.iter().fold(" ".to_owned(), |key, id| format!("{key}{id} "))
}

/// A direct post on its way into conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The post.
    pub post: PostId,
    /// Its thread.
    pub thread: PostId,
    /// Who wrote it.
    pub author: ActorId,
    /// Everybody who is seen to take part, its author too.
    pub people: Vec<ActorId>,
    /// It is said now: it is new to everybody but its author, and they hear of it.
    pub now: bool,
}

/// Puts a direct post into the conversation of `owner` with those who take part; twice is once. It is new to `owner`
/// unless they wrote it.
pub fn add(tx: &mut Tx<'_>, owner: ActorId, said: &Said) -> Result<()> {
    lock(tx, owner)?;
    let others: Vec<ActorId> = said.people.iter().copied().filter(|person| *person != owner).collect();
    let people = key_of(&others);
    // Through its posts: threads become one when what was answered arrives later.
    let thread = posts::table.filter(posts::thread_id.eq(said.thread)).select(posts::id);
    let known: Option<ConversationId> = conversation_posts::table
        .inner_join(conversations::table)
        .filter(conversation_posts::owner_id.eq(owner))
        .filter(conversation_posts::post_id.eq_any(thread))
        .filter(conversations::people.eq(&people))
        .select(conversations::id)
        .first(tx.conn())
        .optional()?;
    let id = match known {
        Some(id) => id,
        None => insert(tx, owner, &people)?,
    };
    let inserted = on_conn!(tx.conn(), |c| diesel::insert_into(conversation_posts::table)
        .values((
            conversation_posts::owner_id.eq(owner),
            conversation_posts::post_id.eq(said.post),
            conversation_posts::conversation_id.eq(id),
        ))
        .on_conflict((conversation_posts::owner_id, conversation_posts::post_id))
        .do_nothing()
        .execute(c))?;
    if inserted > 0 {
        let earlier = conversations::table.find(id).filter(conversations::last_post.lt(said.post));
        diesel::update(earlier).set(conversations::last_post.eq(said.post)).execute(tx.conn())?;
    }
    if inserted > 0 && said.now {
        let unread = said.author != owner;
        diesel::update(conversations::table.find(id)).set(conversations::unread.eq(unread)).execute(tx.conn())?;
        tx.signal(Signal { topic: "conversation", kind: "update", id: id.0 });
    }
    Ok(())
}

/// Nobody else makes or takes away conversations of `owner` meanwhile, or what is in them. Who works at those of several
/// begins with the smallest id.
fn lock(tx: &mut Tx<'_>, owner: ActorId) -> Result<()> {
    tx.lock(Key("conversations", &[owner.0]))
}

fn insert(tx: &mut Tx<'_>, owner: ActorId, people: &str) -> Result<ConversationId> {
    let (id, now) = (ConversationId(tx.new_id()), tx.now());
    diesel::insert_into(conversations::table)
        .values((
            conversations::id.eq(id),
            conversations::owner_id.eq(owner),
            conversations::people.eq(people),
            conversations::unread.eq(false),
            conversations::created_at.eq(now),
            conversations::last_post.eq(PostId(0)),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// A conversation of `owner`, or not found.
pub fn get(conn: &mut Conn, owner: ActorId, id: ConversationId) -> Result<Conversation> {
    conversations::table
        .find(id)
        .filter(conversations::owner_id.eq(owner))
        .select(Conversation::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(missing)
}

/// What is said where there is no such conversation.
pub fn missing() -> Error {
    Error::not_found("conversation.not_found", "There is no such conversation.")
}

/// Marks a conversation as read, or as unread again.
pub fn mark(tx: &mut Tx<'_>, owner: ActorId, id: ConversationId, unread: bool) -> Result<()> {
    get(tx.conn(), owner, id)?;
    diesel::update(conversations::table.find(id)).set(conversations::unread.eq(unread)).execute(tx.conn())?;
    Ok(())
}

/// Takes a conversation away from its owner; its posts stay. What is said next begins a new one.
pub fn delete(tx: &mut Tx<'_>, owner: ActorId, id: ConversationId) -> Result<()> {
    lock(tx, owner)?;
    get(tx.conn(), owner, id)?;
    diesel::delete(conversations::table.find(id)).execute(tx.conn())?;
    Ok(())
}

/// Nobody else works at conversations that these posts are part of until we are done. Whoever takes several posts out
/// holds all of them first.
pub fn hold(tx: &mut Tx<'_>, said: &[PostId]) -> Result<()> {
    let owners: Vec<ActorId> = conversation_posts::table
        .filter(conversation_posts::post_id.among(said.to_vec()))
        .select(conversation_posts::owner_id)
        .distinct()
        .order(conversation_posts::owner_id)
        .load(tx.conn())?;
    owners.into_iter().try_for_each(|owner| lock(tx, owner))
}

/// A direct post goes: what was said before it is the last of its conversations.
pub fn take_out(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    hold(tx, &[post])?;
    let said = conversation_posts::table.filter(conversation_posts::post_id.eq(post));
    for id in said.select(conversation_posts::conversation_id).load::<ConversationId>(tx.conn())? {
        let before: Option<PostId> = conversation_posts::table
            .filter(conversation_posts::conversation_id.eq(id))
            .filter(conversation_posts::post_id.ne(post))
            .select(dsl::max(conversation_posts::post_id))
            .first(tx.conn())?;
        // Unless something was said meanwhile.
        diesel::update(conversations::table.find(id).filter(conversations::last_post.eq(post)))
            .set(conversations::last_post.eq(before.unwrap_or(PostId(0))))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Takes all conversations with somebody away from `owner`.
pub fn forget_with(tx: &mut Tx<'_>, owner: ActorId, other: ActorId) -> Result<()> {
    lock(tx, owner)?;
    let with = conversations::people.like(format!("% {other} %"));
    diesel::delete(conversations::table.filter(conversations::owner_id.eq(owner)).filter(with)).execute(tx.conn())?;
    Ok(())
}

/// Takes all conversations of somebody who goes away.
pub fn forget_all_of(tx: &mut Tx<'_>, owner: ActorId) -> Result<()> {
    lock(tx, owner)?;
    diesel::delete(conversations::table.filter(conversations::owner_id.eq(owner))).execute(tx.conn())?;
    Ok(())
}

/// Takes up to `limit` conversations of `owner` away of which no post is left; answers how many.
pub fn prune(tx: &mut Tx<'_>, owner: ActorId, limit: i64) -> Result<usize> {
    lock(tx, owner)?;
    let said = conversation_posts::table.filter(conversation_posts::conversation_id.eq(conversations::id));
    let empty: Vec<ConversationId> = conversations::table
        .filter(conversations::owner_id.eq(owner))
        .filter(dsl::not(dsl::exists(said)))
        .limit(limit)
        .select(conversations::id)
        .load(tx.conn())?;
    Ok(diesel::delete(conversations::table.filter(conversations::id.among(empty))).execute(tx.conn())?)
}
