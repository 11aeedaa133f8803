//! By which words posts are found: FTS5 of SQLite and full text of PostgreSQL, behind one interface.
//!
//! The databases only find. What a word is is decided by `text`, and who may find what by `posts` and `search`: what
//! else is to be asked for, such as who wrote a post, is a word too, with a mark that no word of a text has.

mod sought;

use std::fmt;

use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{Array, BigInt, Text},
};

pub use sought::{Condition, Sought};

use super::{ActorId, PostId};
use crate::{
    db::{Conn, Tx},
    error::Result,
};

/// What a post is found by besides its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// Everybody may read it.
    Open,
    /// Its author.
    From(ActorId),
    /// One of ours whom it names.
    To(ActorId),
    /// One of ours who likes or keeps it.
    Kept(ActorId),
    /// What is in it.
    Has(Content),
    /// It answers a post.
    Reply,
    /// Its media are covered.
    Sensitive,
    /// Its language, the first part alone.
    Language(String),
}

crate::text_enum! {
    /// What is in a post, named as in Mastodon's searches.
    Content {
        /// Anything that hangs on it.
        Media = "media",
        /// A picture.
        Image = "image",
        /// A film.
        Video = "video",
        /// A sound.
        Audio = "audio",
        /// Choices.
        Poll = "poll",
        /// A web address.
        Link = "link",
    }
}

impl Mark {
    /// The mark of a language.
    pub fn language(tag: &str) -> Self {
        let first = tag.split(['-', '_']).next().unwrap_or_default();
        Self::Language(first.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase())
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => form.write_str(":open"),
            Self::From(actor) => write!(form, ":from:{actor}"),
            Self::To(actor) => write!(form, ":to:{actor}"),
            Self::Kept(actor) => write!(form, ":kept:{actor}"),
            Self::Has(content) => write!(form, ":has:{content}"),
            Self::Reply => form.write_str(":reply"),
            Self::Sensitive => form.write_str(":sensitive"),
            Self::Language(language) => write!(form, ":language:{language}"),
        }
    }
}

/// Lets a post be found by these words and marks, and by nothing else.
pub fn put(tx: &mut Tx<'_>, post: PostId, words: Vec<String>, marks: &[Mark]) -> Result<()> {
    let mut all = words;
    all.extend(marks.iter().map(ToString::to_string));
    match tx.conn() {
        Conn::Pg(conn) => {
            let query = "INSERT INTO post_words (post_id, words) VALUES ($1, array_to_tsvector($2)) \
                         ON CONFLICT (post_id) DO UPDATE SET words = excluded.words";
            sql_query(query).bind::<BigInt, _>(post).bind::<Array<Text>, _>(all).execute(conn)?
        }
        Conn::Sqlite(conn) => {
            let query = "INSERT OR REPLACE INTO post_words (rowid, words) VALUES (?, ?)";
            sql_query(query).bind::<BigInt, _>(post).bind::<Text, _>(all.join(" ")).execute(conn)?
        }
    };
    Ok(())
}

/// Lets a post be found no more.
pub fn take_out(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    match tx.conn() {
        Conn::Pg(conn) => {
            sql_query("DELETE FROM post_words WHERE post_id = $1").bind::<BigInt, _>(post).execute(conn)?
        }
        Conn::Sqlite(conn) => {
            sql_query("DELETE FROM post_words WHERE rowid = ?").bind::<BigInt, _>(post).execute(conn)?
        }
    };
    Ok(())
}
