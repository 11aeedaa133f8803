//! The company's own pictures: taken in, taken away, found by their names.

use diesel::prelude::*;
use serde_json::json;

use super::{Emoji, OF_ONE};
use crate::{
    db::{Among, Conn, Key, Timestamp, Tx, schema::emojis},
    domain::{
        EmojiId, Site,
        audit::{self, About, Act, Entry},
    },
    error::{Error, Result},
    text,
};

/// How many a company may have.
pub const EMOJIS: i64 = 500;
/// The longest name of one, in bytes.
const LONGEST: usize = 50;
/// The longest category, in characters.
pub const CATEGORY: usize = 50;

/// One of ours.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = emojis)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct OwnEmoji {
    pub id: EmojiId,
    /// Without colons.
    pub shortcode: String,
    /// Under which heading apps offer it.
    pub category: Option<String>,
    /// The folder of its files.
    pub name: String,
    pub file: String,
    /// The file of the picture that does not move.
    pub still: String,
    pub media_type: String,
    pub url: String,
    pub static_url: String,
    /// Apps offer it.
    pub visible: bool,
    pub created_at: Timestamp,
}

impl OwnEmoji {
    /// It as it stands in a text.
    pub fn emoji(&self) -> Emoji {
        Emoji { shortcode: self.shortcode.clone(), url: self.url.clone(), still: Some(self.static_url.clone()) }
    }
}

/// A picture whose files are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the columns of emojis")]
pub struct NewEmoji {
    pub shortcode: String,
    pub category: Option<String>,
    pub name: String,
    pub file: String,
    pub still: String,
    pub media_type: String,
    pub visible: bool,
}

/// The name as it is kept, and the category: refused when they are none. Asked before anything is done for a picture.
pub fn check(shortcode: &str, category: Option<&str>) -> Result<(String, Option<String>)> {
    let shortcode = shortcode.trim().trim_matches(':');
    let sound = (2..=LONGEST).contains(&shortcode.len())
        && shortcode.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !sound {
        return Err(Error::invalid(
            "emoji.shortcode",
            format!("The name of an emoji has 2 to {LONGEST} letters (a–z), digits or underscores."),
        ));
    }
    let category = category.map(|category| text::typed_name(category, CATEGORY)).filter(|name| !name.is_empty());
    Ok((shortcode.to_owned(), category))
}

/// Adds one. There is one of each name, whatever its case.
pub fn add(tx: &mut Tx<'_>, site: &Site, new: &NewEmoji) -> Result<OwnEmoji> {
    let (shortcode, category) = check(&new.shortcode, new.category.as_deref())?;
    tx.lock(Key("emoji.add", &[]))?;
    let known: Vec<String> = emojis::table.select(emojis::shortcode).load(tx.conn())?;
    if known.iter().any(|known| known.eq_ignore_ascii_case(&shortcode)) {
        return Err(Error::conflict("emoji.taken", format!("There is an emoji :{shortcode}: already.")));
    }
    if i64::try_from(known.len()).unwrap_or(i64::MAX) >= EMOJIS {
        let told = format!("There are {EMOJIS} emojis, and may be no more. Remove one first.");
        return Err(Error::invalid("emoji.too_many", told));
    }
    let address = |file: &str| format!("{}/emojis/{}/{file}", site.base_url, new.name);
    let emoji = OwnEmoji {
        id: EmojiId(tx.new_id()),
        category,
        name: new.name.clone(),
        file: new.file.clone(),
        still: new.still.clone(),
        media_type: new.media_type.clone(),
        url: address(&new.file),
        static_url: address(&new.still),
        visible: new.visible,
        created_at: tx.now(),
        shortcode,
    };
    diesel::insert_into(emojis::table)
        .values((
            emojis::id.eq(emoji.id),
            emojis::shortcode.eq(&emoji.shortcode),
            emojis::category.eq(&emoji.category),
            emojis::name.eq(&emoji.name),
            emojis::file.eq(&emoji.file),
            emojis::still.eq(&emoji.still),
            emojis::media_type.eq(&emoji.media_type),
            emojis::url.eq(&emoji.url),
            emojis::static_url.eq(&emoji.static_url),
            emojis::visible.eq(emoji.visible),
            emojis::created_at.eq(emoji.created_at),
        ))
        .execute(tx.conn())?;
    note(tx, Act::EmojiAdded, &emoji.shortcode)?;
    Ok(emoji)
}

