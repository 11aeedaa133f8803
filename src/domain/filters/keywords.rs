//! The words that filters look for.

use diesel::prelude::*;

use super::{KEYWORDS, Keyword, check_keyword, edit::changed, find_keyword, get, missing};
use crate::{
    db::{
        Key, Tx,
        schema::{filter_keywords, filter_posts, filters},
    },
    domain::{ActorId, FilterId, FilterKeywordId},
    error::{Error, Result},
};

/// What is to become of a word of a filter: a new one, another one, or none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeywordChange {
    /// Which word; a new one without.
    pub id: Option<FilterKeywordId>,
    /// The word; the same as before when it is left out.
    pub keyword: Option<String>,
    /// Whether only the whole word counts; as before when it is left out, and yes for a new one.
    pub whole_word: Option<bool>,
    /// Whether it goes.
    pub delete: bool,
}

/// Makes, changes and deletes words of a filter of `owner`, whose filters are locked.
pub(super) fn apply_changes(tx: &mut Tx<'_>, owner: ActorId, filter: FilterId, words: &[KeywordChange]) -> Result<()> {
    for word in words {
        match (word.id, word.delete) {
            (None, true) => {}
            (None, false) => {
                insert(tx, filter, word)?;
            }
            (Some(id), delete) => {
                let (of, known) = find_keyword(tx.conn(), owner, id)?;
                if of.id != filter {
                    return Err(missing());
                }
                if delete {
                    diesel::delete(filter_keywords::table.find(id)).execute(tx.conn())?;
                } else {
                    update(tx, &known, word)?;
                }
            }
        }
    }
    // Counted at the end: words may make room for others.
    let have: i64 = filter_keywords::table
        .inner_join(filters::table)
        .filter(filters::owner_id.eq(owner))
        .count()
        .get_result(tx.conn())?;
    if have > KEYWORDS {
        return Err(Error::invalid(
            "filter.keywords",
            format!("All filters together look for at most {KEYWORDS} words. Delete another one first."),
        ));
    }
    Ok(())
}

fn insert(tx: &mut Tx<'_>, filter: FilterId, word: &KeywordChange) -> Result<FilterKeywordId> {
    let keyword = check_keyword(word.keyword.as_deref().unwrap_or_default())?;
    let id = FilterKeywordId(tx.new_id());
    diesel::insert_into(filter_keywords::table)
        .values((
            filter_keywords::id.eq(id),
            filter_keywords::filter_id.eq(filter),
            filter_keywords::keyword.eq(keyword),
            filter_keywords::whole_word.eq(word.whole_word.unwrap_or(true)),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

fn update(tx: &mut Tx<'_>, known: &Keyword, word: &KeywordChange) -> Result<()> {
    let keyword = check_keyword(word.keyword.as_deref().unwrap_or(&known.keyword))?;
    diesel::update(filter_keywords::table.find(known.id))
        .set((
            filter_keywords::keyword.eq(keyword),
            filter_keywords::whole_word.eq(word.whole_word.unwrap_or(known.whole_word)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Adds a word to a filter.
pub fn add_keyword(
    tx: &mut Tx<'_>,
    owner: ActorId,
    filter: FilterId,
    keyword: &str,
    whole_word: Option<bool>,
) -> Result<FilterKeywordId> {
    tx.lock(Key("filters", &[owner.0]))?;
    get(tx.conn(), owner, filter)?;
    let word = KeywordChange { keyword: Some(keyword.to_owned()), whole_word, ..KeywordChange::default() };
    let id = insert(tx, filter, &word)?;
    apply_changes(tx, owner, filter, &[])?;
    changed(tx, owner);
    Ok(id)
}

/// Changes a word.
pub fn change_keyword(
    tx: &mut Tx<'_>,
    owner: ActorId,
    id: FilterKeywordId,
    keyword: Option<&str>,
    whole_word: Option<bool>,
) -> Result<()> {
    let (_, known) = find_keyword(tx.conn(), owner, id)?;
    let word = KeywordChange { keyword: keyword.map(ToOwned::to_owned), whole_word, ..KeywordChange::default() };
    update(tx, &known, &word)?;
    changed(tx, owner);
    Ok(())
}

/// Deletes a word; its filter stays.
pub fn delete_keyword(tx: &mut Tx<'_>, owner: ActorId, id: FilterKeywordId) -> Result<()> {
    find_keyword(tx.conn(), owner, id)?;
    diesel::delete(filter_keywords::table.find(id)).execute(tx.conn())?;
    changed(tx, owner);
    Ok(())
}

/// Deletes a word, and its filter when nothing is left in it: for clients to whom a word is the whole filter.
pub fn forget_keyword(tx: &mut Tx<'_>, owner: ActorId, id: FilterKeywordId) -> Result<()> {
    tx.lock(Key("filters", &[owner.0]))?;
    let (filter, _) = find_keyword(tx.conn(), owner, id)?;
    diesel::delete(filter_keywords::table.find(id)).execute(tx.conn())?;
    let words = filter_keywords::table.filter(filter_keywords::filter_id.eq(filter.id));
    let posts = filter_posts::table.filter(filter_posts::filter_id.eq(filter.id));
    let more: bool = diesel::select(diesel::dsl::exists(words).or(diesel::dsl::exists(posts))).get_result(tx.conn())?;
    if !more {
        diesel::delete(filters::table.find(filter.id)).execute(tx.conn())?;
    }
    changed(tx, owner);
    Ok(())
}
