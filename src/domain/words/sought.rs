//! What is looked for, in the words of both databases.

use diesel::{
    BoxableExpression, dsl,
    sql_types::{BigInt, Bool, Text},
};

use super::Mark;
use crate::{
    db::{Conn, MultiBackend, schema::posts},
    domain::PostId,
};

/// How many of the latest posts that have the words are looked at for those that may be shown.
const LOOKED_AT: i64 = 1_000;

/// A condition on the table `posts`.
pub type Condition = Box<dyn BoxableExpression<posts::table, MultiBackend, SqlType = Bool>>;

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// The post has all of these words.
    pub words: Vec<String>,
    /// It has a word that begins so.
    pub beginnings: Vec<String>,
    /// It has all of these marks.
    pub marks: Vec<Mark>,
    /// It has at least one of these marks. Without any nothing is found.
    pub any: Vec<Mark>,
    /// It has none of these words.
    pub without_words: Vec<String>,
    /// It has none of these marks.
    pub without_marks: Vec<Mark>,
    /// It came after this one.
    pub above: PostId,
    /// It came before this one.
    pub below: PostId,
}

impl Sought {
    /// The condition that a row of `posts` is one of the latest of those that are looked for.
    pub fn condition(&self, conn: &Conn) -> Condition {
        let between = |before: &str, row: &str, after: &str| {
            dsl::sql::<Bool>(before)
                .bind::<Text, _>(self.expression(conn))
                .sql(&format!("{after} AND {row} > "))
                .bind::<BigInt, _>(self.above)
                .sql(&format!(" AND {row} < "))
                .bind::<BigInt, _>(self.below)
                .sql(&format!(" ORDER BY {row} DESC LIMIT {LOOKED_AT})"))
        };
        let found = match conn {
            Conn::Pg(_) => {
                let from = "posts.id IN (SELECT post_id FROM post_words WHERE words @@ CAST(";
                between(from, "post_id", " AS tsquery)")
            }
            Conn::Sqlite(_) => {
                let from = "posts.id IN (SELECT rowid FROM post_words WHERE post_words MATCH ";
                between(from, "rowid", "")
            }
        };
        Box::new(found)
    }

    /// In the language of the database. Words have no quotes, nor anything else that it would read.
    fn expression(&self, conn: &Conn) -> String {
        let (quote, open, and, or, not) = match conn {
            Conn::Pg(_) => ('\'', ":*", " & ", " | ", " & !"),
            Conn::Sqlite(_) => ('"', "*", " AND ", " OR ", " NOT "),
        };
        let quoted = |word: &dyn std::fmt::Display| format!("{quote}{word}{quote}");
        let any: Vec<String> = self.any.iter().map(|mark| quoted(mark)).collect();
        let mut all: Vec<String> = self.words.iter().map(|word| quoted(word)).collect();
        all.extend(self.beginnings.iter().map(|word| quoted(word) + open));
        all.extend(self.marks.iter().map(|mark| quoted(mark)));
        all.push(format!("({})", any.join(or)));
        let mut without: Vec<String> = self.without_words.iter().map(|word| quoted(word)).collect();
        without.extend(self.without_marks.iter().map(|mark| quoted(mark)));
        if without.is_empty() {
            return all.join(and);
        }
        format!("({}){not}({})", all.join(and), without.join(or))
    }
}