/// Which one is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The one of this id.
    Id(EmojiId),
    /// The one that has this name now, with or without colons.
    Named(String),
}

/// Takes one away: from now on its name is a name. Answers what it was; whoever asks deletes its files.
pub fn remove(tx: &mut Tx<'_>, which: &Which) -> Result<OwnEmoji> {
    let (found, told) = match which {
        Which::Id(id) => (find(tx.conn(), *id)?, "There is no such emoji.".to_owned()),
        Which::Named(name) => {
            let name = name.trim().trim_matches(':');
            (by_shortcodes(tx.conn(), &[name])?.pop(), format!("There is no emoji :{name}: here."))
        }
    };
    let found = found.ok_or_else(|| Error::not_found("emoji.not_found", told))?;
    diesel::delete(emojis::table.find(found.id)).execute(tx.conn())?;
    note(tx, Act::EmojiRemoved, &found.shortcode)?;
    Ok(found)
}

fn note(tx: &mut Tx<'_>, act: Act, shortcode: &str) -> Result<()> {
    let details = json!({ "shortcode": shortcode });
    audit::record(tx, &Entry { act, about: About::Company, brand: None, reason: None, details })
}

/// All of them, by name.
pub fn list(conn: &mut Conn) -> Result<Vec<OwnEmoji>> {
    Ok(emojis::table.order(emojis::shortcode).limit(EMOJIS).select(OwnEmoji::as_select()).load(conn)?)
}

/// Those that apps offer, by name.
pub fn in_picker(conn: &mut Conn) -> Result<Vec<OwnEmoji>> {
    let shown = emojis::table.filter(emojis::visible.eq(true)).order(emojis::shortcode).limit(EMOJIS);
    Ok(shown.select(OwnEmoji::as_select()).load(conn)?)
}

/// The one of this id.
pub fn find(conn: &mut Conn, id: EmojiId) -> Result<Option<OwnEmoji>> {
    Ok(emojis::table.find(id).select(OwnEmoji::as_select()).first(conn).optional()?)
}

/// The one whose files are in this folder.
pub fn find_by_name(conn: &mut Conn, name: &str) -> Result<Option<OwnEmoji>> {
    Ok(emojis::table.filter(emojis::name.eq(name)).select(OwnEmoji::as_select()).first(conn).optional()?)
}

/// Those of these names.
pub(super) fn by_shortcodes(conn: &mut Conn, names: &[&str]) -> Result<Vec<OwnEmoji>> {
    let mut names: Vec<&str> = names.to_vec();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let named = emojis::table.filter(emojis::shortcode.among(names)).order(emojis::shortcode);
    Ok(named.select(OwnEmoji::as_select()).load(conn)?)
}

/// Those that stand in each of these things that one of ours says, each of several texts. No query when there is no
/// name between colons, else one.
pub fn named_in(conn: &mut Conn, said: &[Vec<&str>]) -> Result<Vec<Vec<OwnEmoji>>> {
    let names: Vec<Vec<&str>> = said
        .iter()
        .map(|texts| {
            let mut names: Vec<&str> = texts.iter().flat_map(|text| text::shortcodes(text, OF_ONE)).collect();
            names.truncate(OF_ONE);
            names
        })
        .collect();
    let known = by_shortcodes(conn, &names.concat())?;
    let of = |names: &Vec<&str>| -> Vec<OwnEmoji> {
        known.iter().filter(|emoji| names.contains(&emoji.shortcode.as_str())).cloned().collect()
    };
    Ok(names.iter().map(of).collect())
}
