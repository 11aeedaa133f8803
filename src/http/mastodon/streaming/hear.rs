//! From a signal to what a reader hears of it.

use std::collections::VecDeque;

use serde::Serialize;

use super::channel::Channel;
use crate::{
    db::Signal,
    domain::{
        ActorId, AnnouncementId, ConversationId, NotificationId, Page, announcements, drafts, lists,
        notifications::{self, NotificationKind},
        posts::{EntryRef, Viewer},
        timelines,
    },
    error::{Kind, Result},
    http::mastodon::look::Look,
};

/// How many of the posts that it has shown a stream remembers.
const REMEMBERED: usize = 1_000;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Event {
    /// The channel on which it is heard.
    pub stream: Vec<String>,
    /// What it is.
    pub event: &'static str,
    /// JSON as text, or the bare id of what is gone; nothing where the event says all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
}

/// The posts that a stream has shown, and on which channels. That a post is gone which not everybody could read is told
/// there and nowhere else: others would learn that it was.
#[derive(Debug, Default)]
pub(super) struct Shown(VecDeque<(i64, Vec<String>)>);

impl Shown {
    pub(super) fn remember(&mut self, id: i64, stream: &[String]) {
        if self.0.len() >= REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((id, stream.to_vec()));
    }

    fn has(&self, id: i64, stream: &[String]) -> bool {
        self.0.iter().any(|(known, shown)| *known == id && shown == stream)
    }
}

/// What is read for a signal; nothing when it concerns no stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// A post or boost that is new.
    New(i64),
    /// A post that was edited, or whose link has a card now, or whose quote stands otherwise.
    Edited(i64),
    /// A post or boost that is gone; whether everybody could read it.
    Gone(i64, bool),
    /// What a brand is to say waits for approval.
    Waits(i64),
    /// Somebody is told something.
    Told(i64),
    /// Somebody let others in, and what waited is among what they are told.
    Merged(ActorId),
    /// Something new in a conversation.
    Talked(ConversationId),
    /// Somebody changed their filters.
    Filters(ActorId),
    /// Everybody is told something, or something else.
    Announced(AnnouncementId),
    /// What everybody was told is taken back.
    TakenBack(AnnouncementId),
}

impl News {
    pub(super) fn of(signal: &Signal) -> Option<Self> {
        match (signal.topic, signal.kind) {
            ("post" | "boost", "new") => Some(Self::New(signal.id)),
            ("post", "edit" | "card" | "quote") => Some(Self::Edited(signal.id)),
            ("post", "delete") => Some(Self::Gone(signal.id, true)),
            ("post", "withdraw") | ("boost", "delete") | ("draft", "gone") => Some(Self::Gone(signal.id, false)),
            ("draft", "waits") => Some(Self::Waits(signal.id)),
            ("filters", _) => Some(Self::Filters(ActorId(signal.id))),
            ("announcement", "new" | "edit") => Some(Self::Announced(AnnouncementId(signal.id))),
            ("announcement", _) => Some(Self::TakenBack(AnnouncementId(signal.id))),
            ("notification", "new") => Some(Self::Told(signal.id)),
            ("notifications", "merged") => Some(Self::Merged(ActorId(signal.id))),
            ("conversation", _) => Some(Self::Talked(ConversationId(signal.id))),
            _ => None,
        }
    }
}

/// What is read of the database for these channels; what is gone needs none. The lists are those of `me`, read with the
/// eyes of whoever only writes drafts for them, where it is one. What apps do not know is told to the workroom.
pub(super) fn hear(
    look: &mut Look<'_>,
    (me, is_workroom): (ActorId, bool),
    own_eyes: Option<ActorId>,
    channels: &[Channel],
    news: News,
) -> Result<Vec<Event>> {
    let lists = (me, own_eyes);
    match news {
        News::New(id) => statuses(look, lists, channels, id, "update"),
        News::Edited(id) => statuses(look, lists, channels, id, "status.update"),
        News::Waits(id) if channels.contains(&Channel::User) => waits(look, lists, id),
        News::Told(id) => told(look, me, is_workroom, channels, NotificationId(id)),
        News::Filters(owner) if owner == me && channels.contains(&Channel::User) => {
            Ok(vec![Event { stream: Channel::User.label(), event: "filters_changed", payload: None }])
        }
        News::Announced(id) if channels.contains(&Channel::User) => announced(look, id),
        News::TakenBack(id) if channels.contains(&Channel::User) => {
            let payload = Some(id.to_string());
            Ok(vec![Event { stream: Channel::User.label(), event: "announcement.delete", payload }])
        }
        News::Merged(owner) if owner == me => {
            let event = |channel: &Channel| Event {
                stream: channel.label(),
                event: "notifications_merged",
                payload: Some("1".to_owned()),
            };
            Ok(channels.iter().filter(|channel| channel.tells()).map(event).collect())
        }
        News::Talked(id) if channels.contains(&Channel::Direct) => talked(look, id),
        News::Gone(..)
        | News::Waits(_)
        | News::Filters(_)
        | News::Merged(_)
        | News::Talked(_)
        | News::Announced(_)
        | News::TakenBack(_) => Ok(Vec::new()),
    }
}

