//! What the company tells everybody who has an account here, until it is taken back or its time is over.

use diesel::prelude::*;
use serde_json::json;

use super::{
    ActorId, AnnouncementId, Site,
    audit::{self, About, Act, Entry},
};
use crate::{
    db::{
        Conn, Key, Signal, Timestamp, Tx,
        schema::{announcement_reads, announcements},
    },
    error::{Error, Result},
    on_conn,
    text::{self, Format, Links},
};

/// How many there may be at the same time.
pub const ANNOUNCEMENTS: i64 = 50;
/// How long one may be, in characters.
const LENGTH: usize = 5_000;
/// Held by who makes, changes or takes back one, and shared by who puts one away: it may be gone a moment later.
const ALL: Key = Key("announcements", &[]);

/// Something that everybody is told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = announcements)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Announcement {
    pub id: AnnouncementId,
    /// Markdown, as it was typed.
    pub source: String,
    /// Clean HTML.
    pub content: String,
    /// When it is shown no more.
    pub ends_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Option<Timestamp>,
}

/// What is to be different; what is not said stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Markdown.
    pub source: Option<String>,
    /// When it is over, or that it stays until it is taken back.
    pub ends_at: Option<Option<Timestamp>>,
}

/// Tells everybody something, until a moment or until it is taken back.
pub fn make(tx: &mut Tx<'_>, site: &Site, source: &str, ends_at: Option<Timestamp>) -> Result<AnnouncementId> {
    let source = checked(source)?;
    let now = tx.now();
    not_over(ends_at, now)?;
    tx.lock(ALL)?;
    let over = announcements::table.filter(announcements::ends_at.assume_not_null().le(now));
    diesel::delete(over.filter(announcements::ends_at.is_not_null())).execute(tx.conn())?;
    if announcements::table.count().get_result::<i64>(tx.conn())? >= ANNOUNCEMENTS {
        let told = format!("There are {ANNOUNCEMENTS} announcements, and may be no more. Take one back first.");
        return Err(Error::invalid("announcement.too_many", told));
    }
    let id = AnnouncementId(tx.new_id());
    diesel::insert_into(announcements::table)
        .values((
            announcements::id.eq(id),
            announcements::source.eq(source),
            announcements::content.eq(html(site, source)),
            announcements::ends_at.eq(ends_at),
            announcements::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    note(tx, Act::AnnouncementMade, id)?;
    tx.signal(Signal { topic: "announcement", kind: "new", id: id.0 });
    Ok(id)
}

/// Says something else, or until another moment, to everybody; who put it away is not told again. One that is over is
/// not there.
pub fn change(tx: &mut Tx<'_>, site: &Site, id: AnnouncementId, change: &Change) -> Result<()> {
    tx.lock(ALL)?;
    let now = tx.now();
    let old = get(tx.conn(), id, now)?;
    let source = change.source.as_deref().map_or(Ok(old.source.as_str()), checked)?;
    let ends_at = change.ends_at.unwrap_or(old.ends_at);
    if source == old.source && ends_at == old.ends_at {
        return Ok(());
    }
    not_over(ends_at, now)?;
    diesel::update(announcements::table.find(id))
        .set((
            announcements::source.eq(source),
            announcements::content.eq(html(site, source)),
            announcements::ends_at.eq(ends_at),
            announcements::changed_at.eq(Some(now)),
        ))
        .execute(tx.conn())?;
    note(tx, Act::AnnouncementChanged, id)?;
    tx.signal(Signal { topic: "announcement", kind: "edit", id: id.0 });
    Ok(())
}

/// The text as it is kept.
fn checked(source: &str) -> Result<&str> {
    let source = source.trim();
    let count = source.chars().count();
    if text::is_blank(source) || count > LENGTH {
        let told = format!("An announcement has 1 to {LENGTH} characters; this one has {count}.");
        return Err(Error::invalid("announcement.length", told));
    }
    Ok(source)
}

fn not_over(ends_at: Option<Timestamp>, now: Timestamp) -> Result<()> {
    if ends_at.is_some_and(|ends| ends <= now) {
        return Err(Error::invalid("announcement.over", "This announcement would be over before it began."));
    }
    Ok(())
}

fn html(site: &Site, source: &str) -> String {
    let links = Links { mention: &|_, _| None, hashtag: &|name| site.tag_url(name) };
    text::render(source, Format::Markdown, &links).html
}

/// Takes one back, and answers what it was.
pub fn remove(tx: &mut Tx<'_>, id: AnnouncementId) -> Result<Announcement> {
    tx.lock(ALL)?;
    let found: Option<Announcement> =
        announcements::table.find(id).select(Announcement::as_select()).first(tx.conn()).optional()?;
    let found = found.ok_or_else(missing)?;
    diesel::delete(announcements::table.find(id)).execute(tx.conn())?;
    note(tx, Act::AnnouncementRemoved, id)?;
    tx.signal(Signal { topic: "announcement", kind: "delete", id: id.0 });
    Ok(found)
}

fn note(tx: &mut Tx<'_>, act: Act, id: AnnouncementId) -> Result<()> {
    let details = json!({ "announcement": id });
    audit::record(tx, &Entry { act, about: About::Company, brand: None, reason: None, details })
}

fn missing() -> Error {
    Error::not_found("announcement.not_found", "There is no such announcement.")
}

/// What everybody is told at this moment, the oldest first.
pub fn list(conn: &mut Conn, now: Timestamp) -> Result<Vec<Announcement>> {
    let lasts = announcements::ends_at.is_null().or(announcements::ends_at.assume_not_null().gt(now));
    Ok(announcements::table.filter(lasts).order(announcements::id).select(Announcement::as_select()).load(conn)?)
}

/// What everybody is told, and when each was changed last.
pub type Told = Vec<(AnnouncementId, Option<Timestamp>)>;

/// What everybody is told now, and what is to be heard of it by who knew this before: for what another process wrote
/// that cannot tell us what it did.
pub fn news(conn: &mut Conn, now: Timestamp, before: &Told) -> Result<(Told, Vec<Signal>)> {
    let told: Told = list(conn, now)?.into_iter().map(|one| (one.id, one.changed_at)).collect();
    let signal = |kind, id: AnnouncementId| Signal { topic: "announcement", kind, id: id.0 };
    let new = told.iter().filter(|one| !before.contains(one)).map(|(id, _)| signal("new", *id));
    let gone = before.iter().filter(|(id, _)| told.iter().all(|(known, _)| known != id));
    let news = new.chain(gone.map(|(id, _)| signal("delete", *id))).collect();
    Ok((told, news))
}

/// One that everybody is told at this moment.
pub fn get(conn: &mut Conn, id: AnnouncementId, now: Timestamp) -> Result<Announcement> {
    list(conn, now)?.into_iter().find(|one| one.id == id).ok_or_else(missing)
}

/// Those that an actor has put away.
pub fn read_by(conn: &mut Conn, actor: ActorId) -> Result<Vec<AnnouncementId>> {
    let read = announcement_reads::table.filter(announcement_reads::actor_id.eq(actor));
    Ok(read.select(announcement_reads::announcement_id).load(conn)?)
}

/// Puts one away; twice is once.
pub fn dismiss(tx: &mut Tx<'_>, actor: ActorId, id: AnnouncementId) -> Result<()> {
    tx.share(ALL)?;
    let now = tx.now();
    get(tx.conn(), id, now)?;
    on_conn!(tx.conn(), |c| diesel::insert_into(announcement_reads::table)
        .values((announcement_reads::announcement_id.eq(id), announcement_reads::actor_id.eq(actor)))
        .on_conflict((announcement_reads::announcement_id, announcement_reads::actor_id))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Forgets what an actor has put away.
pub fn forget_reads_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    diesel::delete(announcement_reads::table.filter(announcement_reads::actor_id.eq(actor))).execute(tx.conn())?;
    Ok(())
}
