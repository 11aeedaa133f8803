//! Making, changing and ending filters.

use diesel::prelude::*;

use super::{
    FILTERS, FilterAction, KeywordChange, Lasting, Wish, check_contexts, check_title, find_keyword, get,
    keywords::apply_changes, keywords_in,
};
use crate::{
    db::{Key, Signal, Timestamp, Tx, schema::filters},
    domain::{ActorId, FilterId, FilterKeywordId},
    error::{Error, Result},
};

/// Makes a filter with its words.
pub fn create(tx: &mut Tx<'_>, owner: ActorId, wish: &Wish, words: &[KeywordChange]) -> Result<FilterId> {
    tx.lock(Key("filters", &[owner.0]))?;
    let title = check_title(wish.title.as_deref().unwrap_or_default())?;
    let contexts = check_contexts(wish.contexts.as_deref().unwrap_or_default())?;
    let have: i64 = filters::table.filter(filters::owner_id.eq(owner)).count().get_result(tx.conn())?;
    if have >= FILTERS {
        return Err(Error::invalid(
            "filter.limit",
            format!("At most {FILTERS} filters are possible. Delete another one first."),
        ));
    }
    let (id, now) = (FilterId(tx.new_id()), tx.now());
    diesel::insert_into(filters::table)
        .values((
            filters::id.eq(id),
            filters::owner_id.eq(owner),
            filters::title.eq(title),
            filters::contexts.eq(contexts),
            filters::action.eq(wish.action.unwrap_or(FilterAction::Warn)),
            filters::expires_at.eq(end(wish.lasting, None, now)),
            filters::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    apply_changes(tx, owner, id, words)?;
    changed(tx, owner);
    Ok(id)
}

/// Changes a filter, and words of it.
pub fn change(tx: &mut Tx<'_>, owner: ActorId, id: FilterId, wish: &Wish, words: &[KeywordChange]) -> Result<()> {
    tx.lock(Key("filters", &[owner.0]))?;
    let old = get(tx.conn(), owner, id)?;
    let title = check_title(wish.title.as_deref().unwrap_or(&old.title))?;
    let contexts = check_contexts(wish.contexts.as_deref().unwrap_or(&old.contexts.0))?;
    let now = tx.now();
    diesel::update(filters::table.find(id))
        .set((
            filters::title.eq(title),
            filters::contexts.eq(contexts),
            filters::action.eq(wish.action.unwrap_or(old.action)),
            filters::expires_at.eq(end(wish.lasting, old.expires_at, now)),
        ))
        .execute(tx.conn())?;
    apply_changes(tx, owner, id, words)?;
    changed(tx, owner);
    Ok(())
}

/// Changes a word together with its filter, for clients to whom a word is the whole filter. A filter with other words
/// stays as it is: they are not meant.
pub fn change_as_word(
    tx: &mut Tx<'_>,
    owner: ActorId,
    id: FilterKeywordId,
    wish: &Wish,
    word: &KeywordChange,
) -> Result<()> {
    tx.lock(Key("filters", &[owner.0]))?;
    let (filter, _) = find_keyword(tx.conn(), owner, id)?;
    let others = keywords_in(tx.conn(), &[filter.id])?.len() > 1;
    let other_contexts = wish.contexts.as_ref().is_some_and(|contexts| *contexts != filter.contexts.0);
    let other_action = wish.action.is_some_and(|action| action != filter.action);
    if others && (other_contexts || other_action || wish.lasting != Lasting::Unsaid) {
        return Err(Error::invalid(
            "filter.other_words",
            "This filter has other words too. Change it in an app that shows them.",
        ));
    }
    let wish = if others { &Wish::default() } else { wish };
    change(tx, owner, filter.id, wish, std::slice::from_ref(word))
}

/// Ends a filter.
pub fn delete(tx: &mut Tx<'_>, owner: ActorId, id: FilterId) -> Result<()> {
    get(tx.conn(), owner, id)?;
    diesel::delete(filters::table.find(id)).execute(tx.conn())?;
    changed(tx, owner);
    Ok(())
}

/// Ends every filter of somebody who goes.
pub fn forget_all_of(tx: &mut Tx<'_>, owner: ActorId) -> Result<()> {
    diesel::delete(filters::table.filter(filters::owner_id.eq(owner))).execute(tx.conn())?;
    Ok(())
}

/// When a filter ends.
fn end(lasting: Lasting, before: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    match lasting {
        Lasting::Unsaid => before,
        Lasting::Forever => None,
        Lasting::For(span) => Some(now.plus(span)),
    }
}

/// Tells those who read that they read with other filters from now on.
pub(super) fn changed(tx: &mut Tx<'_>, owner: ActorId) {
    tx.signal(Signal { topic: "filters", kind: "update", id: owner.0 });
}