/// The entry with this id, on each channel in whose list it stands.
fn statuses(
    look: &mut Look<'_>,
    (me, own_eyes): (ActorId, Option<ActorId>),
    channels: &[Channel],
    id: i64,
    event: &'static str,
) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for channel in channels {
        let Some(entry) = listed(look, me, channel, id)? else { continue };
        if let Some(person) = own_eyes {
            look.viewer = Viewer::local(look.conn, person)?;
        }
        let Some(status) = look.statuses(&[entry])?.into_iter().next() else { continue };
        if matches!(channel, Channel::Public { media: true, .. }) && status.media_attachments.is_empty() {
            continue;
        }
        events.push(Event { stream: channel.label(), event, payload: Some(serde_json::to_string(&status)?) });
    }
    Ok(events)
}

/// The entry, when the list behind a channel shows it to this reader.
fn listed(look: &mut Look<'_>, me: ActorId, channel: &Channel, id: i64) -> Result<Option<EntryRef>> {
    let page = Page { min_id: Some(id - 1), max_id: Some(id.saturating_add(1)), since_id: None, limit: 1 };
    let (conn, now) = (&mut *look.conn, look.now);
    let found = match channel {
        Channel::User => timelines::home(conn, &look.viewer, None, &page, now)?,
        Channel::Notifications | Channel::Direct => Vec::new(),
        Channel::List(list) => match lists::get(conn, me, *list) {
            Ok(list) => timelines::list(conn, &look.viewer, &list, &page, now)?,
            Err(error) if error.kind() == Kind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        },
        Channel::Public { from, .. } => timelines::public(conn, Some(me), *from, None, &page, now)?,
        Channel::Hashtag { name, from, .. } => timelines::public(conn, Some(me), *from, Some(name), &page, now)?,
    };
    Ok(found.into_iter().find(|entry| entry.id() == id))
}

/// What waits for the people of a brand; nobody else hears of it.
fn waits(look: &mut Look<'_>, (me, own_eyes): (ActorId, Option<ActorId>), id: i64) -> Result<Vec<Event>> {
    let page = Page { min_id: Some(id - 1), max_id: Some(id.saturating_add(1)), since_id: None, limit: 1 };
    let mut waiting = drafts::list_waiting(look.conn, me, &page)?;
    if let Some(person) = own_eyes {
        waiting = drafts::keep_readable(look.conn, person, waiting)?;
        look.viewer = Viewer::local(look.conn, person)?;
    }
    let Some(status) = look.waiting(waiting)?.pop() else { return Ok(Vec::new()) };
    Ok(vec![Event { stream: Channel::User.label(), event: "update", payload: Some(serde_json::to_string(&status)?) }])
}

fn told(
    look: &mut Look<'_>,
    me: ActorId,
    is_workroom: bool,
    channels: &[Channel],
    id: NotificationId,
) -> Result<Vec<Event>> {
    let wanted: Vec<&Channel> = channels.iter().filter(|channel| channel.tells()).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let row = notifications::find(look.conn, me, id)?;
    let row = row.filter(|row| is_workroom || !NotificationKind::FOR_THE_WORKROOM.contains(&row.kind));
    let Some(told) = look.notifications(row.as_slice())?.rows.into_iter().next() else { return Ok(Vec::new()) };
    let payload = Some(serde_json::to_string(&told)?);
    let event = |channel: &&Channel| Event { stream: channel.label(), event: "notification", payload: payload.clone() };
    Ok(wanted.iter().map(event).collect())
}

/// A conversation of this reader; those of others are not there.
fn talked(look: &mut Look<'_>, id: ConversationId) -> Result<Vec<Event>> {
    let talk = match timelines::get_direct(look.conn, &look.viewer, id) {
        Ok(talk) => talk,
        Err(error) if error.kind() == Kind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let Some(shown) = look.conversations(&[talk])?.into_iter().next() else { return Ok(Vec::new()) };
    let payload = Some(serde_json::to_string(&shown)?);
    Ok(vec![Event { stream: Channel::Direct.label(), event: "conversation", payload }])
}

/// What everybody is told, as nobody has read it yet.
fn announced(look: &mut Look<'_>, id: AnnouncementId) -> Result<Vec<Event>> {
    let all = announcements::list(look.conn, look.now)?.into_iter().filter(|one| one.id == id).collect();
    let shown = look.announcements(all, None)?;
    let mut events = Vec::new();
    for one in shown {
        let payload = Some(serde_json::to_string(&one)?);
        events.push(Event { stream: Channel::User.label(), event: "announcement", payload });
    }
    Ok(events)
}

/// What is told of a post that is gone.
pub(super) fn gone(channels: &[Channel], shown: &Shown, id: i64, open: bool) -> Vec<Event> {
    let lists = |channel: &&Channel| !matches!(channel, Channel::Notifications | Channel::Direct);
    let hears = channels.iter().filter(lists).map(Channel::label);
    let hears = hears.filter(|stream| open || shown.has(id, stream));
    hears.map(|stream| Event { stream, event: "delete", payload: Some(id.to_string()) }).collect()
}

/// Keeps in mind what was shown.
pub(super) fn remember(shown: &mut Shown, news: News, events: &[Event]) {
    let (News::New(id) | News::Edited(id) | News::Waits(id)) = news else { return };
    for event in events {
        if !shown.has(id, &event.stream) {
            shown.remember(id, &event.stream);
        }
    }
}
