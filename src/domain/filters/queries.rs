//! Looking filters up. Everything is asked for its owner: those of others are not there.

use diesel::prelude::*;

use super::{Filter, Keyword, MarkedPost, missing};
use crate::{
    db::{
        Among, Conn,
        schema::{filter_keywords, filter_posts, filters},
    },
    domain::{ActorId, FilterId, FilterKeywordId, FilterPostId},
    error::Result,
};

/// The filters of `owner`, in the order in which they were made; also those that are over.
pub fn list(conn: &mut Conn, owner: ActorId) -> Result<Vec<Filter>> {
    Ok(filters::table.filter(filters::owner_id.eq(owner)).order(filters::id).select(Filter::as_select()).load(conn)?)
}

/// The filter of this id, or not found.
pub fn get(conn: &mut Conn, owner: ActorId, id: FilterId) -> Result<Filter> {
    let mine = filters::table.find(id).filter(filters::owner_id.eq(owner));
    mine.select(Filter::as_select()).first(conn).optional()?.ok_or_else(missing)
}

/// The words of these filters.
pub fn keywords_in(conn: &mut Conn, ids: &[FilterId]) -> Result<Vec<Keyword>> {
    Ok(filter_keywords::table
        .filter(filter_keywords::filter_id.among(ids.to_vec()))
        .order(filter_keywords::id)
        .select(Keyword::as_select())
        .load(conn)?)
}

/// The single posts of these filters.
pub fn posts_in(conn: &mut Conn, ids: &[FilterId]) -> Result<Vec<MarkedPost>> {
    Ok(filter_posts::table
        .filter(filter_posts::filter_id.among(ids.to_vec()))
        .order(filter_posts::id)
        .select(MarkedPost::as_select())
        .load(conn)?)
}

/// Every word of `owner` with its filter.
pub fn list_keywords(conn: &mut Conn, owner: ActorId) -> Result<Vec<(Filter, Keyword)>> {
    Ok(filters::table
        .inner_join(filter_keywords::table)
        .filter(filters::owner_id.eq(owner))
        .order(filter_keywords::id)
        .select((Filter::as_select(), Keyword::as_select()))
        .load(conn)?)
}

/// The word of this id with its filter, or not found.
pub fn find_keyword(conn: &mut Conn, owner: ActorId, id: FilterKeywordId) -> Result<(Filter, Keyword)> {
    filters::table
        .inner_join(filter_keywords::table)
        .filter(filter_keywords::id.eq(id))
        .filter(filters::owner_id.eq(owner))
        .select((Filter::as_select(), Keyword::as_select()))
        .first(conn)
        .optional()?
        .ok_or_else(missing)
}

/// The single post of this id in a filter, or not found.
pub fn find_post(conn: &mut Conn, owner: ActorId, id: FilterPostId) -> Result<MarkedPost> {
    filters::table
        .inner_join(filter_posts::table)
        .filter(filter_posts::id.eq(id))
        .filter(filters::owner_id.eq(owner))
        .select(MarkedPost::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(missing)
}
