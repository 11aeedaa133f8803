//! Lists: parts of one's home, each with its own people, under a name that nobody else sees.
//!
//! A list has no rows of its own for posts: what its members say is in the home of its owner already, because only
//! whom one follows can be in a list.

mod members;

use diesel::prelude::*;

pub use members::{MEMBERS, Member, add, keep_apart, lists_with, members, members_in, remove};

use super::{ActorId, ListId};
use crate::{
    db::{Conn, Key, Timestamp, Tx, schema::lists},
    error::{Error, Result},
    on_conn,
};

/// How many lists somebody has at most: as many as on Mastodon.
pub const LISTS: i64 = 50;
/// How long the title of a list may be.
pub const TITLE_LENGTH: usize = 256;

crate::text_enum! {
    /// Which replies to others a list shows, named as in the Mastodon API.
    RepliesPolicy {
        /// Those to people whom its owner follows.
        Followed = "followed",
        /// Those to its members.
        List = "list",
        /// None.
        None = "none",
    }
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = lists)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct List {
    pub id: ListId,
    pub owner_id: ActorId,
    pub title: String,
    pub replies_policy: RepliesPolicy,
    /// What its members say is not at home.
    pub exclusive: bool,
    pub created_at: Timestamp,
}

/// What a list should be like; what is left out stays, or is as usual.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "named as the columns of lists")]
pub struct Wish {
    pub title: Option<String>,
    pub replies_policy: Option<RepliesPolicy>,
    pub exclusive: Option<bool>,
}

impl Wish {
    fn title(&self) -> Result<Option<&str>> {
        let Some(title) = self.title.as_deref().map(str::trim) else { return Ok(None) };
        let length = title.chars().count();
        if length == 0 {
            return Err(untitled());
        }
        if length > TITLE_LENGTH {
            return Err(Error::invalid(
                "list.title_too_long",
                format!("The title has {length} characters; the limit is {TITLE_LENGTH}."),
            ));
        }
        Ok(Some(title))
    }
}

fn untitled() -> Error {
    Error::invalid("list.title", "Validation failed: Title can't be blank")
}

/// Makes an empty list.
pub fn create(tx: &mut Tx<'_>, owner: ActorId, wish: &Wish) -> Result<ListId> {
    let title = wish.title()?.ok_or_else(untitled)?;
    tx.lock(Key("lists", &[owner.0]))?;
    let count: i64 = lists::table.filter(lists::owner_id.eq(owner)).count().get_result(tx.conn())?;
    if count >= LISTS {
        return Err(Error::invalid(
            "list.limit",
            format!("At most {LISTS} lists can be made. Delete another one first."),
        ));
    }
    let (id, now) = (ListId(tx.new_id()), tx.now());
    on_conn!(tx.conn(), |c| diesel::insert_into(lists::table)
        .values((
            lists::id.eq(id),
            lists::owner_id.eq(owner),
            lists::title.eq(title),
            lists::replies_policy.eq(wish.replies_policy.unwrap_or(RepliesPolicy::List)),
            lists::exclusive.eq(wish.exclusive.unwrap_or(false)),
            lists::created_at.eq(now),
        ))
        .execute(c))?;
    Ok(id)
}

/// Changes a list of one's own.
pub fn edit(tx: &mut Tx<'_>, owner: ActorId, id: ListId, wish: &Wish) -> Result<()> {
    let old = get(tx.conn(), owner, id)?;
    let title = wish.title()?.unwrap_or(&old.title);
    diesel::update(lists::table.find(id))
        .set((
            lists::title.eq(title),
            lists::replies_policy.eq(wish.replies_policy.unwrap_or(old.replies_policy)),
            lists::exclusive.eq(wish.exclusive.unwrap_or(old.exclusive)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Deletes a list of one's own. Nobody is unfollowed.
pub fn delete(tx: &mut Tx<'_>, owner: ActorId, id: ListId) -> Result<()> {
    get(tx.conn(), owner, id)?;
    diesel::delete(lists::table.find(id)).execute(tx.conn())?;
    Ok(())
}

/// Deletes every list of an actor, when the actor itself goes.
pub fn delete_all_of(tx: &mut Tx<'_>, owner: ActorId) -> Result<()> {
    diesel::delete(lists::table.filter(lists::owner_id.eq(owner))).execute(tx.conn())?;
    Ok(())
}

/// A list of `owner`; that of somebody else is not there.
pub fn get(conn: &mut Conn, owner: ActorId, id: ListId) -> Result<List> {
    lists::table
        .filter(lists::id.eq(id))
        .filter(lists::owner_id.eq(owner))
        .select(List::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::not_found("list.not_found", "There is no such list of yours."))
}

/// All lists of `owner`, the oldest first.
pub fn list(conn: &mut Conn, owner: ActorId) -> Result<Vec<List>> {
    let all = lists::table.filter(lists::owner_id.eq(owner)).order(lists::id).limit(LISTS);
    Ok(all.select(List::as_select()).load(conn)?)
}
