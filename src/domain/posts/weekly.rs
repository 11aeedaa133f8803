//! How much is written here, week by week.

use diesel::{prelude::*, sql_types::BigInt};

use crate::{
    db::{Conn, first_id_at},
    domain::calendar::Week,
    error::Result,
    on_conn,
};

/// A week of what was written here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Written {
    /// Which week, as in [`Week`].
    #[diesel(sql_type = BigInt)]
    pub week: i64,
    /// How many open posts were published.
    #[diesel(sql_type = BigInt)]
    pub posts: i64,
    /// How many people wrote them.
    #[diesel(sql_type = BigInt)]
    pub people: i64,
}

/// What our own people published in each week from `first` on. Looks at no post from elsewhere.
pub fn weekly(conn: &mut Conn, first: Week) -> Result<Vec<Written>> {
    let query = format!(
        "SELECT {week} AS week, COUNT(*) AS posts, COUNT(DISTINCT posts.author_id) AS people
         FROM publications JOIN posts ON posts.id = publications.post_id
         WHERE publications.audience IN ('public', 'unlisted') AND publications.post_id >= {from}
         GROUP BY 1",
        week = Week::in_sql("posts.published_at"),
        from = first_id_at(first.start()),
    );
    Ok(on_conn!(conn, |c| diesel::sql_query(query).load(c))?)
}
